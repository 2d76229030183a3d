package page

import "github.com/majorcities/mce-mailer/mce"

// alternate is a page in a language, for search engines.
type alternate struct {
	Lang string // or "x-default"
	Link string // absolute
}

// Canonical is the one address of this page in its language, without the reader's display.
func (f frame) Canonical() string {
	if len(f.Editions) > 0 {
		return f.absolute(f.Place(f.Path))
	}
	return f.absolute(f.link(f.Path, f.Lang, Display{}))
}

// Alternates are the page's languages, itself among them, as search engines want it.
func (f frame) Alternates() []alternate {
	var out []alternate
	for _, lang := range mce.Languages() {
		path, own := f.Editions[lang]
		switch {
		case own:
			out = append(out, alternate{string(lang), f.absolute(f.Place(path))})
		case len(f.Editions) == 0:
			out = append(out, alternate{string(lang), f.absolute(f.link(f.Path, lang, Display{}))})
		}
	}
	if len(f.Editions) == 0 { // without ?lang the browser's language decides
		out = append(out, alternate{"x-default", f.absolute(f.Place(f.Path))})
	}
	return out
}

// absolute completes an address of ours that begins with a slash.
func (f frame) absolute(link string) string { return f.pages.origin + link }
