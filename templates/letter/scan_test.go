package letter_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/majorcities/mce-mailer/mce"
)

// TestScanner: a reader of QR codes that is not ours reads from the picture what the delegate would type.
func TestScanner(t *testing.T) {
	r := registration(mce.English)
	e, err := newLetters(t).Confirmation(prato(), r, at("2023-09-01T12:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Files) != 1 {
		t.Fatalf("%d files, want the picture of the code", len(e.Files))
	}
	picture := e.Files[0]
	if !strings.Contains(e.HTML, `src="cid:`+picture.CID+`"`) {
		t.Errorf("the HTML does not show cid:%s", picture.CID)
	}
	drawn, err := png.Decode(bytes.NewReader(picture.Content))
	if err != nil {
		t.Fatal(err)
	}
	if size := drawn.Bounds().Size(); size.X != size.Y || size.X != 348 {
		t.Errorf("the picture has %v pixels; it is shown at 174, for screens of twice as many", size)
	}
	bits, err := gozxing.NewBinaryBitmapFromImage(drawn)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bits, nil)
	if err != nil {
		t.Fatal(err)
	}
	if read.GetText() != r.Code {
		t.Errorf("a scanner reads %q, the delegate would type %q", read.GetText(), r.Code)
	}
}

// TestNoPictureWithoutDesk: an event that is held online has no desk.
func TestNoPictureWithoutDesk(t *testing.T) {
	e, err := newLetters(t).Confirmation(webinar(), registration(mce.English), at("2023-09-01T12:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Files) > 0 || strings.Contains(e.HTML, "cid:") {
		t.Errorf("%d files", len(e.Files))
	}
}
