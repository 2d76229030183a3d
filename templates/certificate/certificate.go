// Package certificate draws certificates of attendance as PDF, one page each. Its font, Liberation Serif, has the Latin, Greek and Cyrillic
// letters of Europe's names; it is embedded, cut down to the letters that are used (SIL Open Font License, see LICENSE-liberation). The words come from
// the caller.
package certificate

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationserifregular"

	"github.com/majorcities/mce-mailer/mce"
)

// Words are the lines of a certificate from top to bottom; what is empty is left out.
type Words struct {
	Lang         mce.Lang
	Association  string
	Title        string // "Certificate of attendance"
	That         string // "This is to certify that"
	Name         string
	Organisation string
	TookPart     string // "took part in"
	Event        string
	When         string
	Where        string
	Hours        string
	Issued       string // who vouches, at the foot on the left
	Reference    string // at the foot on the right
}

// Measures in millimetres (A4, landscape) and points.
const (
	width, height = 297.0, 210.0
	margin        = 28.0
	inner         = width - 2*margin
	font          = "Liberation Serif"
)

// ink is a colour; the dark ones have a contrast of more than 7:1 on white.
type ink struct{ r, g, b int }

// Draw makes the PDF, stamped with at: the same words at the same time give the same file.
func Draw(w Words, at time.Time) ([]byte, error) {
	for _, line := range []*string{&w.Association, &w.Title, &w.That, &w.Name, &w.Organisation, &w.TookPart, &w.Event, &w.When, &w.Where, &w.Hours, &w.Issued, &w.Reference} {
		*line = drawable(*line)
	}
	pdf := fpdf.New("L", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(at.UTC())
	pdf.SetModificationDate(at.UTC())
	pdf.SetTitle(w.Title+": "+w.Event, true)
	pdf.SetAuthor(w.Association, true)
	pdf.SetLang(string(w.Lang))
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(margin, margin, margin)
	pdf.AddUTF8FontFromBytes(font, "", liberationserifregular.TTF)
	pdf.AddPage()
	p := page{pdf}
	p.frame()
	p.write(w)
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("draw the certificate: %w", err)
	}
	return out.Bytes(), nil
}

type page struct{ *fpdf.Fpdf }

func (p page) write(w Words) {
	black, blue, grey := ink{26, 26, 26}, ink{0, 51, 102}, ink{80, 80, 80}
	p.SetY(30)
	p.line(w.Association, 15, 9, blue)
	p.SetY(48)
	p.line(w.Title, 34, 16, blue)
	p.SetY(74)
	p.line(w.That, 14, 9, grey)
	p.line(w.Name, 30, 16, black)
	p.line(w.Organisation, 14, 8, grey)
	p.Ln(4)
	p.line(w.TookPart, 14, 9, grey)
	p.paragraph(w.Event, 21, 10, black)
	p.Ln(2)
	p.line(w.When, 14, 8, black)
	p.line(w.Where, 14, 8, black)
	p.line(w.Hours, 14, 8, black)
	p.foot(w.Issued, "L", grey)
	p.foot(w.Reference, "R", grey)
}

// frame is a fine line around a broader one.
func (p page) frame() {
	p.SetDrawColor(0, 51, 102)
	p.SetLineWidth(1.2)
	p.Rect(12, 12, width-24, height-24, "D")
	p.SetLineWidth(0.3)
	p.Rect(15, 15, width-30, height-30, "D")
}

// least is the smallest size, in points, that a long line is written in before it is broken.
const least = 8.0

// line writes one line in the middle, smaller where it would be too long, and down to the next.
func (p page) line(text string, size, down float64, c ink) {
	if text == "" {
		return
	}
	p.colour(c)
	p.SetFont(font, "", p.fitting(text, size, inner))
	if p.GetStringWidth(text) > inner {
		p.MultiCell(inner, down/2, text, "", "C", false)
		return
	}
	p.CellFormat(inner, down, text, "", 1, "C", false, 0, "")
}

// paragraph writes a text in the middle over at most two lines.
func (p page) paragraph(text string, size, down float64, c ink) {
	p.colour(c)
	for p.SetFont(font, "", size); size > least && len(p.SplitText(text, inner)) > 2; p.SetFont(font, "", size) {
		size--
	}
	p.MultiCell(inner, down*size/21, text, "", "C", false)
}

func (p page) foot(text, side string, c ink) {
	p.colour(c)
	p.SetFont(font, "", p.fitting(text, 10, inner*3/4))
	p.SetXY(margin, height-30)
	p.CellFormat(inner, 6, text, "", 0, side, false, 0, "")
}

// fitting is the size of at most that many points in which a text takes no more room than there is; the smallest may still be too large.
func (p page) fitting(text string, size, room float64) float64 {
	for p.SetFont(font, "", size); size > least && p.GetStringWidth(text) > room; p.SetFont(font, "", size) {
		size--
	}
	return size
}

// drawable puts a box for what lies beyond the Basic Multilingual Plane, which breaks fpdf; letters that the font lacks become boxes by themselves.
func drawable(text string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return '\u25A1'
		}
		return r
	}, strings.ToValidUTF8(text, "\u25A1"))
}

func (p page) colour(c ink) { p.SetTextColor(c.r, c.g, c.b) }
