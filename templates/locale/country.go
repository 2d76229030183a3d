package locale

import (
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/majorcities/mce-mailer/mce"
)

// Country is a country by its name in a language.
type Country struct {
	Code string // ISO 3166-1
	Name string
}

// Countries are all countries, by their names and in the order of a language. It is some work: whoever needs it often keeps it.
func Countries(lang mce.Lang) []Country {
	tag := language.Make(string(lang))
	names := display.Regions(tag)
	var out []Country
	for _, code := range mce.Countries() {
		if r, err := language.ParseRegion(code); err == nil {
			out = append(out, Country{Code: code, Name: names.Name(r)})
		}
	}
	collate.New(tag).Sort(byName(out))
	return out
}

// byName is sorted by the collator.
type byName []Country

func (b byName) Len() int           { return len(b) }
func (b byName) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }
func (b byName) Bytes(i int) []byte { return []byte(b[i].Name) }
