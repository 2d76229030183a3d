package mce_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

// assembled has articles 1 and 2 in the news, 3 held for the quota, and an event.
func assembled() mce.Assembly {
	return mce.Assemble(newsletter(), thursday, stock())
}

func stock() []mce.Candidate {
	return []mce.Candidate{
		article(1, "2024-03-01T00:00:00Z"), article(2, "2024-03-02T00:00:00Z"), article(3, "2024-03-03T00:00:00Z"), event(4, "2024-06-01T00:00:00Z"),
		event(5, "2024-06-02T00:00:00Z", func(c *mce.Candidate) { c.Cancelled = true }),
	}
}

func TestEditorsPutItemsWhereTheyWantThem(t *testing.T) {
	ref := func(id int64) mce.Candidate { return article(id, "2024-03-01T00:00:00Z") }
	for name, c := range map[string]struct {
		item mce.Candidate
		to   mce.Place
		want []string
	}{
		"up":                    {ref(2), mce.Place{Section: "news", Position: 1}, []string{"news 1 article-2", "news 2 article-1", "dates 1 event-4"}},
		"down":                  {ref(1), mce.Place{Section: "news", Position: 2}, []string{"news 1 article-2", "news 2 article-1", "dates 1 event-4"}},
		"where it is":           {ref(1), mce.Place{Section: "news", Position: 1}, []string{"news 1 article-1", "news 2 article-2", "dates 1 event-4"}},
		"to another section":    {ref(1), mce.Place{Section: "dates", Position: 1}, []string{"news 1 article-2", "dates 1 article-1", "dates 2 event-4"}},
		"to an empty section":   {ref(1), mce.Place{Section: "eu", Position: 1}, []string{"eu 1 article-1", "news 1 article-2", "dates 1 event-4"}},
		"beyond the end":        {ref(1), mce.Place{Section: "dates", Position: 99}, []string{"news 1 article-2", "dates 1 event-4", "dates 2 article-1"}},
		"what was held":         {ref(3), mce.Place{Section: "news", Position: 2}, []string{"news 1 article-1", "news 2 article-3", "news 3 article-2", "dates 1 event-4"}},
		"what nobody looked at": {ref(9), mce.Place{Section: "news", Position: 3}, []string{"news 1 article-1", "news 2 article-2", "news 3 article-9", "dates 1 event-4"}},
		"what ran before": {article(8, "2020-03-01T00:00:00Z", func(c *mce.Candidate) { c.RanIn = 2 }), mce.Place{Section: "news", Position: 1},
			[]string{"news 1 article-8", "news 2 article-1", "news 3 article-2", "dates 1 event-4"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := assembled()
			if err := a.Put(newsletter(), c.item, c.to, thursday); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, in(a)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatCannotBeShownIsNotPulledIn(t *testing.T) {
	for name, c := range map[string]struct {
		item    mce.Candidate
		section string
		code    mce.Code
	}{
		"unknown section": {article(3, "2024-03-01T00:00:00Z"), "nowhere", mce.Invalid},
		"cancelled event": {event(5, "2024-06-01T00:00:00Z", func(c *mce.Candidate) { c.Cancelled = true }), "dates", mce.Conflict},
		"not yet":         {article(9, "2024-03-08T00:00:00Z"), "news", mce.Conflict},
		"over":            {article(9, "2024-03-01T00:00:00Z", func(c *mce.Candidate) { c.Until = thursday }), "news", mce.Conflict},
		"begun":           {event(9, "2024-03-01T00:00:00Z"), "dates", mce.Conflict},
	} {
		a := assembled()
		if err := a.Put(newsletter(), c.item, mce.Place{Section: c.section, Position: 1}, thursday); mce.ErrorCode(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(in(assembled()), in(a)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// explained is verdict and reason of each item.
func explained(a mce.Assembly) map[string]string {
	out := map[string]string{}
	for _, d := range a.Decisions {
		out[d.Slug] = string(d.Verdict) + ": " + d.Reason.String()
	}
	return out
}

func TestEditorsTakeItemsOut(t *testing.T) {
	a := assembled()
	for id, verdict := range map[int64]mce.Verdict{1: mce.Dropped, 2: mce.Held} {
		if err := a.TakeOut(newsletter(), mce.ItemRef{Kind: mce.KindArticle, ID: id}, verdict); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]string{
		"article-1": "dropped: an editor left it out", "article-2": "held: an editor holds it for the next issue",
		"article-3": `held: section "news" is full (quota 2); first in line next time`, "event-4": `in: number 1 of section "dates"`,
		"event-5": "dropped: the event is cancelled",
	}
	if diff := cmp.Diff(want, explained(a)); diff != "" {
		t.Error(diff)
	}
	if err := a.TakeOut(newsletter(), mce.ItemRef{Kind: mce.KindArticle, ID: 77}, mce.Held); mce.ErrorCode(err) != mce.NotFound {
		t.Error(err)
	}
	next := mce.Assemble(newsletter(), thursday, []mce.Candidate{article(1, "2024-03-01T00:00:00Z", func(c *mce.Candidate) { c.LeftOut = 3 }), article(2, "2024-03-01T00:00:00Z")})
	if diff := cmp.Diff(map[string]string{"article-1": "dropped: an editor left it out of number 3", "article-2": `in: number 1 of section "news"`}, explained(next)); diff != "" {
		t.Error(diff)
	}
}

// TestANewAssemblyKeepsWhatEditorsDecided: what came later takes the places that are left.
func TestANewAssemblyKeepsWhatEditorsDecided(t *testing.T) {
	s, a := newsletter(), assembled()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(a.Put(s, article(3, "2024-03-03T00:00:00Z"), mce.Place{Section: "news", Position: 2}, thursday))
	must(a.TakeOut(s, mce.ItemRef{Kind: mce.KindArticle, ID: 1}, mce.Held))
	later := append(stock(), article(6, "2024-03-04T00:00:00Z", func(c *mce.Candidate) { c.Priority = 1 }))
	again := mce.Reassemble(s, thursday, later, a)
	if diff := cmp.Diff([]string{"news 1 article-3", "news 2 article-6", "dates 1 event-4"}, in(again)); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{
		"article-6": `in: number 2 of section "news"`, "article-3": `in: an editor put it there: number 1 of section "news"`, "event-4": `in: number 1 of section "dates"`,
		"article-1": "held: an editor holds it for the next issue", "article-2": `held: section "news" is full (quota 2); first in line next time`,
		"event-5": "dropped: the event is cancelled",
	}
	if diff := cmp.Diff(want, explained(again)); diff != "" {
		t.Error(diff)
	}
}
