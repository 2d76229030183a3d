package calendar

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/calendar/icaltest"
)

// TestProgramme: an entry for what was chosen, one that takes back what was dropped, and none for what is everybody's.
func TestProgramme(t *testing.T) {
	r := delegate("it")
	ics := mustProgramme(t, r)
	if got := icaltest.Check(t, ics); got != MethodPublish {
		t.Errorf("libical reads a %s", got)
	}
	entries := map[string][]string{}
	for _, p := range read(t, ics) {
		if p.within == "VCALENDAR/VEVENT" {
			entries[p.name] = append(entries[p.name], p.value)
		}
	}
	for name, want := range map[string][]string{
		"UID":       {SessionUID(r, mce.Session{Slug: "twins"}, office()), SessionUID(r, mce.Session{Slug: "data"}, office())},
		"STATUS":    {"CONFIRMED", "CANCELLED"},
		"DTSTART":   {"20231025T100000", "20231025T120000"},
		"SUMMARY":   {"Gemelli digitali", "Data"},
		"SEQUENCE":  {"6", "6"},
		"ORGANIZER": {"mailto:calendar@majorcities.eu", "mailto:calendar@majorcities.eu"},
		"ATTENDEE":  nil, // RFC 5546 §3.2.1: must not be there
	} {
		if diff := cmp.Diff(want, entries[name]); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if uids := append(entries["UID"], UID(r, office())); len(slices.Compact(slices.Sorted(slices.Values(uids)))) != 3 {
		t.Errorf("entries share a UID: %v", uids)
	}
}

func TestNobodyWhoChoseNothingGetsAProgramme(t *testing.T) {
	if ics, err := Programme(prato(), delegate("en"), nil, office(), stamp()); ics != "" || err != nil {
		t.Errorf("%q, %v", ics, err)
	}
	backwards := mce.Session{Slug: "data", Starts: prato().Starts, Ends: prato().Starts.Add(-time.Hour)}
	if _, err := Programme(prato(), delegate("en"), []mce.Session{backwards}, office(), stamp()); mce.ErrorCode(err) != mce.Invalid {
		t.Error(err)
	}
}
