package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// verdicts is what "issue explain" says of each item.
func (o *office) verdicts(id int64) map[string]mce.Verdict {
	o.t.Helper()
	out := map[string]mce.Verdict{}
	for _, e := range value(o.Explain(o.t.Context(), id))(o.t) {
		out[e.Slug] = e.Verdict
	}
	return out
}

func TestASlotHasOneIssueHoweverManyDaemonsAssembleIt(t *testing.T) {
	o := newOffice(t)
	series := value(o.Series(t.Context(), "newsletter"))(t)
	slot := mce.Slot{Wall: "2024-03-07 09:00", Due: now}
	var all errgroup.Group
	made := make([]bool, 8)
	for i := range made {
		all.Go(func() (err error) {
			_, made[i], err = o.Assemble(t.Context(), series, slot, false, now)
			return err
		})
	}
	must(t, all.Wait())
	count := 0
	for _, m := range made {
		if m {
			count++
		}
	}
	issues := value(o.Issues(t.Context(), "newsletter"))(t)
	if count != 1 || len(issues) != 1 || issues[0].Number != 1 || issues[0].State != mce.Assembled {
		t.Errorf("made %d times: %v", count, issues)
	}
	if diff := cmp.Diff(both("First · Conference", "Primo · Conferenza"), issues[0].Subject); diff != "" {
		t.Error(diff)
	}
	if i := value(o.Submit(t.Context(), issues[0].ID))(t); i.State != mce.InReview {
		t.Errorf("submitted: %s", i.State)
	}
}

func TestTheLedgerKeepsWhatRanAndLetsWhatWasHeldRollForward(t *testing.T) {
	o := newOffice(t)
	for week, want := range []map[string]mce.Verdict{
		{"first": mce.In, "second": mce.Held, "prato": mce.In},
		{"first": mce.Dropped, "second": mce.In, "prato": mce.Dropped},
	} {
		if diff := cmp.Diff(want, o.verdicts(o.assemble(week).ID)); diff != "" {
			t.Errorf("week %d: %s", week, diff)
		}
	}
	skipped := o.assemble(2)
	if skipped.State != mce.Skipped || skipped.Number != 0 || skipped.Reason != "too little to say: 0 of at least 1 items" || skipped.FinishedAt.IsZero() {
		t.Errorf("with nothing left: %+v", skipped)
	}
	lib := library()
	lib.Articles[0].Slug = "third"
	o.save(lib)
	if next := o.assemble(3); next.Number != 3 {
		t.Errorf("after a skipped issue comes number %d: readers see a hole", next.Number)
	}
}

func TestWhatIsHeldIsNotForgotten(t *testing.T) {
	o := newOffice(t)
	later := o.assemble(20) // 140 days on
	if got := o.verdicts(later.ID)["second"]; got != mce.Held {
		t.Fatalf("second is %q", got)
	}
	if got := o.verdicts(o.assemble(21).ID)["second"]; got != mce.In {
		t.Errorf("second is %q in the next issue", got)
	}
}

func TestExplainOfNoIssueSaysSo(t *testing.T) {
	o := newOffice(t)
	_, err := o.Explain(t.Context(), 7)
	refused(t, err, mce.NotFound, "no issue 7")
}
