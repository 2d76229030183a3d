package scheduler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// mails are what an address was written of a kind: subjects, methods and calendars in their order.
func (h *house) mails(kind mce.LetterKind, address string) (out []mce.Edition) {
	h.t.Helper()
	rows, err := h.db.QueryContext(h.t.Context(), `
		select e.subject, e.method, e.calendar, e.lang from letters l join editions e on e.id = l.edition_id join registrations r on r.id = l.registration_id
		where l.kind = $1 and r.email = $2 order by l.id`, string(kind), address)
	h.must(err)
	defer rows.Close()
	for rows.Next() {
		var e mce.Edition
		h.must(rows.Scan(&e.Subject, &e.Method, &e.Calendar, &e.Lang))
		out = append(out, e)
	}
	h.must(rows.Err())
	return out
}

// values are the values of a property in a calendar, unfolded.
func values(calendar, property string) (out []string) {
	for l := range strings.SplitSeq(strings.ReplaceAll(calendar, "\r\n ", ""), "\r\n") {
		if name, value, ok := strings.Cut(l, ":"); ok && (name == property || strings.HasPrefix(name, property+";")) {
			out = append(out, value)
		}
	}
	return out
}

// TestAnEventIsMovedByAWeekAfterHalfOfItsRemindersWent: the others follow, none is repeated, and every calendar gets one update of the same entry.
// Then the event is cancelled: one cancellation each.
func TestAnEventIsMovedByAWeekAfterHalfOfItsRemindersWent(t *testing.T) {
	h := withDelegates(t)
	h.lib.Reminders = append(h.lib.Reminders, mce.ReminderRule{
		Slug: "tomorrow", Anchor: mce.AtStart, Days: -1, At: "09:00", Useful: 12, Subject: en("Tomorrow"), Body: en("Body"),
	})
	h.save()
	h.tickAll(aWeekBefore)
	h.reminders(2, "a week before")
	moved := aWeekBefore.Add(24 * time.Hour)
	h.tick(moved)
	e := &h.lib.Events[0]
	e.Starts, e.Ends = e.Starts.AddDate(0, 0, 7), e.Ends.AddDate(0, 0, 7)
	h.save()
	for _, wait := range []time.Duration{0, 29 * time.Minute, 30 * time.Minute, time.Hour} {
		h.tickAll(moved.Add(wait))
		want := 0
		if wait >= mce.SettleFor {
			want = 1
		}
		if got := h.mails(mce.ChangeOf, "anna@example.org"); len(got) != want {
			t.Fatalf("after %s: %d mails of the change", wait, len(got))
		}
	}
	h.reminders(2, "while it was moved")
	h.tickAll(e.Starts.AddDate(0, 0, -7).Add(time.Hour))
	h.reminders(2, "a week before the new date") // it went already
	h.tickAll(e.Starts.AddDate(0, 0, -1).Add(2 * time.Hour))
	h.reminders(4, "on the new eve")

	e.State = mce.EventCancelled
	h.save()
	h.tickAll(e.Starts.Add(-20 * time.Hour)) // at once: it was to begin within a day
	for _, address := range []string{"anna@example.org", "bob@example.org"} {
		invitation, changes := h.mails(mce.Confirmation, address), h.mails(mce.ChangeOf, address)
		if len(invitation) != 1 || len(changes) != 2 {
			t.Fatalf("%s: %d invitations, %d changes", address, len(invitation), len(changes))
		}
		for i, m := range append(invitation, changes...) {
			if want := []string{"REQUEST", "REQUEST", "CANCEL"}[i]; m.Method != want {
				t.Errorf("%s: mail %d is a %s, want %s", address, i, m.Method, want)
			}
			if got, want := values(m.Calendar, "SEQUENCE"), []string{"0", "1", "2"}[i]; len(got) != 1 || got[0] != want {
				t.Errorf("%s: mail %d has sequence %v", address, i, got)
			}
			for _, same := range []string{"UID", "ORGANIZER", "ATTENDEE"} {
				a, b := values(invitation[0].Calendar, same), values(m.Calendar, same)
				if len(a) != 1 || len(b) != 1 || a[0] != b[0] {
					t.Errorf("%s: %s is %v, then %v", address, same, a, b)
				}
			}
		}
	}
}

func TestPlacesThatAreAddedGoToWhoWaits(t *testing.T) {
	h := withDelegates(t)
	h.lib.Events[0].Capacity = 2
	h.save()
	late := []mce.Registration{{Event: "prato", Email: "carla@example.org", Name: "Carla", Language: "it"}}
	_, err := h.store.Register(t.Context(), mce.Order{People: late}, h.letters, "mce.example", h.clock.Now())
	h.must(err)
	h.tickAll(h.clock.Now().Add(time.Hour))
	if got := h.mails(mce.Confirmation, "carla@example.org"); len(got) != 0 {
		t.Fatalf("%d confirmations with all places taken", len(got))
	}
	h.lib.Events[0].Capacity = 3
	h.save()
	h.tickAll(h.clock.Now().Add(time.Minute))
	if got := h.mails(mce.Confirmation, "carla@example.org"); len(got) != 1 || got[0].Lang != "it" {
		t.Errorf("%d confirmations with a place more", len(got))
	}
}
