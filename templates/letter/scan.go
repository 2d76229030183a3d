package letter

import (
	"fmt"
	"html/template"

	"rsc.io/qr"

	"github.com/majorcities/mce-mailer/mce"
)

// dot is how many pixels a module of a QR code has: the smallest code, 21 modules and a margin of 4 on each side (ISO/IEC 18004 §9.1), is then
// twice as large as it is shown, for fine screens.
const dot = 12

// scannable shows the delegate's code as a QR code beside the typed one, and gives the picture that the mail must carry. There is none where no
// code is shown, or the registration has none. Its Content-ID names the registration, so that it is the same picture wherever it is the same
// (RFC 2045 §7).
func (w *writer) scannable(c *code, r mce.Registration) ([]mce.File, error) {
	if c == nil || r.Code == "" {
		return nil, nil
	}
	drawn, err := DrawCode(r.Code)
	if err != nil {
		return nil, fmt.Errorf("draw the code of registration %d: %w", r.ID, err)
	}
	cid := fmt.Sprintf("code-%d@%s", r.ID, w.site.Domain())
	c.Picture, c.Alt = template.URL("cid:"+cid), w.say("code_picture") // #nosec G203 -- made of a number and our own domain
	return []mce.File{{Name: "code.png", Type: "image/png", CID: cid, Content: drawn}}, nil
}

// DrawCode is a delegate's code as a QR code, a PNG.
func DrawCode(code string) ([]byte, error) {
	drawn, err := qr.Encode(code, qr.M)
	if err != nil {
		return nil, err
	}
	drawn.Scale = dot
	return drawn.PNG(), nil
}
