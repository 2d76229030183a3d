package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

const minutes = time.Minute

// congress is the office's event as it stands for 400 delegates of 25 countries, with 60 sessions of which each chose three.
func congress(t *testing.T) (*office, mce.Library) {
	t.Helper()
	o := newOffice(t)
	lib := library()
	e := &lib.Events[0]
	for i := range 60 {
		begins := e.Starts.Add(time.Duration(i/10) * time.Hour)
		e.Sessions = append(e.Sessions, mce.Session{
			Slug: fmt.Sprintf("s%d", i), Title: en(fmt.Sprint("Session ", i)), Starts: begins, Ends: begins.Add(50 * minutes), Room: en("Hall"), Optional: true,
		})
	}
	o.save(lib)
	var people []mce.Registration
	for i := range 400 {
		p := delegates(fmt.Sprintf("d%d@city%d.example", i, i%25))[0]
		p.Country, p.Sessions = fmt.Sprint("Country ", i%25), []string{fmt.Sprintf("s%d", i%60), fmt.Sprintf("s%d", (i+7)%60), fmt.Sprintf("s%d", (i+13)%60)}
		people = append(people, p)
	}
	value(o.Register(t.Context(), mce.Order{People: people}, told, domain, now))(t)
	return o, lib
}

func (o *office) tell(at time.Time) int {
	o.t.Helper()
	return value(o.TellChanges(o.t.Context(), told, domain, at))(o.t)
}

func (o *office) saveAt(lib mce.Library, at time.Time) {
	o.t.Helper()
	must(o.t, o.SaveLibrary(o.t.Context(), lib, at))
}

func TestAnotherRoomIsToldToThoseOfTheSessionAlone(t *testing.T) {
	o, lib := congress(t)
	lib.Events[0].Sessions[9].Room = en("Library")
	o.saveAt(lib, now)
	if n := o.tell(now.Add(29 * minutes)); n != 0 {
		t.Errorf("%d are told before the edit has settled", n)
	}
	want := o.sql(`select from registrations where 's9' = any(sessions)`)
	if n := o.tell(now.Add(30 * minutes)); n != want || want < 15 {
		t.Errorf("%d are told, want the %d of the session", n, want)
	}
	if n := o.sql(`select from letters l join registrations r on r.id = l.registration_id join editions e on e.id = l.edition_id
		where l.kind = 'change' and 's9' = any(r.sessions) and e.plain = 'session room s9; '`); n != want {
		t.Errorf("%d letters say so to the right people", n)
	}
	for range 2 {
		if n := o.tell(now.Add(time.Hour)); n != 0 {
			t.Errorf("%d are told again", n)
		}
	}
	if n := o.sql(`select from events where sequence > 0`); n != 0 {
		t.Error("a room of a session updates calendars")
	}
}

func TestEditsThatCancelOutAreNotTold(t *testing.T) {
	o, lib := congress(t)
	lib.Events[0].Sessions[9].Room = en("Library")
	o.saveAt(lib, now)
	lib.Events[0].Sessions[9].Room = en("Hall")
	o.saveAt(lib, now.Add(20*minutes))
	if n := o.tell(now.Add(40 * minutes)); n != 0 {
		t.Errorf("%d are told 20 minutes after the last edit", n)
	}
	if n := o.tell(now.Add(50 * minutes)); n != 0 {
		t.Errorf("%d are told of nothing", n)
	}
	if n := o.sql(`select from registrations r join events e on e.id = r.event_id where r.told < e.version`); n != 0 {
		t.Errorf("%d still know a former version", n)
	}
}

func TestWithinADayChangesAreToldAtOnce(t *testing.T) {
	o, lib := congress(t)
	eve := lib.Events[0].Starts.Add(-23 * time.Hour)
	lib.Events[0].Sessions[9].Room = en("Library")
	o.saveAt(lib, eve)
	if n := o.tell(eve); n == 0 {
		t.Error("nobody is told on the eve")
	}
}

// TestWhatTheSiteWritesIsToldToo: it may write into the tables by itself.
func TestWhatTheSiteWritesIsToldToo(t *testing.T) {
	o, _ := congress(t)
	o.sql(`update events set starts = starts + interval '7 days', ends = ends + interval '7 days'`)
	if n := o.tell(now); n != 0 {
		t.Errorf("%d are told before it has settled", n)
	}
	if n := o.tell(now.Add(30 * minutes)); n != 400 {
		t.Errorf("%d are told of the new week", n)
	}
	if n := o.sql(`select from events where sequence = 1`); n != 1 {
		t.Error("the calendars are not updated")
	}
}

func TestWhoRegistersAfterAnEditKnowsIt(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	lib := library()
	lib.Events[0].City = en("Larissa")
	o.saveAt(lib, now)
	o.register("bob@example.org")
	must(t, o.CancelRegistration(t.Context(), "prato", "anna@example.org", told, domain, now))
	if n := o.tell(now.Add(30 * minutes)); n != 0 {
		t.Errorf("%d are told, of whom one registered after it and one is no longer registered", n)
	}
	o.register("anna@example.org")
	if n := o.tell(now.Add(60 * minutes)); n != 0 {
		t.Errorf("%d who came back are told what their confirmation says", n)
	}
}

func TestACancelledEventIsToldOnce(t *testing.T) {
	o := newOffice(t)
	o.tour(1, nil)
	o.register("anna@example.org", "bob@example.org") // bob waits
	o.tour(1, func(e *mce.Event) { e.State = mce.EventCancelled })
	if n := o.tell(now.Add(30 * minutes)); n != 2 || o.letters(mce.ChangeOf, "bob@example.org") != 1 {
		t.Errorf("%d are told", n)
	}
	o.tour(1, func(e *mce.Event) { e.State, e.City = mce.EventCancelled, en("Larissa") })
	if n := o.tell(now.Add(90 * minutes)); n != 0 {
		t.Errorf("%d are told of an edit of what is cancelled", n)
	}
	must(t, o.CancelRegistration(t.Context(), "prato", "anna@example.org", told, domain, now.Add(2*time.Hour)))
	if o.letters(mce.Cancellation, "") != 0 || o.letters(mce.Confirmation, "bob@example.org") != 0 {
		t.Error("giving back a place in a cancelled event is told, or gives it to who waits")
	}
}
