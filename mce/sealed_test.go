package mce_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func TestAVoidedApprovalSaysWhatHasChanged(t *testing.T) {
	draft := func(change ...func(*mce.Draft)) mce.Draft {
		a, b := mce.Article{ID: 1, Title: en("One"), Body: en("Text")}, mce.Article{ID: 2, Title: en("Two")}
		d := mce.Draft{Issue: mce.Issue{Subject: en("Subject")}, Series: newsletter(), Items: []mce.Item{
			{ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: 1}, Section: "news", Article: &a}, {ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: 2}, Section: "news", Article: &b},
		}}
		for _, f := range change {
			f(&d)
		}
		return d
	}
	then := mce.SealedOf(draft(), "look", 100)
	for name, c := range map[string]struct {
		now  mce.Sealed
		want []string
	}{
		"nothing":      {mce.SealedOf(draft(), "look", 105), nil},
		"words":        {mce.SealedOf(draft(func(d *mce.Draft) { d.Items[0].Article.Body = en("Other") }), "look", 100), []string{"“One” has other words"}},
		"gone":         {mce.SealedOf(draft(func(d *mce.Draft) { d.Items = d.Items[:1] }), "look", 100), []string{"“Two” is not in it any more"}},
		"order":        {mce.SealedOf(draft(func(d *mce.Draft) { d.Items[0], d.Items[1] = d.Items[1], d.Items[0] }), "look", 100), []string{"the order has changed"}},
		"section":      {mce.SealedOf(draft(func(d *mce.Draft) { d.Items[0].Section = "eu" }), "look", 100), []string{"the order has changed"}},
		"issue":        {mce.SealedOf(draft(func(d *mce.Draft) { d.Issue.Subject, d.Issue.Note, d.Issue.Preheader = en("S"), en("N"), en("P") }), "look", 100), []string{"the subject has changed", "the preview text has changed", "the opening note has changed"}},
		"look, series": {mce.SealedOf(draft(func(d *mce.Draft) { d.Series.Name = en("N"); d.Series.Pace = mce.Monthly }), "other", 100), []string{"sections, languages or name of the newsletter have changed", "the newsletter goes to others than it did", "the look of the mails has changed"}},
		"drift":        {mce.SealedOf(draft(), "look", 80), []string{"80 people would get it now, and 100 would have when it was approved"}},
	} {
		if diff := cmp.Diff(c.want, then.Changes(c.now)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	grown := mce.SealedOf(draft(func(d *mce.Draft) {
		d.Items = append(d.Items, mce.Item{ItemRef: mce.ItemRef{Kind: mce.KindEvent, ID: 3}, Event: &mce.Event{Title: en("Three")}})
	}), "look", 100)
	if diff := cmp.Diff([]string{"“Three” has come in"}, then.Changes(grown)); diff != "" {
		t.Error(diff)
	}
}

func TestASmallDriftIsNone(t *testing.T) {
	for _, c := range []struct {
		then, now int
		want      bool
	}{{0, 10, false}, {0, 11, true}, {100, 110, false}, {100, 111, true}, {100, 89, true}, {5000, 5400, false}, {5000, 4000, true}} {
		if got := mce.Drifted(c.then, c.now); got != c.want {
			t.Errorf("from %d to %d: %v", c.then, c.now, got)
		}
	}
}
