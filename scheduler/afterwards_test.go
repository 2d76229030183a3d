package scheduler_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// theEnd is when the conference of the library is over; its handouts come by and by.
var theEnd = at("2023-10-27T13:00:00+02:00")

// afterwards has thanks with handouts three days after the end, at ten, and digests from the day after that on, at nine.
func afterwards(t *testing.T) *house {
	t.Helper()
	h := withDelegates(t)
	rule := mce.ReminderRule{Slug: "thanks", Anchor: mce.AtEnd, Days: 3, At: "10:00", Useful: 48, Subject: en("Thanks"), Body: en("Body"), Show: []mce.Show{mce.ShowHandouts}}
	digest := rule
	digest.Slug, digest.Days, digest.At, digest.Useful, digest.Daily = "digest", 4, "09:00", 12, true
	h.lib.Reminders = []mce.ReminderRule{rule, digest}
	h.save()
	return h
}

// publish adds a handout at a time.
func (h *house) publish(slug string, at time.Time) {
	h.t.Helper()
	h.lib.Resources = append(h.lib.Resources, mce.Resource{
		Slug: slug, Kind: "handout", Title: en("The " + slug), Link: "https://example.org/" + slug, Event: "prato", Topics: []string{"news"}, Window: mce.Window{From: at},
	})
	h.save()
}

// telling counts the letters that show a handout.
func (h *house) telling(slug string) int {
	h.t.Helper()
	return h.count(fmt.Sprintf(`select from letters l join editions e on e.id = l.edition_id where e.plain like '%%The %s%%'`, slug))
}

func TestHandoutsAreToldAsTheyArePublished(t *testing.T) {
	h := afterwards(t)
	day := func(n, hour, minute int) time.Time { // after the end, on the venue's clock
		return time.Date(2023, 10, 27+n, hour, minute, 0, 0, mce.InZone(theEnd, "Europe/Rome").Location())
	}
	h.publish("first", day(1, 12, 0))
	h.tickAll(day(3, 10, 0)) // the clocks were set back since
	h.reminders(2, "with the thanks")
	h.tickAll(day(4, 9, 0))
	h.reminders(2, "when nothing is new")
	h.publish("second", day(4, 15, 0))
	h.publish("third", day(4, 16, 0))
	h.tickAll(day(4, 17, 0))
	h.reminders(2, "before the hour")
	h.tickAll(day(5, 8, 59))
	h.reminders(2, "a minute before the hour")
	h.tickAll(day(5, 9, 0))
	h.tickAll(day(5, 9, 30))
	h.reminders(4, "at the hour")
	h.publish("fourth", day(5, 10, 0))
	h.tickAll(day(6, 22, 0)) // the daemons were off at nine, and it is too late today
	h.reminders(4, "at night")
	h.tickAll(day(7, 9, 0))
	h.reminders(6, "on the next morning")
	for _, slug := range []string{"first", "second", "third", "fourth"} {
		if n := h.telling(slug); n != 2 {
			t.Errorf("the %s handout was told of in %d letters to two delegates", slug, n)
		}
	}
	h.publish("last", day(91, 8, 0))
	h.tickAll(day(91, 9, 0))
	h.reminders(6, "three months later")
	if n := h.count(`select from reminders m join reminder_rules r on r.id = m.rule_id where r.daily and m.outcome = 'dropped'`); n != 0 {
		t.Errorf("%d digests are said to be dropped", n)
	}
}

func TestCertificatesGoToWhoArrived(t *testing.T) {
	h := withDelegates(t)
	h.lib.Reminders = []mce.ReminderRule{{
		Slug: "certificate", For: mce.ForArrived, Anchor: mce.AtEnd, Days: 1, At: "09:00", Useful: 48, Subject: en("S"), Body: en("B"), Show: []mce.Show{mce.ShowCertificate},
	}}
	h.save()
	all, err := h.store.Registrations(t.Context(), "prato")
	h.must(err)
	_, _, err = h.store.CheckIn(t.Context(), "prato", all[0].Code, at("2023-10-25T08:30:00+02:00"))
	h.must(err)
	h.tickAll(theEnd)
	h.tickAll(at("2023-10-28T09:00:00+02:00"))
	h.tick(at("2023-10-28T10:00:00+02:00"))
	if n := h.count(`select from letters l join edition_files f on f.edition_id = l.edition_id where l.kind = 'certificate' and f.type = 'application/pdf'`); n != 1 {
		t.Errorf("%d certificates", n)
	}
	h.reminders(0, "without a certificate")
}
