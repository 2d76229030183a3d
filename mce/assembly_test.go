package mce_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

var thursday = at("2024-03-07T09:00:00+01:00")

func newsletter() mce.Series {
	return mce.Series{
		Slug: "newsletter", Name: en("Newsletter"), Cron: "0 9 * * 4", TimeZone: "Europe/Rome", Languages: []mce.Lang{"en", "it"},
		Minimum: 1, Approval: mce.ApprovalRequired, From: at("2024-01-01T00:00:00Z"),
		Sections: []mce.Section{
			{Slug: "eu", Title: en("EU"), Kind: mce.KindArticle, Topics: []string{"eu-projects"}, Quota: 1},
			{Slug: "news", Title: en("News"), Kind: mce.KindArticle, Quota: 2},
			{Slug: "dates", Title: en("Dates"), Kind: mce.KindEvent, Quota: 2},
		},
	}
}

func article(id int64, from string, change ...func(*mce.Candidate)) mce.Candidate {
	return candidate(mce.Candidate{ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: id}, Window: mce.Window{From: at(from)}}, change)
}

func event(id int64, starts string, change ...func(*mce.Candidate)) mce.Candidate {
	return candidate(mce.Candidate{
		ItemRef: mce.ItemRef{Kind: mce.KindEvent, ID: id}, Window: mce.Window{From: at("2023-06-01T00:00:00Z")}, Starts: at(starts),
	}, change)
}

func candidate(c mce.Candidate, change []func(*mce.Candidate)) mce.Candidate {
	c.Slug = fmt.Sprintf("%s-%d", c.Kind, c.ID)
	c.Title = en("Title " + c.Slug)
	for _, f := range change {
		f(&c)
	}
	return c
}

// in lists the slugs of what is in, section by section.
func in(a mce.Assembly) (out []string) {
	for _, d := range a.Decisions {
		if d.Verdict == mce.In {
			out = append(out, fmt.Sprintf("%s %d %s", d.Section, d.Position, d.Slug))
		}
	}
	return out
}

func TestEachItemHasItsVerdictAndReason(t *testing.T) {
	for name, c := range map[string]struct {
		item    mce.Candidate
		verdict mce.Verdict
		reason  string
	}{
		"fresh":                    {article(1, "2024-03-01T00:00:00Z"), mce.In, `number 1 of section "news"`},
		"begins at this moment":    {article(1, "2024-03-07T08:00:00Z"), mce.In, "number 1"},
		"begins a second later":    {article(1, "2024-03-07T08:00:01Z"), mce.Held, "its time begins on 7 March 2024"},
		"begins on a day of Rome":  {article(1, "2024-03-08T23:30:00Z"), mce.Held, "its time begins on 9 March 2024"},
		"ends at this moment":      {article(1, "2024-03-01T00:00:00Z", func(c *mce.Candidate) { c.Until = thursday }), mce.Dropped, "its time ended on 7 March 2024"},
		"ran before":               {article(1, "2024-03-01T00:00:00Z", func(c *mce.Candidate) { c.RanIn = 7 }), mce.Dropped, "ran in number 7"},
		"older than the series":    {article(1, "2023-12-31T00:00:00Z"), mce.Dropped, "published before the series began, on 31 December 2023"},
		"no section for its kind":  {candidate(mce.Candidate{ItemRef: mce.ItemRef{Kind: mce.KindResource, ID: 1}, Window: mce.Window{From: at("2024-03-01T00:00:00Z")}}, nil), mce.Dropped, "no section takes"},
		"old event still to come":  {event(1, "2024-06-01T00:00:00Z"), mce.In, `number 1 of section "dates"`},
		"event that begins now":    {event(1, "2024-03-07T08:00:00Z"), mce.Dropped, "the event began on 7 March 2024"},
		"cancelled event":          {event(1, "2024-06-01T00:00:00Z", func(c *mce.Candidate) { c.Cancelled = true }), mce.Dropped, "the event is cancelled"},
		"a topic with its section": {article(1, "2024-03-01T00:00:00Z", func(c *mce.Candidate) { c.Topics = []string{"events", "eu-projects"} }), mce.In, `number 1 of section "eu"`},
	} {
		t.Run(name, func(t *testing.T) {
			d := mce.Assemble(newsletter(), thursday, []mce.Candidate{c.item}).Decisions[0]
			if d.Verdict != c.verdict || !strings.Contains(d.Reason.String(), c.reason) {
				t.Errorf("%s: %s; want %s: %s", d.Verdict, d.Reason, c.verdict, c.reason)
			}
		})
	}
}

func TestQuotasHoldWhatTheNextIssueTakes(t *testing.T) {
	stock := []mce.Candidate{
		article(1, "2024-03-04T00:00:00Z"), article(2, "2024-03-02T00:00:00Z"), article(3, "2024-03-03T00:00:00Z"),
		article(4, "2024-03-05T00:00:00Z", func(c *mce.Candidate) { c.Priority = 5 }),
	}
	first := mce.Assemble(newsletter(), thursday, stock)
	if diff := cmp.Diff([]string{"news 1 article-4", "news 2 article-2"}, in(first)); diff != "" {
		t.Error("by priority, then the oldest:", diff)
	}
	var rest []mce.Candidate
	for _, d := range first.Decisions {
		if d.Verdict == mce.Held && !strings.Contains(d.Reason.String(), `section "news" is full (quota 2)`) {
			t.Errorf("%s: %s", d.Slug, d.Reason)
		}
		if d.Verdict == mce.In {
			d.RanIn = 1
		}
		rest = append(rest, d.Candidate)
	}
	next := mce.Assemble(newsletter(), thursday.AddDate(0, 0, 7), append(rest, article(9, "2024-03-12T00:00:00Z")))
	if diff := cmp.Diff([]string{"news 1 article-3", "news 2 article-1"}, in(next)); diff != "" {
		t.Error("what was held goes before what is new:", diff)
	}
}

func TestAnItemGoesToItsFirstSectionOnly(t *testing.T) {
	eu := func(c *mce.Candidate) { c.Topics = []string{"eu-projects"} }
	a := mce.Assemble(newsletter(), thursday, []mce.Candidate{article(1, "2024-03-01T00:00:00Z", eu), article(2, "2024-03-02T00:00:00Z", eu)})
	if diff := cmp.Diff([]string{"eu 1 article-1"}, in(a)); diff != "" {
		t.Error(diff)
	}
	if d := a.Decisions[1]; d.Verdict != mce.Held || d.Section != "eu" {
		t.Errorf("the second is %s in %q", d.Verdict, d.Section)
	}
}

func TestEventsComeInTheOrderOfTheirStart(t *testing.T) {
	a := mce.Assemble(newsletter(), thursday, []mce.Candidate{
		event(1, "2024-09-01T00:00:00Z"), event(2, "2024-05-01T00:00:00Z"), event(3, "2024-04-01T00:00:00Z"), article(4, "2024-03-01T00:00:00Z"),
	})
	if diff := cmp.Diff([]string{"news 1 article-4", "dates 1 event-3", "dates 2 event-2"}, in(a)); diff != "" {
		t.Error(diff)
	}
	if last := a.Decisions[3]; last.Slug != "event-1" || last.Verdict != mce.Held {
		t.Errorf("last is %s, %s", last.Slug, last.Verdict)
	}
}

func TestTooLittleToSayHoldsEverything(t *testing.T) {
	s := newsletter()
	s.Minimum = 3
	a := mce.Assemble(s, thursday, []mce.Candidate{article(1, "2024-03-01T00:00:00Z"), event(2, "2024-04-01T00:00:00Z")})
	if a.Skip != "too little to say: 2 of at least 3 items" {
		t.Errorf("skip: %q", a.Skip)
	}
	for _, d := range a.Decisions {
		if d.Verdict != mce.Held || d.Position != 0 || !strings.Contains(d.Reason.String(), "skipped") {
			t.Errorf("%s: %s, %d, %s", d.Slug, d.Verdict, d.Position, d.Reason)
		}
	}
	if a.Subject() != nil {
		t.Errorf("a skipped issue has the subject %v", a.Subject())
	}
}

func TestTheSubjectNamesTheFirstTwoItems(t *testing.T) {
	long := strings.Repeat("long ", 10)
	for name, c := range map[string]struct{ first, second, want mce.Text }{
		"one item":                  {mce.Text{"en": "A", "it": "Z"}, nil, mce.Text{"en": "A", "it": "Z"}},
		"two":                       {mce.Text{"en": "A", "it": "Z"}, mce.Text{"en": "B", "it": "Y"}, mce.Text{"en": "A · B", "it": "Z · Y"}},
		"the second untranslated":   {mce.Text{"en": "A", "it": "Z"}, en("B"), mce.Text{"en": "A · B", "it": "Z"}},
		"the first untranslated":    {en("A"), mce.Text{"en": "B", "it": "Y"}, en("A · B")},
		"an empty translation":      {mce.Text{"en": "A", "it": ""}, mce.Text{"en": "B", "it": "Y"}, en("A · B")},
		"too long for two":          {en(long), en(long), en(long)},
		"none, which Skip prevents": {nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var a mce.Assembly
			for _, title := range []mce.Text{c.first, c.second} {
				if title != nil {
					a.Decisions = append(a.Decisions, mce.Decision{Candidate: mce.Candidate{Title: title}, Verdict: mce.In})
				}
			}
			if diff := cmp.Diff(c.want, a.Subject()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
