package locale

import (
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/majorcities/mce-mailer/mce"
)

// Country is a country to choose.
type Country struct {
	Code string // ISO 3166-1
	Name string
}

// Countries are all countries, sorted as the language sorts their names.
func (p *Printer) Countries() []Country { return p.countries() }

// Country is the name of a country; one without a name stands as it is.
func (p *Printer) Country(code string) string {
	for _, c := range p.countries() {
		if c.Code == code {
			return c.Name
		}
	}
	return code
}

func countries(lang mce.Lang) []Country {
	tag := language.Make(string(lang))
	names, order := display.Regions(tag), collate.New(tag)
	var out []Country
	for _, code := range mce.Countries() {
		name := renamed(lang, code)
		if name == "" {
			name = names.Name(language.MustParseRegion(code))
		}
		out = append(out, Country{Code: code, Name: name})
	}
	slices.SortStableFunc(out, func(a, b Country) int { return order.CompareString(a.Name, b.Name) })
	return out
}

// renamed is the name of a country that took another one since the names of golang.org/x/text were gathered (CLDR 32, 2017); else empty.
func renamed(lang mce.Lang, code string) string {
	names := map[string]map[mce.Lang]string{
		"MK": {"en": "North Macedonia", "it": "Macedonia del Nord"},
		"SZ": {"en": "Eswatini", "it": "Eswatini"},
	}
	return names[code][lang]
}
