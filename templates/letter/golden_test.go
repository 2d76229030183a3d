package letter_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden compares every letter in every language with what was looked at and found good.
func TestGolden(t *testing.T) {
	each(t, func(t *testing.T, s sample, e mce.Edition) {
		normal := func(part string) string {
			if e.Nonce == "" {
				return part
			}
			return strings.ReplaceAll(part, e.Nonce, "0000000000")
		}
		name := filepath.Join("testdata", s.name+"."+string(e.Lang))
		golden(t, name+".html", normal(e.HTML))
		golden(t, name+".txt", "Subject: "+e.Subject+"\n\n"+normal(e.Text))
	})
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (go test -update writes it anew; -want +got):\n%s", name, diff)
	}
}
