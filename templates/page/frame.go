package page

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/locale"
)

// frame is what the templates see: the words of a language, the page's place, and the view of the page itself.
type frame struct {
	*locale.Printer
	Common
	Site  mce.Site
	View  any // nil for a page that always says the same
	pages *Pages
}

// T is a message; every message may name the association as {{.Name}}.
func (f frame) T(id string, pairs ...any) (string, error) {
	return f.Printer.T(id, append(pairs, "Name", f.Site.Name)...)
}

// around is a message cut at the address in it. The template keeps the address in one piece: browsers like to break "a…@example.org"
// after its second sign.
type around struct {
	Before, Address string
	Sign            string // that stands right behind the address, and stays on its line
	After           string
}

// Around cuts a message that has the placeholder {{.Address}}.
func (f frame) Around(id, address string) (around, error) {
	const mark = "\x00"
	s, err := f.T(id, "Address", mark)
	before, after, found := strings.Cut(s, mark)
	if err == nil && !found {
		err = fmt.Errorf("message %q has no place for the address", id)
	}
	rest := strings.TrimLeft(after, ".,;:?!")
	return around{before, address, strings.TrimSuffix(after, rest), rest}, err
}

// Place is the address of one of our paths without any query.
func (f frame) Place(path string) string {
	// Leading slashes are joined to one: "//elsewhere.example" would lead to another site.
	u := url.URL{Path: "/" + strings.TrimLeft(path, `/\`)}
	return f.pages.base + u.EscapedPath()
}

// Link leads to one of our paths in this language and display.
func (f frame) Link(path string) string { return f.link(path, f.Lang, f.Display) }

// Reset leads to this page in its usual look.
func (f frame) Reset() string { return f.link(f.Path, f.Lang, Display{}) }

func (f frame) link(path string, lang mce.Lang, d Display) string {
	q := d.Query()
	q.Set("lang", string(lang))
	return f.Place(path) + "?" + q.Encode()
}

// Stylesheet is the address of the stylesheet.
func (f frame) Stylesheet() string { return f.Place(f.pages.StylesheetName()) }

// tongue is a language to switch to, named in itself.
type tongue struct {
	Lang    mce.Lang
	Name    string
	Link    string // to this page in it
	Current bool
}

// Tongues are the languages that the pages have.
func (f frame) Tongues() ([]tongue, error) {
	var out []tongue
	for _, lang := range mce.Languages() {
		t, err := f.Tongue(lang)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// Tongue is one language, named in itself.
func (f frame) Tongue(lang mce.Lang) (tongue, error) {
	name, err := f.pages.catalog.In(lang).T("language")
	path, own := f.Editions[lang]
	if !own {
		path = f.Path
	}
	return tongue{Lang: lang, Name: name, Link: f.link(path, lang, f.Display), Current: lang == f.Lang}, err
}

// foreign is a text and its language where that is not the page's, for its lang attribute.
type foreign struct {
	Text string
	Lang mce.Lang // empty: the page's
}

// In is a text for a reader of lang.
func (f frame) In(lang mce.Lang, t mce.Text) foreign {
	s, in := t.In(lang)
	return f.Foreign(in, s)
}

// Foreign marks a text that is in lang.
func (f frame) Foreign(lang mce.Lang, s string) foreign {
	if lang == f.Lang {
		lang = ""
	}
	return foreign{Text: s, Lang: lang}
}
