package scheduler_test

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// wednesday is the day before the newsletter's.
var wednesday = at("2023-10-18T12:00:00+02:00")

var thursday = at("2023-10-19T09:00:00+02:00")

func TestADueSlotFiresOnceHoweverManyDaemonsTick(t *testing.T) {
	h := newHouse(t, wednesday, nil)
	h.tickAll(thursday.Add(-time.Second))
	if n := len(h.issues()); n != 0 {
		t.Fatalf("%d issues before their time", n)
	}
	h.tickAll(thursday)
	h.tickAll(thursday.Add(time.Minute))
	issues := h.issues()
	if len(issues) != 1 || issues[0].State != mce.Sending || issues[0].ApprovedBy == "" {
		t.Fatalf("%+v", issues)
	}
	if n := h.count(`select from letters where kind = 'newsletter'`); n != 3 {
		t.Errorf("%d letters for three readers", n)
	}
}

func TestAWeeklySlotFiresOnceAWeekAllYear(t *testing.T) {
	begin, end := at("2023-12-31T12:00:00Z"), at("2024-12-30T00:00:00Z")
	h := newHouse(t, begin, func(l *mce.Library) {
		l.Series[0].Cron, l.Articles = "30 2 * * 0", articles(3)
	})
	h.must(h.leaveAll())
	// Sundays, before and after the slot is due in summer (0:30 UTC) and in winter (1:30 UTC), and a time between.
	for sunday := at("2024-01-07T00:00:00Z"); sunday.Before(end); sunday = sunday.AddDate(0, 0, 7) {
		for _, minutes := range []int{-360, 29, 31, 89, 91, 720} {
			h.tick(sunday.Add(time.Duration(minutes) * time.Minute))
		}
	}
	states := map[mce.IssueState]int{}
	weeks := map[string]bool{}
	for _, i := range h.issues() {
		states[i.State]++
		weeks[i.Slot.Wall] = true
	}
	if states[mce.Sent] != 3 || states[mce.Skipped] != 49 || len(weeks) != 52 {
		t.Errorf("%v in %d weeks", states, len(weeks))
	}
	for sunday := at("2024-01-07T02:30:00Z"); sunday.Before(end); sunday = sunday.AddDate(0, 0, 7) {
		if wall := sunday.Format("2006-01-02 15:04"); !weeks[wall] {
			t.Errorf("nothing on %s", wall)
		}
	}
}

// leaveAll leaves an installation without readers, so that issues are sent as soon as they start.
func (h *house) leaveAll() error {
	_, err := h.db.ExecContext(h.t.Context(), `update subscribers set state = 'unsubscribed'`)
	return err
}

func TestAfterAnOutageOneIssueOvertakesThoseMissed(t *testing.T) {
	h := newHouse(t, wednesday, func(l *mce.Library) { l.Articles = articles(9) })
	h.tick(thursday)
	h.tickAll(thursday.AddDate(0, 0, 24))
	issues := h.issues()
	if len(issues) != 2 || issues[0].Slot.Wall != "2023-11-09 09:00" || issues[0].Number != 2 {
		t.Errorf("%+v", issues)
	}
}

func TestASeriesThatNeedsApprovalWaitsForItsEditors(t *testing.T) {
	h := newHouse(t, wednesday, func(l *mce.Library) { l.Series[0].Approval = mce.ApprovalRequired })
	h.tick(thursday)
	h.tick(thursday.AddDate(0, 0, 1))
	if issues := h.issues(); len(issues) != 1 || issues[0].State != mce.InReview {
		t.Errorf("%+v", issues)
	}
}

func TestAnIssueGoesOutAtItsMoment(t *testing.T) {
	h := newHouse(t, wednesday, func(l *mce.Library) { l.Series[0].Approval = mce.ApprovalRequired })
	h.tick(thursday)
	moment := h.schedule()
	h.tick(moment.Add(-time.Second))
	if i := h.issues()[0]; i.State != mce.Scheduled {
		t.Errorf("before its moment it is %s", i.State)
	}
	h.tickAll(moment)
	if i := h.issues()[0]; i.State != mce.Sending || h.count(`select from letters`) != 3 {
		t.Errorf("%s with %d letters", i.State, h.count(`select from letters`))
	}
}

func TestAnIssueEditedAfterItsApprovalIsNotSent(t *testing.T) {
	h := newHouse(t, wednesday, func(l *mce.Library) { l.Series[0].Approval = mce.ApprovalRequired })
	h.tick(thursday)
	moment := h.schedule()
	h.lib.Articles[0].Body = en("Another body")
	h.save()
	h.tickAll(moment)
	if i := h.issues()[0]; i.State != mce.InReview || i.Reason == "" || h.count(`select from letters`) != 0 {
		t.Errorf("%+v", i)
	}
}

// schedule approves the only issue and gives it its moment, two days on.
func (h *house) schedule() time.Time {
	h.t.Helper()
	id, look, moment := h.issues()[0].ID, h.daemons[0].Letters.Look(), thursday.AddDate(0, 0, 2)
	_, err := h.store.Approve(h.t.Context(), id, "anna", look, thursday)
	h.must(err)
	_, err = h.store.Schedule(h.t.Context(), id, moment, look)
	h.must(err)
	return moment
}

func TestAPausedSeriesRestsAndMissesNothingWhenItGoesOn(t *testing.T) {
	h := newHouse(t, wednesday, func(l *mce.Library) { l.Series[0].Paused = true })
	h.tick(thursday)
	h.clock.set(thursday.Add(time.Hour))
	h.lib.Series[0].Paused = false
	h.save()
	h.tick(thursday.Add(2 * time.Hour))
	if n := len(h.issues()); n != 0 {
		t.Errorf("%d issues of a slot in the pause", n)
	}
	h.tick(thursday.AddDate(0, 0, 7))
	if n := len(h.issues()); n != 1 {
		t.Errorf("%d issues after the pause", n)
	}
}
