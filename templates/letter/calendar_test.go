package letter_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/calendar/icaltest"
)

// TestCalendarThroughAllChanges: one entry goes with a registration through all that can happen. Each letter is read by libical, names the same
// entry and organizer, and outdates the one before it (RFC 5546 §2.1.5).
func TestCalendarThroughAllChanges(t *testing.T) {
	l, libical, r, stamp := newLetters(t), icaltest.New(t), registration(mce.English), at("2023-09-20T12:00:00Z")
	e := prato()
	var unfolded, uid, organizer string
	sequence := -1
	value := func(name string) string {
		return regexp.MustCompile(`(?m)^` + name + `[;:].*$`).FindString(unfolded)
	}
	next := func(what, method string, out mce.Edition, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := libical.Check(t, out.Calendar).Method; got != method || out.Method != method {
			t.Errorf("%s: method %s in the calendar, %s in the mail, want %s", what, got, out.Method, method)
		}
		unfolded = strings.ReplaceAll(strings.ReplaceAll(out.Calendar, "\r\n ", ""), "\r\n", "\n")
		if uid == "" {
			uid, organizer = value("UID"), value("ORGANIZER")
		}
		if value("UID") != uid || value("ORGANIZER") != organizer {
			t.Errorf("%s: %s, %s; before %s, %s", what, value("UID"), value("ORGANIZER"), uid, organizer)
		}
		now, err := strconv.Atoi(strings.TrimPrefix(value("SEQUENCE"), "SEQUENCE:"))
		if err != nil || now <= sequence {
			t.Errorf("%s: %s after %d", what, value("SEQUENCE"), sequence)
		}
		sequence = now
	}
	becomes := func(what, method string, edit func(*mce.Event)) {
		t.Helper()
		old := e
		edit(&e)
		e.Sequence++ // as the database does
		out, err := l.Change(old, e, r, r.Changes(old, e), stamp)
		next(what, method, out, err)
	}

	out, err := l.Confirmation(e, r, stamp)
	next("registered", "REQUEST", out, err)
	becomes("an hour later", "REQUEST", func(e *mce.Event) { e.Ends = e.Ends.Add(time.Hour) })
	becomes("put off", "CANCEL", func(e *mce.Event) { e.State = mce.EventMoved })
	becomes("on again", "REQUEST", func(e *mce.Event) {
		e.State, e.Starts, e.Ends = mce.EventOpen, e.Starts.AddDate(0, 1, 0), e.Ends.AddDate(0, 1, 0)
	})
	becomes("cancelled", "CANCEL", func(e *mce.Event) { e.State = mce.EventCancelled })
	becomes("after all", "REQUEST", func(e *mce.Event) { e.State = mce.EventOpen })
	r.Sequence++
	out, err = l.Cancellation(e, r, stamp)
	next("withdrawn", "CANCEL", out, err)
	r.Sequence++
	out, err = l.Confirmation(e, r, stamp)
	next("registered again", "REQUEST", out, err)
}
