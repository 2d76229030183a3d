package mce

import (
	"strings"

	"golang.org/x/text/language"
)

// ParseCountry reads a country by its code of ISO 3166-1 in two letters; empty means not told.
func ParseCountry(s string) (string, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if s == "" {
		return "", nil
	}
	if r, err := language.ParseRegion(s); err != nil || len(s) != 2 || !r.IsCountry() || r.String() != s {
		return "", Invalidf("%q is not the code of a country; it has two letters, such as IT", s)
	}
	return s, nil
}

// Countries are the codes of all countries, sorted.
func Countries() []string {
	var out []string
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if code, err := ParseCountry(string([]rune{a, b})); err == nil {
				out = append(out, code)
			}
		}
	}
	return out
}
