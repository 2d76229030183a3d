package postgres_test

import (
	"maps"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// edit changes a text of the next issue.
func (o *office) edit(body string) {
	o.t.Helper()
	lib := library()
	lib.Articles[0].Body = en(body)
	o.save(lib)
}

func TestAnApprovedIssueIsScheduledOnce(t *testing.T) {
	o := newOffice(t)
	i := o.assemble(0)
	_, err := o.Schedule(t.Context(), i.ID, now, "look")
	refused(t, err, mce.Conflict, "in review")
	i = value(o.Approve(t.Context(), i.ID, "anna", "look", now))(t)
	if i.State != mce.Approved || i.ApprovedBy != "anna" || len(i.Seal) == 0 {
		t.Errorf("approved: %+v", i)
	}
	moment := now.Add(time.Hour + 123456789)
	i = value(o.Schedule(t.Context(), i.ID, moment, "look"))(t)
	if i.State != mce.Scheduled || !i.ScheduledFor.Equal(moment.Truncate(time.Microsecond)) {
		t.Errorf("scheduled: %+v", i)
	}
	_, err = o.Schedule(t.Context(), i.ID, now, "look")
	refused(t, err, mce.Conflict, "the issue is scheduled")
	if due := value(o.DueIssues(t.Context(), now))(t); len(due) != 0 {
		t.Error("due before its moment")
	}
	if due := value(o.DueIssues(t.Context(), moment))(t); len(due) != 1 || due[0].ID != i.ID {
		t.Errorf("due at its moment: %v", due)
	}
	if void := value(o.VoidChanged(t.Context(), "look", now))(t); len(void) != 0 {
		t.Errorf("void without a change: %v", void)
	}
}

func TestAnEditVoidsTheApproval(t *testing.T) {
	o := newOffice(t)
	o.readers("anna@example.org en news")
	i := o.assemble(0)
	value(o.Approve(t.Context(), i.ID, "anna", "look", now))(t)
	o.edit("when it is to be scheduled")
	_, err := o.Schedule(t.Context(), i.ID, now, "look")
	refused(t, err, mce.Conflict, "was not scheduled: the approval does not hold any more: “First” has other words")
	o.isVoid(i.ID)

	o.approveAndSchedule(i.ID)
	o.edit("when it is to be sent")
	_, err = o.StartSending(t.Context(), i.ID, plain{}, domain, now)
	refused(t, err, mce.Conflict, "was not sent: the approval does not hold any more: “First” has other words")
	o.isVoid(i.ID)

	o.approveAndSchedule(i.ID)
	o.edit("at the next look")
	if void := value(o.VoidChanged(t.Context(), "look", now))(t); len(void) != 1 || void[0].ID != i.ID {
		t.Errorf("void: %v", void)
	}
	o.isVoid(i.ID)

	o.approveAndSchedule(i.ID)
	o.sql(`delete from articles where slug = 'first'`)
	value(o.VoidChanged(t.Context(), "look", now))(t)
	o.isVoid(i.ID)
	if p := o.progress(i.ID); len(p) != 0 {
		t.Errorf("letters: %v", p)
	}
}

func TestAnotherLookVoidsTheApproval(t *testing.T) {
	o := newOffice(t)
	i := o.scheduled()
	value(o.VoidChanged(t.Context(), "another", now))(t)
	o.isVoid(i.ID)
}

func (o *office) isVoid(id int64) {
	o.t.Helper()
	i := o.issue(id)
	if i.State != mce.InReview || i.Seal != nil || i.ApprovedBy != "" || !i.ScheduledFor.IsZero() || i.Reason == "" {
		o.t.Errorf("the approval stands: %+v", i)
	}
	if waiting := value(o.UnscheduledOf(o.t.Context(), i.SeriesID))(o.t); len(waiting) != 1 {
		o.t.Errorf("before the editors: %v", waiting)
	}
}

func TestACancelledIssueGivesItsItemsBack(t *testing.T) {
	o := newOffice(t)
	i := o.scheduled()
	value(o.Cancel(t.Context(), i.ID, "a slip", now))(t)
	if got := o.issue(i.ID); got.State != mce.Cancelled || got.Reason != "a slip" || got.FinishedAt.IsZero() {
		t.Errorf("cancelled: %+v", got)
	}
	if got := o.verdicts(o.assemble(1).ID)["first"]; got != mce.In {
		t.Errorf("first is %s in the next issue", got)
	}
}

func TestAnIssueCancelledOnItsWayLeavesTheRestOut(t *testing.T) {
	o := newOffice(t)
	o.many(3)
	i := o.sending()
	run, letters := o.lease(4)
	o.settle(mce.Delivered, letters[0])
	o.settle(mce.Deferred, letters[1])
	value(o.Cancel(t.Context(), i.ID, "a slip", now))(t)
	if p := o.progress(i.ID); p[mce.Delivered] != 1 || p[mce.LeftOut] != 2 {
		t.Errorf("letters: %v", p)
	}
	if left := value(o.RunLetters(t.Context(), run, 0, 10))(t); len(left) != 0 || len(o.claim(10)) != 0 {
		t.Error("letters of a cancelled issue are still given out")
	}
	o.settle(mce.Deferred, letters[2]) // it was in hand at that moment
	if p := o.progress(i.ID); p[mce.LeftOut] != 2 {
		t.Errorf("a letter of a cancelled issue waits for ever: %v", p)
	}
	if got := o.verdicts(o.assemble(1).ID)["first"]; got != mce.Dropped {
		t.Errorf("what went out is %s in the next issue", got)
	}
}

func TestWithAPauseNothingMoreIsGivenOut(t *testing.T) {
	o := newOffice(t)
	o.many(3)
	i := o.sending()
	run, letters := o.lease(4)
	o.settle(mce.Deferred, letters[0])
	value(o.Pause(t.Context(), i.ID))(t)
	if left := value(o.RunLetters(t.Context(), run, 0, 10))(t); len(left) != 0 || len(o.claim(10)) != 0 {
		t.Error("letters of a paused issue are given out")
	}
	must(t, o.ReturnRun(t.Context(), run))
	if _, ok, err := o.LeaseRun(t.Context(), 4); ok || err != nil {
		t.Errorf("the run of a paused issue is leased: %v", err)
	}
	value(o.Resume(t.Context(), i.ID))(t)
	if _, again := o.lease(4); len(again) != 2 || len(o.claim(10)) != 1 {
		t.Errorf("after the pause: %d letters", len(again))
	}
}

func TestASubjectOfTheEditorsOwnVoidsTheApproval(t *testing.T) {
	o := newOffice(t)
	o.readers("anna@example.org en news")
	i := o.scheduled()
	own := en("Read this")
	if got := value(o.SetSubject(t.Context(), i.ID, own))(t); !maps.Equal(got.Subject, own) {
		t.Errorf("subject %v", got.Subject)
	}
	o.isVoid(i.ID)
	if got := value(o.SetSubject(t.Context(), i.ID, nil))(t); !maps.Equal(got.Subject, i.Subject) {
		t.Errorf("the proposal comes back as %v, not %v", got.Subject, i.Subject)
	}
	o.approveAndSchedule(i.ID)
	o.start(i.ID)
	_, err := o.SetSubject(t.Context(), i.ID, own)
	refused(t, err, mce.Conflict, "cannot be changed any more")
}
