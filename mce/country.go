package mce

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// ParseCountry reads a country by its code of ISO 3166-1 in two letters; empty means not told. XK, which the standard leaves to its users,
// is Kosovo, as the European Union writes it.
func ParseCountry(s string) (string, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if s == "" {
		return "", nil
	}
	if !isCountry(s) {
		return "", Invalidf("%q is not the code of a country; it has two letters, such as IT", s)
	}
	return s, nil
}

// isCountry refuses what has a code without being a country: those that are gone (YU, DD), spellings of others (UK), and what ISO 3166 only
// reserves, for islands that belong to others, or for unions.
func isCountry(code string) bool {
	reserved := []string{"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "TA", "UN"}
	gone := []string{"AN", "CS", "FQ", "NT", "PC", "SU", "YU"} // and have no one heir to be canonicalised to
	r, err := language.ParseRegion(code)
	return err == nil && len(code) == 2 && r.IsCountry() && r.String() == code && r.Canonicalize() == r &&
		!slices.Contains(reserved, code) && !slices.Contains(gone, code)
}

// Countries are the codes of all countries, sorted.
func Countries() []string {
	var out []string
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if code := string([]rune{a, b}); isCountry(code) {
				out = append(out, code)
			}
		}
	}
	return out
}
