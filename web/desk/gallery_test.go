package desk_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/templates/page/axetest"
)

var update = flag.Bool("update", false, "take the pictures of docs/pages.md anew")

// gallery is the folder of docs with a picture of every page of the desk in every state, as it is on a desk in light colours and on a telephone in dark
// ones.
const gallery = "../../docs/pages"

// TestEveryPageHasItsPicture: docs/pages.md shows all pages that are tested in a browser, and no other.
func TestEveryPageHasItsPicture(t *testing.T) {
	h := newHouse(t)
	h.fill()
	all := scenes(h)
	if *update {
		takePictures(t, h, all)
	}
	const file = gallery + ".md"
	have, err := os.ReadFile(file)
	if err != nil || string(have) != galleryOf(all) {
		t.Errorf("%s does not show what is tested (go test ./web/desk -run Picture -update takes the pictures): %v", file, err)
	}
	files, err := filepath.Glob(gallery + "/*.png")
	if err != nil || len(files) != 2*len(all) {
		t.Errorf("%d pictures, want two for each of %d pages: %v", len(files), len(all), err)
	}
	for _, s := range all {
		for _, of := range []string{s.name, s.name + ".phone"} {
			if i, err := os.Stat(filepath.Join(gallery, of+".png")); err != nil || i.Size() == 0 {
				t.Errorf("there is no picture of %s: %v", of, err)
			}
		}
	}
}

func takePictures(t *testing.T, h *house, all []scene) {
	t.Helper()
	browser := axetest.New(t)
	at := stage(t, h, all)
	h.must(os.RemoveAll(gallery))
	h.must(os.MkdirAll(gallery, 0o755))
	for _, s := range all {
		browser.Thumbnail(t, at+"/"+s.name, axetest.View{Width: 1280}, 960, filepath.Join(gallery, s.name+".png"))
		browser.Thumbnail(t, at+"/"+s.name, axetest.View{Width: 375, Dark: true}, 960, filepath.Join(gallery, s.name+".phone.png"))
	}
	h.must(os.WriteFile(gallery+".md", []byte(galleryOf(all)), 0o644))
}

func galleryOf(all []scene) string {
	var b strings.Builder
	b.WriteString("# The pages of the desk\n\nEvery page in every state that is tested in a browser, on a desk in light colours and on a telephone in dark ones; the upper part of each.\n" +
		"The pictures are taken by `go test ./web/desk -run Picture -update`.\n")
	for _, s := range all {
		fmt.Fprintf(&b, "\n## %s\n\n![%[1]s, on a desk](pages/%[1]s.png) ![%[1]s, on a telephone](pages/%[1]s.phone.png)\n", s.name)
	}
	return b.String()
}
