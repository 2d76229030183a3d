package scheduler_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// examiner blocks issues whose first title is "Wrong", and counts.
type examiner struct {
	h    *house
	done atomic.Int32
}

func (x *examiner) Examine(_ context.Context, d mce.Draft) (mce.Report, error) {
	x.done.Add(1)
	var found []mce.Finding
	if d.Items[0].Title()["en"] == "Wrong" {
		found = append(found, mce.Finding{Rule: "weekday", Level: mce.Blocking, Where: "story-0", Words: "It is wrong."})
	}
	r := mce.NewReport(found)
	var err error
	r.Fingerprint, err = mce.SealOf(d, x.h.letters.Look(), time.Time{})
	return r, err
}

func TestAnIssueThatTheExaminerBlocksIsHeldUntilItIsMended(t *testing.T) {
	h := newHouse(t, wednesday, func(l *mce.Library) { l.Articles[0].Title = en("Wrong") })
	x := &examiner{h: h}
	for _, d := range h.daemons {
		d.Examiner = x
	}
	h.tick(thursday)
	h.tick(thursday.Add(time.Minute))
	i := h.issues()[0]
	if i.State != mce.InReview || !strings.Contains(i.Reason, "It is wrong. [weekday, story-0]") {
		t.Fatalf("%s, %q", i.State, i.Reason)
	}
	if n := x.done.Load(); n != 1 {
		t.Errorf("examined %d times, though nothing has changed", n)
	}
	h.lib.Articles[0].Title = en("Right")
	h.save()
	h.tick(thursday.Add(2 * time.Minute))
	if i := h.issues()[0]; i.State != mce.Sending || i.Reason != "" || i.ApprovedBy != "the policy of the series" {
		t.Errorf("%s, %q, by %q", i.State, i.Reason, i.ApprovedBy)
	}
}

func TestAHeldIssueGoesOnWhenSomebodyAnswersForIt(t *testing.T) {
	h := newHouse(t, wednesday, func(l *mce.Library) { l.Articles[0].Title = en("Wrong") })
	x := &examiner{h: h}
	h.daemons[0].Examiner = x
	h.tick(thursday)
	i := h.issues()[0]
	d, err := h.store.Draft(t.Context(), i.ID)
	h.must(err)
	r, err := x.Examine(t.Context(), d)
	h.must(err)
	all, err := r.Override([]string{"weekday"}, "anna", "it is right, by the Julian calendar")
	h.must(err)
	_, err = h.store.ApproveExamined(t.Context(), i.ID, "anna", h.letters.Look(), r, all)
	h.must(err)
	h.tick(thursday.Add(time.Minute))
	if i := h.issues()[0]; i.State != mce.Sending || i.ApprovedBy != "anna" {
		t.Errorf("%s by %q: %s", i.State, i.ApprovedBy, i.Reason)
	}
}
