package mce

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// ParseCountry reads a country by its code of ISO 3166-1 in two letters; empty means not told. A code that another has replaced gives that one
// (UK: GB). XK, which the standard leaves to its users, is Kosovo, as the European Union writes it.
func ParseCountry(s string) (string, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if s == "" {
		return "", nil
	}
	r, err := language.ParseRegion(s)
	if r = r.Canonicalize(); err != nil || len(s) != 2 || !isCountry(r.String()) {
		return "", Invalidf("%q is not the code of a country; it has two letters, such as IT", s)
	}
	return r.String(), nil
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

// countryNames gives the codes of countries by what people call them in English and Italian, in small letters.
func countryNames() map[string]string {
	names := map[string]string{}
	for _, in := range []language.Tag{language.English, language.Italian} {
		namer := display.Regions(in)
		for _, code := range Countries() {
			if name := namer.Name(language.MustParseRegion(code)); name != "" {
				names[strings.ToLower(name)] = code
			}
		}
	}
	for code, others := range map[string][]string{ // what else is in use
		"CZ": {"czech republic", "repubblica ceca"}, "GB": {"great britain", "gran bretagna", "england", "scotland", "wales", "inghilterra"},
		"NL": {"the netherlands", "holland", "olanda"}, "TR": {"türkiye", "turkey"}, "US": {"usa", "united states of america", "stati uniti d'america"},
		"MK": {"north macedonia", "macedonia"},
	} {
		for _, name := range others {
			names[name] = code
		}
	}
	return names
}

// CountryNamed is the code of a country that somebody wrote by its code, or by its name in English or Italian; empty for anything else.
func CountryNamed(written string) string {
	code, err := readCountry(written, countryNames)
	if err != nil {
		return ""
	}
	return code
}

// readCountry is ParseCountry for what people write: names gives the codes of countries by their names.
func readCountry(written string, names func() map[string]string) (string, error) {
	code, err := ParseCountry(written)
	if err == nil {
		return code, nil
	}
	if code, ok := names()[strings.ToLower(strings.TrimSpace(written))]; ok {
		return code, nil
	}
	return "", err
}
