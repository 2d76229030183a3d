package desk

import (
	"io"
	"strconv"

	"github.com/majorcities/mce-mailer/mce"
)

// ImagesPath is that of the pictures.
const ImagesPath = "/desk/content/images"

// Picture is an image, and where readers see it.
type Picture struct {
	mce.Image
	URL string // of its widest file
}

// Called is what it shows, or its file's name where nobody has said that yet.
func (p Picture) Called() mce.Text {
	if len(p.Alt) == 0 {
		return mce.Text{mce.English: p.Title}
	}
	return p.Alt
}

// Widest is its widest file.
func (p Picture) Widest() mce.ImageFile { return p.Files[0] }

// Large is the path of its widest file.
func (p Picture) Large() string { return "/images/" + p.Files[0].Name }

// Small is the path of its narrowest file.
func (p Picture) Small() string { return "/images/" + p.Files[len(p.Files)-1].Name }

// Path is that of its page.
func (p Picture) Path() string { return ImagesPath + "/" + strconv.FormatInt(p.ID, 10) }

// Images is the view of the pictures.
type Images struct {
	Common
	Pictures []Picture
	Unused   bool // only those that nothing ever used
	Alt      mce.Text
	FaultIn  string
	Fault    string
}

// File is the entry for a new picture's file.
func (v Images) File() Field {
	f := Field{Name: "file", Type: "file", Hint: true}
	if v.FaultIn == f.Name {
		f.Fault = v.Fault
	}
	return f
}

// Words are the entries for what a new picture shows.
func (v Images) Words() Row { return altRow(v.Alt, v.FaultIn, v.Fault) }

// Image is the view of a picture.
type Image struct {
	Common
	Picture Picture
	Alt     mce.Text // as it is written
	FaultIn string
	Fault   string
}

// Words are the entries for what it shows.
func (v Image) Words() Row { return altRow(v.Alt, v.FaultIn, v.Fault) }

func altRow(alt mce.Text, faultIn, fault string) Row {
	var row Row
	for _, lang := range mce.Languages() {
		f := Field{Name: "alt-" + string(lang), Label: "field.alt", Lang: lang, Type: "text", Value: alt[lang], Autocomplete: "off", Hint: true}
		if f.Name == faultIn {
			f.Fault = fault
		}
		row.Fields = append(row.Fields, f)
	}
	return row
}

// Images writes the pictures.
func (p *Pages) Images(w io.Writer, lang mce.Lang, v Images) error {
	return p.write(w, "images", lang, v.Common, v)
}

// Image writes the page of a picture.
func (p *Pages) Image(w io.Writer, lang mce.Lang, v Image) error {
	return p.write(w, "image", lang, v.Common, v)
}
