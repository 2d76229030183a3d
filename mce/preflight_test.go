package mce_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

var (
	day    = mce.Finding{Rule: "weekday", Level: mce.Blocking, Where: "b", Words: "The day is wrong.", Lang: "en"}
	dayIt  = mce.Finding{Rule: "weekday", Level: mce.Blocking, Where: "b", Words: "The day is wrong.", Lang: "it"}
	night  = mce.Finding{Rule: "weekday", Level: mce.Blocking, Where: "b", Words: "That day too.", Lang: "it"}
	page   = mce.Finding{Rule: "links", Level: mce.Blocking, Where: "a", Words: "The page is not there."}
	advice = mce.Finding{Rule: "subject", Level: mce.Advisory, Where: "subject", Words: "It is long."}
)

func TestAReportIsInOrderAndSaysNothingTwice(t *testing.T) {
	r := mce.NewReport([]mce.Finding{advice, dayIt, day, page, page})
	everywhere := day
	everywhere.Lang = ""
	if diff := cmp.Diff([]mce.Finding{page, everywhere, advice}, r.Findings); diff != "" {
		t.Error(diff)
	}
}

func TestAnOverrideCoversItsRuleAtItsPlaceInEveryLanguage(t *testing.T) {
	r := mce.NewReport([]mce.Finding{day, night, page, advice})
	if err := r.Clear(nil); mce.ErrorCode(err) != mce.Conflict ||
		mce.ErrorMessage(err) != "the check found 3 things that must be mended first: The page is not there. [links, a]; the check shows the others" {
		t.Error(err)
	}
	weekday, err := r.Override([]string{"weekday"}, "anna", "it is so")
	if err != nil || len(weekday) != 1 {
		t.Fatalf("%v, %v", weekday, err)
	}
	if diff := cmp.Diff([]mce.Finding{page}, r.Blocking(weekday)); diff != "" {
		t.Error(diff)
	}
	if all, err := r.Override([]string{"weekday", "links"}, "anna", "it is so"); err != nil || r.Clear(all) != nil {
		t.Errorf("%v, %v", all, err)
	}
}

func TestAnOverrideNeedsAFindingANameAndAReason(t *testing.T) {
	r := mce.NewReport([]mce.Finding{day, advice})
	for _, c := range []struct{ rule, by, reason string }{
		{"weekday", "anna", " "}, {"weekday", "", "it is so"}, {"subject", "anna", "it does not block"}, {"weekdays", "anna", "a slip"},
	} {
		if _, err := r.Override([]string{c.rule}, c.by, c.reason); mce.ErrorCode(err) != mce.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestPartsAreTheWholeIssueAndWhatItsReadersGet(t *testing.T) {
	item := func(id int64, topics ...string) mce.Item {
		return mce.Item{ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: id}, Topics: topics, Article: &mce.Article{ID: id}}
	}
	d := mce.Draft{Series: mce.Series{Languages: []mce.Lang{"en", "it"}}, Items: []mce.Item{item(1, "a"), item(2, "b", "c")}}
	type part struct {
		Lang    mce.Lang
		Topics  []string
		Items   int
		Readers int
	}
	var got []part
	for _, p := range d.Parts([]mce.Readership{
		{Lang: "en", Topics: []string{"a", "b", "c", "x"}, Readers: 1}, // everything
		{Lang: "it", Topics: []string{"a"}, Readers: 2},
		{Lang: "it", Topics: []string{"a", "x"}, Readers: 4}, // the same edition
		{Lang: "de", Topics: []string{"b"}, Readers: 8},      // no language of the series: English
		{Lang: "en", Topics: []string{"x"}, Readers: 16},     // nothing in it for them
	}) {
		got = append(got, part{p.Lang, p.Topics, len(p.Draft.Items), p.Readers})
	}
	want := []part{
		{"en", []string{"a", "b", "c"}, 2, 1}, {"it", []string{"a", "b", "c"}, 2, 0}, {"it", []string{"a"}, 1, 6}, {"en", []string{"b"}, 1, 8},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestARuleNamedTwiceIsAnsweredForOnce, and one whose findings stand apart is answered for with all of them.
func TestARuleNamedTwiceIsAnsweredForOnce(t *testing.T) {
	r := mce.NewReport([]mce.Finding{
		{Rule: "links", Level: mce.Blocking, Where: "a"}, {Rule: "placeholder", Level: mce.Blocking, Where: "a"}, {Rule: "links", Level: mce.Blocking, Where: "b"},
	})
	all, err := r.Override([]string{"links", "placeholder", "links"}, "Ann", "so")
	if err != nil || len(all) != 3 || r.Clear(all) != nil {
		t.Errorf("%+v, %v", all, err)
	}
}
