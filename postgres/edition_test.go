package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

// TestAnEditionKeepsItsFiles: in their order, byte for byte.
func TestAnEditionKeepsItsFiles(t *testing.T) {
	o := recorded(t)
	want := []mce.File{
		{Name: "z.png", Type: "image/png", CID: "code-1@mce.example", Content: []byte("\x89PNG\r\n\x1a\n\x00\xff")},
		{Name: "a.ics", Type: "text/calendar; charset=utf-8", Content: []byte("BEGIN:VCALENDAR\r\n")},
	}
	var carrying notices = func(_ mce.Event, r mce.Registration) mce.Edition { return mce.Edition{Lang: r.Language, Files: want} }
	value(o.Register(t.Context(), mce.Order{People: delegates("ida@example.org")}, carrying, domain, now))(t)
	found := 0
	for _, l := range o.claim(10) {
		if l.Kind != mce.Confirmation || l.To != "ida@example.org" {
			continue
		}
		found++
		if diff := cmp.Diff(want, value(o.Edition(t.Context(), l.EditionID))(t).Files); diff != "" {
			t.Error(diff)
		}
	}
	if found != 1 {
		t.Errorf("%d confirmations", found)
	}
}
