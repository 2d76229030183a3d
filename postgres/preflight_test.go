package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

// report is a pre-flight of what an issue says now, with these findings.
func (o *office) report(id int64, found ...mce.Finding) mce.Report {
	o.t.Helper()
	r := mce.NewReport(found)
	r.At = now
	r.Fingerprint = value(mce.SealOf(value(o.Draft(o.t.Context(), id))(o.t), "look", time.Time{}))(o.t)
	return r
}

var (
	wrongDay = mce.Finding{Rule: "weekday", Level: mce.Blocking, Where: "first", Words: "The weekday is wrong."}
	gone     = mce.Finding{Rule: "links", Level: mce.Blocking, Where: "first", Words: "The page is not there."}
	long     = mce.Finding{Rule: "subject", Level: mce.Advisory, Where: "subject", Words: "The subject is long."}
)

func TestABlockingFindingKeepsFromApproving(t *testing.T) {
	o := newOffice(t)
	i := o.assemble(0)
	r := o.report(i.ID, wrongDay, gone, long)
	weekday := value(r.Override([]string{"weekday"}, "anna", "it is so"))(t)
	_, err := o.ApproveExamined(t.Context(), i.ID, "anna", "look", r, weekday)
	if mce.ErrorCode(err) != mce.Conflict || o.issue(i.ID).State != mce.InReview {
		t.Fatalf("approved with a blocking finding: %v", err)
	}
	if kept := value(o.Overrides(t.Context(), i.ID, r))(t); len(kept) != 0 {
		t.Errorf("a refused approval left %v", kept)
	}
	both := value(r.Override([]string{"weekday", "links"}, "anna", "it is so"))(t)
	approved := value(o.ApproveExamined(t.Context(), i.ID, "anna", "look", r, both))(t)
	if approved.State != mce.Approved || !r.Examined(approved.Seal) {
		t.Errorf("%+v", approved)
	}
	want := []mce.Override{
		{Rule: "links", Where: "first", By: "anna", Reason: "it is so", At: now}, {Rule: "weekday", Where: "first", By: "anna", Reason: "it is so", At: now},
	}
	if diff := cmp.Diff(want, value(o.Overrides(t.Context(), i.ID, r))(t)); diff != "" {
		t.Error(diff)
	}
}

func TestAdvisoryFindingsDoNotBlock(t *testing.T) {
	o := newOffice(t)
	i := o.assemble(0)
	if i := value(o.ApproveExamined(t.Context(), i.ID, "anna", "look", o.report(i.ID, long), nil))(t); i.State != mce.Approved {
		t.Error(i.State)
	}
}

func TestAnEditLeavesOverridesWithoutEffect(t *testing.T) {
	o := newOffice(t)
	i := o.assemble(0)
	before := o.report(i.ID, wrongDay)
	all := value(before.Override([]string{"weekday"}, "anna", "it is so"))(t)
	value(o.ApproveExamined(t.Context(), i.ID, "anna", "look", before, all))(t)
	o.sql(`update articles set title = title || '{"en": "Edited"}'`)
	if n := len(value(o.VoidChanged(t.Context(), "look", now))(t)); n != 1 {
		t.Fatalf("%d approvals void", n)
	}
	// What was examined before is no more what would go.
	if _, err := o.ApproveExamined(t.Context(), i.ID, "anna", "look", before, nil); mce.ErrorCode(err) != mce.Conflict {
		t.Errorf("approved by an old report: %v", err)
	}
	after := o.report(i.ID, wrongDay)
	if _, err := o.ApproveExamined(t.Context(), i.ID, "anna", "look", after, nil); mce.ErrorCode(err) != mce.Conflict {
		t.Errorf("an override outlived an edit: %v", err)
	}
	if kept := value(o.Overrides(t.Context(), i.ID, after))(t); len(kept) != 0 {
		t.Errorf("%v", kept)
	}
	// The same content again: what was said of it holds.
	o.save(library())
	if i := value(o.ApproveExamined(t.Context(), i.ID, "anna", "look", o.report(i.ID, wrongDay), nil))(t); i.State != mce.Approved {
		t.Error(i.State)
	}
}

func TestHoldSaysWhyInReviewAlone(t *testing.T) {
	o := newOffice(t)
	i := o.assemble(0)
	must(t, o.Hold(t.Context(), i.ID, "wrong"))
	if got := o.issue(i.ID).Reason; got != "wrong" {
		t.Error(got)
	}
	value(o.Approve(t.Context(), i.ID, "anna", "look", now))(t)
	must(t, o.Hold(t.Context(), i.ID, "wrong"))
	if got := o.issue(i.ID).Reason; got != "" {
		t.Error(got)
	}
}

func TestReadershipsCountWhoWouldGetTheIssue(t *testing.T) {
	o := newOffice(t)
	o.readers("a@example.org en events news", "b@example.org en events news", "c@example.org it news", "d@example.org it news", "e@example.org it news")
	o.sql(`update subscribers set state = 'unsubscribed' where email = 'd@example.org'`)
	o.sql(`insert into suppressions (email, reason, source, at) values ('e@example.org', 'refused', 'test', now())`)
	d := value(o.Draft(t.Context(), o.assemble(0).ID))(t)
	want := []mce.Readership{{Lang: "en", Topics: []string{"events", "news"}, Readers: 2}, {Lang: "it", Topics: []string{"news"}, Readers: 1}}
	if diff := cmp.Diff(want, value(o.Readerships(t.Context(), d, now))(t)); diff != "" {
		t.Error(diff)
	}
}
