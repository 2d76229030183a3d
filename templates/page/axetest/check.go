package axetest

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// View is how a page is looked at.
type View struct {
	Width int  // in CSS pixels
	Dark  bool // the device asks for dark colours
}

// String names the view in failures: "375 px, dark".
func (v View) String() string {
	if v.Dark {
		return fmt.Sprintf("%d px, dark", v.Width)
	}
	return fmt.Sprintf("%d px, light", v.Width)
}

// Views are the usual ones: a telephone and a desk, light and dark.
func Views() []View { return []View{{375, false}, {375, true}, {1280, false}, {1280, true}} }

// run asks axe-core for WCAG 2.2 A and AA, and says of each violation what and where. What is folded away is unfolded first:
// axe judges only what can be seen.
const run = `(async () => {
	for (const d of document.querySelectorAll("details")) d.open = true;
	const found = await axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
		resultTypes: ["violations"],
		preload: false, // of stylesheets, which only experimental rules read
		iframes: false, // what they show is a document of its own, into which a sandbox lets no script
	});
	const faults = found.violations.map(v => v.id + ": " + v.help + "\n" +
		v.nodes.map(n => "\t" + n.target.join(" ") + "  " + n.failureSummary).join("\n"));
	if (found.passes.length === 0) faults.push("axe found nothing to check");
	const page = document.scrollingElement;
	if (page.scrollWidth > innerWidth)
		faults.push("the page scrolls sideways: it is " + page.scrollWidth + " px wide");
	return faults;
})()`

// Check opens an address once and looks at it in each view (in none: those of Views): every violation of WCAG 2.2 AA that axe-core
// finds, sideways scrolling and every complaint of the console is an error of the test.
func (b *Browser) Check(t testing.TB, url string, views ...View) {
	t.Helper()
	if len(views) == 0 {
		views = Views()
	}
	b.takeComplaints()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(url), chromedp.Evaluate[chromedp.Void](b.axe)); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	for _, v := range views {
		b.emulate(t, v)
		faults, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](run, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatalf("%s (%s): %v", url, v, err)
		}
		if len(faults) > 0 {
			t.Errorf("%s (%s):\n%s", url, v, strings.Join(faults, "\n"))
		}
	}
	if said := b.takeComplaints(); len(said) > 0 {
		t.Errorf("%s: the browser complained:\n%s", url, strings.Join(said, "\n"))
	}
}

// Shot writes a picture of a whole page, as it looks when it is opened, to a PNG file.
func (b *Browser) Shot(t testing.TB, url string, v View, file string) {
	t.Helper()
	b.emulate(t, v)
	if err := chromedp.Do(b.ctx, chromedp.Navigate(url)); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatalf("%s (%s): %v", url, v, err)
	}
	if err := os.WriteFile(file, png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Thumbnail writes a small picture of the upper part of a page, so many CSS pixels high, to a PNG file: half as large, and of few colours.
func (b *Browser) Thumbnail(t testing.TB, url string, v View, height int, file string) {
	t.Helper()
	b.emulateAt(t, v, height, .5)
	if err := chromedp.Do(b.ctx, chromedp.Navigate(url)); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	raw, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatalf("%s (%s): %v", url, v, err)
	}
	small, err := fewColours(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, small, 0o644); err != nil {
		t.Fatal(err)
	}
}

// fewColours keeps the colours that a picture has most of, at most 64, and packs it well.
func fewColours(raw []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	often := map[color.RGBA]int{}
	at := full.Bounds()
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			c := color.RGBAModel.Convert(full.At(x, y)).(color.RGBA)
			often[color.RGBA{c.R &^ 7, c.G &^ 7, c.B &^ 7, 255}]++
		}
	}
	all := slices.SortedFunc(maps.Keys(often), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(often[b], often[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var few color.Palette
	for _, c := range all[:min(64, len(all))] {
		few = append(few, c)
	}
	small := image.NewPaletted(at, few)
	draw.Draw(small, at, full, at.Min, draw.Src)
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small)
	return out.Bytes(), err
}

func (b *Browser) emulate(t testing.TB, v View) {
	t.Helper()
	b.emulateAt(t, v, 800, 1)
}

func (b *Browser) emulateAt(t testing.TB, v View, height int, scale float64) {
	t.Helper()
	scheme := "light"
	if v.Dark {
		scheme = "dark"
	}
	size := emulation.SetDeviceMetricsOverrideParams{Width: int64(v.Width), Height: int64(height), DeviceScaleFactor: scale}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	_, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, size)
	if err == nil {
		_, err = chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media)
	}
	if err != nil {
		t.Fatalf("set the browser to %s: %v", v, err)
	}
}
