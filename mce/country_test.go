package mce_test

import (
	"slices"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func TestCountriesAreThoseOfTheStandard(t *testing.T) {
	all := mce.Countries()
	if len(all) != 249+1 || !slices.IsSorted(all) { // ISO 3166-1 has 249; and Kosovo
		t.Errorf("%d countries: %v", len(all), all)
	}
	for in, want := range map[string]string{"": "", " it ": "IT", "Gr": "GR", "XK": "XK", "TL": "TL", "uk": "GB", "DD": "DE"} {
		if got, err := mce.ParseCountry(in); got != want || err != nil {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for name, in := range map[string]string{
		"three letters": "ITA", "a number": "380", "the whole world": "001", "no country": "QQ", "unknown": "ZZ", "a union": "EU", "another": "UN",
		"gone": "YU", "an island of Spain's": "IC", "words": "Italy", "a hostile byte": "I\x00",
	} {
		if got, err := mce.ParseCountry(in); mce.ErrorCode(err) != mce.Invalid {
			t.Errorf("%s: %q is taken as %q", name, in, got)
		}
	}
}
