package calendar

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func prato() mce.Event {
	rome := time.FixedZone("CEST", 2*3600)
	return mce.Event{
		Slug:     "prato-2023",
		Kind:     mce.Conference,
		State:    mce.EventOpen,
		Title:    mce.Text{"en": "2023 Major Cities of Europe annual conference", "it": "Conferenza annuale 2023 di Major Cities of Europe"},
		Motto:    mce.Text{"en": "Fast forward: cities, people and data; a digital Europe, together", "it": "Avanti veloce: città, persone e dati; un’Europa digitale, insieme"},
		City:     mce.Text{"en": "Prato"},
		Venue:    mce.Text{"en": "Center for Contemporary Art Luigi Pecci", "it": "Centro per l’arte contemporanea Luigi Pecci"},
		Address:  "Viale della Repubblica 277, 59100 Prato",
		Contact:  "mce2023@comune.prato.it",
		TimeZone: "Europe/Rome",
		Starts:   time.Date(2023, 10, 25, 9, 0, 0, 0, rome),
		Ends:     time.Date(2023, 10, 27, 17, 0, 0, 0, rome),
		Sequence: 2,
	}
}

func delegate(lang mce.Lang) mce.Registration {
	return mce.Registration{
		ID: 4711, Event: "prato-2023", Email: "zoe.o'brien+mce@example.org", Name: "Zoë O'Brien, PhD",
		Language: lang, State: mce.Registered, Sequence: 1,
	}
}

func office() Organizer {
	return Organizer{Name: "Major Cities of Europe", Address: "calendar@majorcities.eu"}
}

const page = "https://www.majorcities.eu/conferences/2023-prato/"

func stamp() time.Time { return time.Date(2023, 9, 1, 8, 30, 0, 0, time.UTC) }

func mustRequest(t testing.TB, e mce.Event, r mce.Registration) string {
	t.Helper()
	ics, err := Request(e, r, office(), page, stamp())
	if err != nil {
		t.Fatal(err)
	}
	return ics
}

// mustProgramme is of somebody who chose one session, and had another before, in a room that is not known.
func mustProgramme(t testing.TB, r mce.Registration) string {
	t.Helper()
	e := prato()
	e.Version = 5
	e.Sessions = []mce.Session{
		{Slug: "opening", Title: mce.Text{"en": "Opening"}, Starts: e.Starts, Ends: e.Starts.Add(time.Hour)},
		{Slug: "twins", Title: mce.Text{"en": "Digital twins", "it": "Gemelli digitali"}, Starts: e.Starts.Add(time.Hour), Ends: e.Starts.Add(2 * time.Hour), Room: mce.Text{"en": "Room 2", "it": "Sala 2"}, Optional: true},
	}
	r.Sessions = []string{"twins"}
	dropped := mce.Session{Slug: "data", Title: mce.Text{"en": "Data"}, Starts: e.Starts.Add(3 * time.Hour), Ends: e.Starts.Add(4 * time.Hour), Optional: true}
	ics, err := Programme(e, r, []mce.Session{dropped}, office(), stamp())
	if err != nil {
		t.Fatal(err)
	}
	return ics
}

func mustCancel(t testing.TB, e mce.Event, r mce.Registration) string {
	t.Helper()
	ics, err := Cancel(e, r, office(), stamp())
	if err != nil {
		t.Fatal(err)
	}
	return ics
}
