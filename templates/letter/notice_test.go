package letter_test

import (
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/letter"
)

var _ mce.Notices = (*letter.Letters)(nil)

// inState is the conference, as it stands when the office sets the state.
func inState(s mce.EventState) mce.Event {
	e := prato()
	e.State = s
	e.Sequence++
	return e
}

// rearranged is the conference a day later, in another venue, with the first session in another room and the last one dropped.
func rearranged() mce.Event {
	e := prato()
	const day = 24 * time.Hour
	e.Starts, e.Ends, e.Sequence = e.Starts.Add(day), e.Ends.Add(day), e.Sequence+1
	e.Venue = both("Textile Museum", "Museo del Tessuto")
	e.Address = "Via Puccetti 3, 59100 Prato"
	sessions := e.Sessions[:len(e.Sessions)-1]
	e.Sessions = nil
	for _, s := range sessions {
		s.Starts, s.Ends = s.Starts.Add(day), s.Ends.Add(day)
		e.Sessions = append(e.Sessions, s)
	}
	e.Sessions[0].Room = both("Loom hall", "Sala dei telai")
	return e
}

func change(l *letter.Letters, old, e mce.Event, lang mce.Lang) (mce.Edition, error) {
	r := registration(lang)
	return l.Change(old, e, r, r.Changes(old, e), at("2023-09-20T12:00:00Z"))
}

// TestCalendarOfNotices: who was never invited gets nothing for the calendar, and nor does a change that is not material.
func TestCalendarOfNotices(t *testing.T) {
	l, stamp := newLetters(t), at("2023-09-20T12:00:00Z")
	waiting := registration(mce.English)
	waiting.State = mce.OnWaitingList
	room := prato()
	room.Sessions = append([]mce.Session(nil), room.Sessions...)
	room.Sessions[0].Room = en("Loom hall")
	to := func(r mce.Registration, old, e mce.Event) func() (mce.Edition, error) {
		return func() (mce.Edition, error) { return l.Change(old, e, r, r.Changes(old, e), stamp) }
	}
	placed := registration(mce.English)
	for name, c := range map[string]struct {
		make   func() (mce.Edition, error)
		method string
	}{
		"waiting":                {func() (mce.Edition, error) { return l.Waiting(prato(), waiting, stamp) }, ""},
		"cancelled":              {func() (mce.Edition, error) { return l.Cancellation(prato(), placed, stamp) }, "CANCEL"},
		"cancelled, had waited":  {func() (mce.Edition, error) { return l.Cancellation(prato(), waiting, stamp) }, ""},
		"moved":                  {to(placed, prato(), rearranged()), "REQUEST"},
		"moved, waits":           {to(waiting, prato(), rearranged()), ""},
		"another room":           {to(placed, prato(), room), ""},
		"event cancelled":        {to(placed, prato(), inState(mce.EventCancelled)), "CANCEL"},
		"event cancelled, waits": {to(waiting, prato(), inState(mce.EventCancelled)), ""},
		"put off":                {to(placed, prato(), inState(mce.EventMoved)), "CANCEL"},
		"on again":               {to(placed, inState(mce.EventMoved), prato()), "REQUEST"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := c.make()
			if err != nil {
				t.Fatal(err)
			}
			if e.Method != c.method || (e.Calendar != "") != (c.method != "") {
				t.Errorf("method %q, calendar of %d bytes; want method %q", e.Method, len(e.Calendar), c.method)
			}
			if c.method != "" && !strings.Contains(e.Calendar, "METHOD:"+c.method+"\r\n") {
				t.Errorf("the calendar is not a %s:\n%s", c.method, e.Calendar)
			}
		})
	}
}
