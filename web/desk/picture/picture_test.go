package picture_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web/desk/picture"
)

var (
	red  = color.NRGBA{0xd0, 0x10, 0x10, 0xff}
	blue = color.NRGBA{0x10, 0x10, 0xd0, 0xff}
)

// flag is red on the left half and blue on the right.
func flag(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, red)
			if x >= w/2 {
				img.SetNRGBA(x, y, blue)
			}
		}
	}
	return img
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asGIF(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tiff is an EXIF that says how the camera was held, and where it was.
func tiff(order binary.AppendByteOrder, mark string, orientation uint16) []byte {
	b := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(order.AppendUint16(b, 0x0112), 3)
	b = order.AppendUint16(order.AppendUint32(b, 1), orientation)
	return append(order.AppendUint16(b, 0), "GPS of the editor's home"...)
}

func jpegWith(t testing.TB, img image.Image, exif []byte) []byte {
	raw := asJPEG(t, img)
	segment := append([]byte("Exif\x00\x00"), exif...)
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...)
	return append(append(head, segment...), raw[2:]...)
}

func pngWith(t testing.TB, img image.Image, exif []byte) []byte {
	raw := asPNG(t, img)
	const afterHeader = 8 + 25 // signature and IHDR
	c := binary.BigEndian.AppendUint32(nil, uint32(len(exif)))
	c = append(append(c, "eXIf"...), exif...)
	c = binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
	return append(append(bytes.Clone(raw[:afterHeader]), c...), raw[afterHeader:]...)
}

func at(t testing.TB, p picture.Picture, x, y int) color.NRGBA {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(p.Content))
	if err != nil {
		t.Fatal(err)
	}
	return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
}

func reddish(c color.NRGBA) bool { return c.R > c.B }

func TestPicturesAreMadeInTheWidthsOfMails(t *testing.T) {
	for name, c := range map[string]struct {
		raw   []byte
		sizes [][2]int
	}{
		"JPEG, wide":   {asJPEG(t, flag(3000, 1500)), [][2]int{{1200, 600}, {600, 300}}},
		"PNG, between": {asPNG(t, flag(800, 400)), [][2]int{{800, 400}, {600, 300}}},
		"GIF, narrow":  {asGIF(t, flag(300, 100)), [][2]int{{300, 100}}},
		"a line":       {asPNG(t, flag(5000, 1)), [][2]int{{1200, 1}, {600, 1}}},
	} {
		made, err := picture.Make(c.raw)
		if err != nil || len(made) != len(c.sizes) {
			t.Errorf("%s: %d pictures, %v", name, len(made), err)
			continue
		}
		for i, p := range made {
			if p.Width != c.sizes[i][0] || p.Height != c.sizes[i][1] || p.Type != "image/jpeg" {
				t.Errorf("%s: %d × %d, %s", name, p.Width, p.Height, p.Type)
			}
			if !reddish(at(t, p, p.Width/10, 0)) || reddish(at(t, p, p.Width*9/10, 0)) {
				t.Errorf("%s is not what it was", name)
			}
		}
	}
	clear := flag(700, 10)
	clear.SetNRGBA(0, 0, color.NRGBA{})
	made, err := picture.Make(asPNG(t, clear))
	if err != nil || made[0].Type != "image/png" || at(t, made[0], 0, 0).A != 0 {
		t.Errorf("what one sees through: %v, %v", made, err)
	}
}

func TestWebPIsRead(t *testing.T) {
	raw, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	if made, err := picture.Make(raw); err != nil || made[0].Width != 1 || made[0].Type != "image/jpeg" {
		t.Errorf("%v, %v", made, err)
	}
}

func TestPicturesStandUprightAndSayNothingElse(t *testing.T) {
	// Where the red half of the flag comes to lie.
	sides := map[int]string{0: "left", 1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom", 9: "left"}
	for orientation, side := range sides {
		for name, raw := range map[string][]byte{
			"JPEG": jpegWith(t, flag(80, 40), tiff(binary.BigEndian, "MM", uint16(orientation))),
			"PNG":  pngWith(t, flag(80, 40), tiff(binary.LittleEndian, "II", uint16(orientation))),
		} {
			made, err := picture.Make(raw)
			if err != nil {
				t.Fatalf("%s %d: %v", name, orientation, err)
			}
			p := made[0]
			points := map[string][2]int{"left": {2, p.Height / 2}, "right": {p.Width - 3, p.Height / 2}, "top": {p.Width / 2, 2}, "bottom": {p.Width / 2, p.Height - 3}}
			if xy := points[side]; !reddish(at(t, p, xy[0], xy[1])) || (orientation > 4 && orientation < 9) != (p.Height > p.Width) {
				t.Errorf("%s %d: %d × %d, red is not on the %s", name, orientation, p.Width, p.Height, side)
			}
			if bytes.Contains(p.Content, []byte("GPS")) || bytes.Contains(p.Content, []byte("Exif")) {
				t.Errorf("%s %d: it says where it was taken", name, orientation)
			}
		}
	}
	for _, exif := range [][]byte{nil, []byte("MM"), []byte("MM\x00*\xff\xff\xff\xff"), tiff(binary.BigEndian, "MM", 6)[:15]} {
		if made, err := picture.Make(jpegWith(t, flag(80, 40), exif)); err != nil || made[0].Width != 80 {
			t.Errorf("%q: %v", exif, err)
		}
	}
}

// bomb is a small file that says it is a large picture.
func bomb(t testing.TB, w, h uint32) []byte {
	raw := asPNG(t, flag(1, 1))
	binary.BigEndian.PutUint32(raw[16:], w)
	binary.BigEndian.PutUint32(raw[20:], h)
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29]))
	return raw
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	good := asJPEG(t, flag(80, 40))
	with := func(raw []byte, tail string) []byte { return append(bytes.Clone(raw), tail...) }
	gifScript := with([]byte("GIF89a/*"), "*/=alert(1)//<script>")
	for name, c := range map[string]struct {
		raw  []byte
		says string
	}{
		"nothing":              {nil, "choose a file"},
		"words":                {[]byte("hello"), "no PNG, JPEG, GIF or WebP"},
		"SVG":                  {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "no PNG, JPEG, GIF or WebP"},
		"SVG with a prologue":  {[]byte(`<?xml version="1.0"?><svg onload="alert(1)"/>`), "no PNG, JPEG, GIF or WebP"},
		"HTML":                 {[]byte(`<html><script>alert(1)</script>`), "no PNG, JPEG, GIF or WebP"},
		"BMP":                  {[]byte("BM......................"), "no PNG, JPEG, GIF or WebP"},
		"a page behind it":     {with(good, "<HTML><body onload=alert(1)>"), "a page at once"},
		"a script behind it":   {with(good, "<ScRiPt>alert(1)</script>"), "a page with a script"},
		"a program behind it":  {with(good, "<?php system($_GET[0]);"), "a program"},
		"an archive behind it": {with(good, "PK\x03\x04....PK\x05\x06"+strings.Repeat("\x00", 18)), "an archive"},
		"a document behind it": {with(good, "%PDF-1.7"), "a document"},
		"a GIF that is code":   {gifScript, "at once"},
		"its beginning":        {good[:len(good)/3], "damaged"},
		"its first bytes":      {good[:4], "damaged"},
		"too many pixels":      {bomb(t, 50_000, 50_000), "50000 × 50000 pixels"},
		"far too many":         {bomb(t, 1<<31-1, 1<<31-1), "damaged"},
		"no pixels":            {bomb(t, 0, 0), "damaged"},
		"too large":            {make([]byte, picture.MaxBytes+1), "larger than 10 MB"},
	} {
		made, err := picture.Make(c.raw)
		if mce.ErrorCode(err) != mce.Invalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %d pictures, %v", name, len(made), err)
		}
	}
}

func FuzzMake(f *testing.F) {
	f.Add(asJPEG(f, flag(8, 4)))
	f.Add(asPNG(f, flag(8, 4)))
	f.Add(asGIF(f, flag(8, 4)))
	f.Add(jpegWith(f, flag(8, 4), tiff(binary.BigEndian, "MM", 6)))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPEXIF\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if made, err := picture.Make(raw); err == nil && len(made) == 0 || err != nil && mce.ErrorCode(err) != mce.Invalid {
			t.Errorf("%d pictures, %v", len(made), err)
		}
	})
}
