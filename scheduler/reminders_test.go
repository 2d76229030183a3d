package scheduler_test

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// aWeekBefore is when the rule of withDelegates is due.
var aWeekBefore = at("2023-10-18T09:00:00+02:00")

// withDelegates has an event with two delegates and a reminder a week before it starts, of use for two days.
func withDelegates(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, at("2023-09-01T00:00:00Z"), func(l *mce.Library) {
		l.Series[0].Paused = true
		l.Reminders = []mce.ReminderRule{{
			Slug: "soon", Anchor: mce.AtStart, Days: -7, At: "09:00", Useful: 48, Subject: en("Soon"), Body: en("Body"), Show: []mce.Show{mce.ShowHandouts},
		}}
	})
	_, err := h.store.Register(t.Context(), mce.Order{People: []mce.Registration{
		{Event: "prato", Email: "anna@example.org", Name: "Anna", Language: "en"}, {Event: "prato", Email: "bob@example.org", Name: "Bob", Language: "it"},
	}}, h.letters, "mce.example", h.clock.Now())
	h.must(err)
	return h
}

func (h *house) reminders(want int, when string) {
	h.t.Helper()
	if n := h.count(`select from letters where kind = 'reminder'`); n != want {
		h.t.Errorf("%d reminders %s, want %d", n, when, want)
	}
}

func TestADueReminderGoesOnce(t *testing.T) {
	h := withDelegates(t)
	h.tickAll(aWeekBefore.Add(-time.Second))
	h.reminders(0, "before it is due")
	h.tickAll(aWeekBefore)
	h.tickAll(aWeekBefore.Add(time.Hour))
	h.reminders(2, "when it is due")
	h.tick(aWeekBefore.AddDate(0, 0, 30))
	if n := h.count(`select from reminders where outcome = 'dropped'`); n != 0 {
		t.Errorf("%d reminders dropped that went out", n)
	}
}

func TestAReminderFollowsItsEvent(t *testing.T) {
	h := withDelegates(t)
	h.tick(aWeekBefore.AddDate(0, 0, -1))
	e := &h.lib.Events[0]
	e.Starts, e.Ends = e.Starts.AddDate(0, 0, 14), e.Ends.AddDate(0, 0, 14)
	h.save()
	h.tick(aWeekBefore)
	h.reminders(0, "on the old date")
	h.tick(aWeekBefore.AddDate(0, 0, 14).Add(time.Hour)) // the clocks were set back meanwhile
	h.reminders(2, "on the new date")
}

func TestAfterAnOutageALateReminderIsDroppedAndRecorded(t *testing.T) {
	h := withDelegates(t)
	h.tick(aWeekBefore.AddDate(0, 0, -1))
	h.tickAll(aWeekBefore.Add(48*time.Hour + time.Second))
	h.tickAll(aWeekBefore.Add(49 * time.Hour))
	h.reminders(0, "after their latest moment")
	if n := h.count(`select from reminders where outcome = 'dropped' and reason <> ''`); n != 2 {
		t.Errorf("%d are recorded as dropped", n)
	}
}

func TestACancelledEventRemindsNobody(t *testing.T) {
	h := withDelegates(t)
	h.lib.Events[0].State = mce.EventCancelled
	h.save()
	h.tick(aWeekBefore)
	h.tick(aWeekBefore.AddDate(0, 0, 5))
	h.reminders(0, "of a cancelled event")
}

func TestACancelledRegistrationStopsItsReminder(t *testing.T) {
	h := withDelegates(t)
	h.must(h.store.CancelRegistration(t.Context(), "prato", "anna@example.org", h.letters, "mce.example", h.clock.Now()))
	h.tick(aWeekBefore)
	h.reminders(1, "with one delegate left")
}

// The reminder went, somebody registered later, and the event was moved: it is due again for the one who has not had it.
func TestAMovedEventRemindsOnlyWhoWasNotRemindedYet(t *testing.T) {
	h := withDelegates(t)
	h.tickAll(aWeekBefore)
	h.reminders(2, "on the old date")
	_, err := h.store.Register(t.Context(), mce.Order{People: []mce.Registration{
		{Event: "prato", Email: "late@example.org", Name: "Late", Language: "en"},
	}}, h.letters, "mce.example", h.clock.Now().Add(time.Hour))
	h.must(err)
	e := &h.lib.Events[0]
	e.Starts, e.Ends = e.Starts.AddDate(0, 0, 7), e.Ends.AddDate(0, 0, 7)
	h.save()
	h.tickAll(aWeekBefore.AddDate(0, 0, 7).Add(time.Hour))
	h.reminders(3, "on the new date")
}

func TestAReminderDroppedInAnOutageGoesWhenItsEventIsMoved(t *testing.T) {
	h := withDelegates(t)
	h.tick(aWeekBefore.AddDate(0, 0, -1))
	h.tickAll(aWeekBefore.Add(48*time.Hour + time.Second))
	e := &h.lib.Events[0]
	e.Starts, e.Ends = e.Starts.AddDate(0, 0, 14), e.Ends.AddDate(0, 0, 14)
	h.save()
	h.tickAll(aWeekBefore.AddDate(0, 0, 14).Add(time.Hour))
	h.reminders(2, "on the new date")
	if n := h.count(`select from reminders where outcome = 'dropped'`); n != 2 {
		t.Errorf("%d are recorded as dropped", n)
	}
}

// TestNobodyHearsOnTheSecondDayThatItStartsTomorrow: the daemon was off from the day before until then. What is still of use goes.
func TestNobodyHearsOnTheSecondDayThatItStartsTomorrow(t *testing.T) {
	h := withDelegates(t)
	rule := func(slug string, anchor mce.Anchor, days int, at string, useful int) mce.ReminderRule {
		return mce.ReminderRule{Slug: slug, Anchor: anchor, Days: days, At: at, Useful: useful, Subject: en(slug), Body: en("Body")}
	}
	h.lib.Reminders = append(h.lib.Reminders,
		rule("tomorrow", mce.AtStart, -1, "09:00", 48), rule("today", mce.AtStart, 0, "07:00", 3), rule("second-day", mce.AtStart, 1, "08:00", 6), rule("thanks", mce.AtEnd, 3, "10:00", 240))
	h.save()
	h.tickAll(at("2023-10-24T08:59:00+02:00"))
	before := h.count(`select from letters where kind = 'reminder'`)
	secondDay := at("2023-10-26T10:00:00+02:00")
	h.tickAll(secondDay)
	h.tickAll(secondDay.Add(time.Hour))
	if n := h.count(`select from letters l join editions e on e.id = l.edition_id where l.kind = 'reminder' and e.subject in ('tomorrow', 'today')`); n != 0 {
		t.Errorf("%d were sent", n)
	}
	for _, slug := range []string{"tomorrow", "today"} {
		if n := h.count(`select from reminders m join reminder_rules u on u.id = m.rule_id
			where u.slug = '` + slug + `' and m.outcome = 'dropped' and m.reason = 'its latest useful moment had passed'`); n != 2 {
			t.Errorf("%d of %q are recorded as dropped", n, slug)
		}
	}
	h.tickAll(at("2023-10-30T11:00:00+01:00"))
	h.reminders(before+4, "after the event") // what is for the second day, and the thanks
}
