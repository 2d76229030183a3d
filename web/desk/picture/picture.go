// Package picture makes pictures that people upload anew: bounded, upright, in the widths that mails need, and with nothing in them but what is
// seen. A file that is none, or poses as one, is refused with a sentence that says why.
package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"github.com/majorcities/mce-mailer/mce"
)

// Limits of what is taken.
const (
	MaxBytes  = 10 << 20
	maxPixels = 40_000_000
)

// Widths are those that mails need, in pixels: a column of 600, and the same on a screen of twice as many. A narrower picture stays as wide as it is.
func Widths() []int { return []int{1200, 600} }

// quality of JPEG, at which nobody sees a difference in a mail.
const quality = 85

// Picture is one in one width.
type Picture struct {
	Width, Height int
	Type          string // media type
	Content       []byte
}

// format is a way to write pictures that is understood.
type format struct {
	name   string // for people
	config func(*bytes.Reader) (image.Config, error)
	decode func(*bytes.Reader) (image.Image, error)
}

func formatOf(raw []byte) (format, bool) {
	switch http.DetectContentType(raw) {
	case "image/jpeg":
		return format{"JPEG", func(r *bytes.Reader) (image.Config, error) { return jpeg.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) }}, true
	case "image/png":
		return format{"PNG", func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) }}, true
	case "image/gif": // the first of its pictures, where it moves
		return format{"GIF", func(r *bytes.Reader) (image.Config, error) { return gif.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return gif.Decode(r) }}, true
	case "image/webp":
		return format{"WebP", func(r *bytes.Reader) (image.Config, error) { return webp.DecodeConfig(r) }, func(r *bytes.Reader) (image.Image, error) { return webp.Decode(r) }}, true
	}
	return format{}, false
}

// Make makes a file anew, the widest first. Errors are of code Invalid.
func Make(raw []byte) ([]Picture, error) {
	f, err := admit(raw)
	if err != nil {
		return nil, err
	}
	img, err := f.decode(bytes.NewReader(raw))
	if err != nil {
		return nil, mce.Invalidf("the file begins as a %s picture, but is damaged: it cannot be read to its end", f.name)
	}
	img = upright(img, orientation(raw))
	var out []Picture
	for _, width := range Widths() {
		if full := img.Bounds().Dx(); len(out) > 0 && full <= width {
			break
		}
		p, err := encoded(scaled(img, width))
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// admit refuses what must not be decoded, without decoding it.
func admit(raw []byte) (format, error) {
	switch {
	case len(raw) == 0:
		return format{}, mce.Invalidf("choose a file")
	case len(raw) > MaxBytes:
		return format{}, mce.Invalidf("the file is larger than %d MB", MaxBytes>>20)
	}
	f, ok := formatOf(raw)
	if !ok {
		return f, mce.Invalidf("this is no PNG, JPEG, GIF or WebP picture, whatever its name says; drawings in SVG must be made one of those first")
	}
	if what := foreign(raw); what != "" {
		return f, mce.Invalidf("the file is a %s picture and %s at once; save it anew in a program for pictures, and upload that", f.name, what)
	}
	c, err := f.config(bytes.NewReader(raw))
	if err != nil || c.Width <= 0 || c.Height <= 0 {
		return f, mce.Invalidf("the file begins as a %s picture, but is damaged", f.name)
	}
	if c.Width > maxPixels/c.Height {
		return f, mce.Invalidf("the picture has %d × %d pixels, which is more than %d megapixels; make it smaller first", c.Width, c.Height, maxPixels/1_000_000)
	}
	return f, nil
}

// scaled is a picture in a width that is not more than its own.
func scaled(img image.Image, width int) image.Image {
	b := img.Bounds()
	if b.Dx() <= width {
		return img
	}
	height := max(1, b.Dy()*width/b.Dx())
	out := image.NewNRGBA(image.Rect(0, 0, width, height))
	draw.CatmullRom.Scale(out, out.Bounds(), img, b, draw.Src, nil)
	return out
}

// encoded writes a picture as JPEG, or as PNG where one sees through it.
func encoded(img image.Image) (Picture, error) {
	var b bytes.Buffer
	p := Picture{Width: img.Bounds().Dx(), Height: img.Bounds().Dy(), Type: "image/jpeg"}
	var err error
	if opaque(img) {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	} else {
		p.Type = "image/png"
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img)
	}
	p.Content = b.Bytes()
	return p, err
}

func opaque(img image.Image) bool {
	if o, ok := img.(interface{ Opaque() bool }); ok {
		return o.Opaque()
	}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if _, _, _, a := img.At(x, y).RGBA(); a != 0xffff {
				return false
			}
		}
	}
	return true
}

// upright turns a picture as its orientation says: 1 is as it is, 2 to 8 as in EXIF 2.32 §4.6.5.1 (tag 0x0112).
func upright(img image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewNRGBA(size)
	for y := range h {
		for x := range w {
			to := image.Pt(x, y)
			switch orientation {
			case 2:
				to = image.Pt(w-1-x, y)
			case 3:
				to = image.Pt(w-1-x, h-1-y)
			case 4:
				to = image.Pt(x, h-1-y)
			case 5:
				to = image.Pt(y, x)
			case 6:
				to = image.Pt(h-1-y, x)
			case 7:
				to = image.Pt(h-1-y, w-1-x)
			case 8:
				to = image.Pt(y, w-1-x)
			}
			out.SetNRGBA(to.X, to.Y, color.NRGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA))
		}
	}
	return out
}
