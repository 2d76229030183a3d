package mce_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func TestTheTableOfStates(t *testing.T) {
	states := []mce.IssueState{mce.Assembled, mce.InReview, mce.Approved, mce.Scheduled, mce.Sending, mce.Paused, mce.Sent, mce.Cancelled, mce.Skipped}
	actions := []mce.IssueAction{mce.Submit, mce.Approve, mce.ScheduleIt, mce.Start, mce.Finish, mce.Pause, mce.Resume, mce.Void, mce.Cancel}
	allowed := map[mce.IssueState]map[mce.IssueAction]mce.IssueState{
		mce.Assembled: {mce.Submit: mce.InReview, mce.Cancel: mce.Cancelled},
		mce.InReview:  {mce.Approve: mce.Approved, mce.Cancel: mce.Cancelled},
		mce.Approved:  {mce.ScheduleIt: mce.Scheduled, mce.Void: mce.InReview, mce.Cancel: mce.Cancelled},
		mce.Scheduled: {mce.Start: mce.Sending, mce.Void: mce.InReview, mce.Cancel: mce.Cancelled},
		mce.Sending:   {mce.Pause: mce.Paused, mce.Finish: mce.Sent, mce.Cancel: mce.Cancelled},
		mce.Paused:    {mce.Resume: mce.Sending, mce.Cancel: mce.Cancelled},
	}
	for _, s := range states {
		for _, a := range actions {
			got, err := s.Next(a)
			want, ok := allowed[s][a]
			if ok != (err == nil) || got != want {
				t.Errorf("%s of an issue that is %s gives %q, %v; want %q", a, s, got, err, want)
			}
			if err != nil {
				refused(t, err, mce.Conflict, "the issue is "+s.Words())
			}
		}
	}
}

func TestAnImpossibleActionNamesThePossibleOnes(t *testing.T) {
	_, err := mce.InReview.Next(mce.ScheduleIt)
	refused(t, err, mce.Conflict, "in review", "schedule is not possible", "approve or cancel")
	_, err = mce.Scheduled.Next(mce.Approve)
	if strings.Contains(err.Error(), "void") || strings.Contains(err.Error(), "start") {
		t.Errorf("%v names what only the program does", err)
	}
	for _, s := range []mce.IssueState{mce.Sent, mce.Cancelled, mce.Skipped} {
		_, err := s.Next(mce.Cancel)
		refused(t, err, mce.Conflict, "nothing more can be done")
	}
}

func draft() mce.Draft {
	a := mce.Article{Slug: "a", Title: mce.Text{"en": "A", "it": "Z"}, Body: en("Body"), Link: "https://a.example", Topics: []string{"eu"}}
	e := mce.Event{Slug: "e", Title: en("E"), Starts: thursday, TimeZone: "Europe/Rome"}
	r := mce.Resource{Slug: "r", Title: en("R"), Link: "https://r.example"}
	return mce.Draft{
		Issue: mce.Issue{ID: 1, Number: 4, Subject: en("A · E"), State: mce.InReview}, Series: newsletter(),
		Items: []mce.Item{
			{ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: 1}, Section: "news", Topics: a.Topics, Article: &a},
			{ItemRef: mce.ItemRef{Kind: mce.KindEvent, ID: 1}, Section: "dates", Topics: []string{"events", "eu"}, Event: &e},
			{ItemRef: mce.ItemRef{Kind: mce.KindResource, ID: 1}, Section: "base", Resource: &r},
		},
	}
}

func TestTheSealCoversWhatGoesOutAndNothingElse(t *testing.T) {
	moment := at("2024-03-08T09:00:00Z")
	sealed := func(d mce.Draft, look string, moment time.Time) []byte {
		seal, err := mce.SealOf(d, look, moment)
		if err != nil {
			t.Fatal(err)
		}
		return seal
	}
	original := sealed(draft(), "look", moment)
	for name, change := range map[string]func(*mce.Draft){
		"text":               func(d *mce.Draft) { d.Items[0].Article.Body["en"] = "body" },
		"translation":        func(d *mce.Draft) { d.Items[0].Article.Title["it"] = "z" },
		"link":               func(d *mce.Draft) { d.Items[0].Article.Link += "/" },
		"picture":            func(d *mce.Draft) { d.Items[0].Article.Image = "https://a.example/i.png" },
		"topics of an item":  func(d *mce.Draft) { d.Items[0].Topics = nil },
		"date of an event":   func(d *mce.Draft) { d.Items[1].Event.Starts = thursday.Add(1) },
		"state of an event":  func(d *mce.Draft) { d.Items[1].Event.State = mce.EventCancelled },
		"text of a resource": func(d *mce.Draft) { d.Items[2].Resource.Title["en"] = "r" },
		"order":              func(d *mce.Draft) { slices.Reverse(d.Items) },
		"an item less":       func(d *mce.Draft) { d.Items = d.Items[1:] },
		"section":            func(d *mce.Draft) { d.Series.Sections[0].Title["en"] = "Europe" },
		"languages":          func(d *mce.Draft) { d.Series.Languages = []mce.Lang{"en"} },
		"name of the series": func(d *mce.Draft) { d.Series.Name["en"] = "Gazette" },
		"subject":            func(d *mce.Draft) { d.Issue.Subject["en"] = "B" },
		"number":             func(d *mce.Draft) { d.Issue.Number++ },
	} {
		d := draft()
		change(&d)
		if bytes.Equal(sealed(d, "look", moment), original) {
			t.Errorf("a change of the %s leaves the seal whole", name)
		}
	}
	if bytes.Equal(sealed(draft(), "another", moment), original) || bytes.Equal(sealed(draft(), "look", moment.Add(time.Microsecond)), original) {
		t.Error("a change of look or moment leaves the seal whole")
	}
	d := draft()
	d.Issue.State, d.Issue.ApprovedBy, d.Issue.Reason, d.Issue.AssembledAt = mce.Approved, "anna", "x", moment
	d.Series.Cron, d.Series.Paused, d.Series.Minimum = "0 9 * * 5", true, 3
	if !bytes.Equal(sealed(d, "look", moment.In(mce.Event{TimeZone: "Europe/Rome"}.Zone())), original) {
		t.Error("what readers never see breaks the seal")
	}
}

func TestAReaderGetsTheItemsOfTheirTopics(t *testing.T) {
	titles := func(topics ...string) (out []string) {
		for _, it := range draft().For(topics).Items {
			out = append(out, it.Title()["en"])
		}
		return out
	}
	for want, topics := range map[string][]string{"A E R": {"eu"}, "E R": {"events", "other"}, "R": nil} {
		if got := strings.Join(titles(topics...), " "); got != want {
			t.Errorf("%v: %s, want %s", topics, got, want)
		}
	}
	if diff := cmp.Diff([]string{"eu", "events"}, draft().Topics()); diff != "" {
		t.Error(diff)
	}
	d := draft()
	d.Issue.Subject = d.Proposal()
	if got := d.For([]string{"events"}).Issue.Subject["en"]; got != "E · R" {
		t.Errorf("a proposed subject names what the reader does not get: %q", got)
	}
	d.Issue.Subject = en("Read this")
	if got := d.For([]string{"events"}).Issue.Subject["en"]; got != "Read this" {
		t.Errorf("the editors' subject became %q", got)
	}
	if (mce.Item{}).Title() != nil {
		t.Error("an item without content has a title")
	}
}
