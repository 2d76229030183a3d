package mce_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func TestTheZonesToChooseFromAreKnown(t *testing.T) {
	homes := mce.Homes()
	for _, zone := range homes {
		if err := mce.CheckZone(zone); err != nil {
			t.Error(err)
		}
	}
	if len(homes) < 100 || len(slices.Compact(slices.Sorted(slices.Values(homes)))) != len(homes) {
		t.Errorf("%d zones, or one of them twice", len(homes))
	}
}

func TestWhatADelegateEntersIsCleaned(t *testing.T) {
	good := mce.Particulars{Name: " Anna \t Rossi ", Organisation: "Comune  di Prato", Country: "Italia ", Zone: "Europe/Rome"}
	clean, fault := good.Clean()
	if fault != nil || clean.Name != "Anna Rossi" || clean.Organisation != "Comune di Prato" || clean.Country != "Italia" || clean.Language != "en" {
		t.Errorf("%+v, %v", clean, fault)
	}
	long := strings.Repeat("x", mce.MaxName+1)
	for field, spoil := range map[string]func(*mce.Particulars){
		"name":         func(p *mce.Particulars) { p.Name = "  " },
		"organisation": func(p *mce.Particulars) { p.Organisation = long },
		"country":      func(p *mce.Particulars) { p.Country = "a\x00b" },
		"language":     func(p *mce.Particulars) { p.Language = "xx" },
		"zone":         func(p *mce.Particulars) { p.Zone = "Local" },
	} {
		p := good
		spoil(&p)
		if _, fault := p.Clean(); fault == nil || fault.Field != field || mce.ErrorCode(fault) != mce.Invalid {
			t.Errorf("%s: %v", field, fault)
		}
	}
}

func TestTopicsOfAnEvent(t *testing.T) {
	known := []mce.Topic{{Slug: "news"}, {Slug: "events"}, {Slug: "eu"}}
	for about, want := range map[string]string{"events eu": "events eu", "events gone": "events", "gone": "news events eu", "": "news events eu"} {
		var got []string
		for _, topic := range (mce.Event{Topics: strings.Fields(about)}).TopicsOf(known) {
			got = append(got, topic.Slug)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("of %q: %v", about, got)
		}
	}
}

func TestCountriesAsPeopleWriteThem(t *testing.T) {
	for written, want := range map[string]string{"Italia": "IT", "italy": "IT", "GB": "GB", " germany ": "DE", "Prato": "", "": ""} {
		if got := mce.CountryNamed(written); got != want {
			t.Errorf("%q is %q, want %q", written, got, want)
		}
	}
}
