package mce_test

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func conference() mce.Event {
	return mce.Event{
		Slug: "2024-izmir", Kind: mce.Conference, State: mce.EventOpen, Title: en("Conference"), TimeZone: "Europe/Rome",
		Starts: at("2024-04-03T09:30:00+02:00"), Ends: at("2024-04-05T13:00:00+02:00"), Window: mce.Window{From: at("2024-01-01T00:00:00Z")},
	}
}

func rule(anchor mce.Anchor, days int, time string, useful int) mce.ReminderRule {
	return mce.ReminderRule{Slug: "r", Anchor: anchor, Days: days, At: time, Useful: useful, Subject: en("S"), Body: en("B")}
}

func TestAReminderIsDueOnTheVenuesWallClock(t *testing.T) {
	late := func(e *mce.Event) { e.Starts, e.Ends = at("2024-04-02T23:00:00Z"), at("2024-04-03T10:00:00Z") }
	registration := func(e *mce.Event) { e.Opens, e.Closes = at("2024-02-01T08:00:00Z"), at("2024-03-31T23:00:00+02:00") }
	for name, c := range map[string]struct {
		rule        mce.ReminderRule
		change      func(*mce.Event)
		due, latest string
	}{
		"a week before, over a clock change": {rule(mce.AtStart, -7, "09:00", 48), nil, "2024-03-27T09:00:00+01:00", "2024-03-29T09:00:00+01:00"},
		"on the morning, until it starts":    {rule(mce.AtStart, 0, "07:00", 24), nil, "2024-04-03T07:00:00+02:00", "2024-04-03T09:30:00+02:00"},
		"three days after the end":           {rule(mce.AtEnd, 3, "10:00", 72), nil, "2024-04-08T10:00:00+02:00", "2024-04-11T10:00:00+02:00"},
		"after the end is not capped":        {rule(mce.AtEnd, -1, "10:00", 72), nil, "2024-04-04T10:00:00+02:00", "2024-04-07T10:00:00+02:00"},
		"the day is the venue's, not UTC's":  {rule(mce.AtStart, -1, "09:00", 5), late, "2024-04-02T09:00:00+02:00", "2024-04-02T14:00:00+02:00"},
		"another zone":                       {rule(mce.AtStart, -1, "09:00", 5), func(e *mce.Event) { e.TimeZone = "Asia/Tokyo" }, "2024-04-02T09:00:00+09:00", "2024-04-02T14:00:00+09:00"},
		"an hour that spring leaves out":     {rule(mce.AtStart, -3, "02:30", 5), nil, "2024-03-31T03:30:00+02:00", "2024-03-31T08:30:00+02:00"},
		"due while it is on":                 {rule(mce.AtStart, 0, "12:00", 5), nil, "2024-04-03T12:00:00+02:00", "2024-04-03T17:00:00+02:00"},
		"while it is on, until its end":      {rule(mce.AtStart, 1, "12:00", 500), nil, "2024-04-04T12:00:00+02:00", "2024-04-05T13:00:00+02:00"},
		"registration opens, a day later":    {rule(mce.AtOpens, 1, "10:00", 72), registration, "2024-02-02T10:00:00+01:00", "2024-02-05T10:00:00+01:00"},
		"of no use once it has closed":       {rule(mce.AtOpens, 0, "10:00", 2000), registration, "2024-02-01T10:00:00+01:00", "2024-03-31T23:00:00+02:00"},
		"three days before it closes":        {rule(mce.AtCloses, -3, "09:00", 200), registration, "2024-03-28T09:00:00+01:00", "2024-03-31T23:00:00+02:00"},
		"a day after it closes":              {rule(mce.AtCloses, 1, "09:00", 200), registration, "2024-04-01T09:00:00+02:00", "2024-04-03T09:30:00+02:00"},
		"it closes when the event begins":    {rule(mce.AtCloses, -1, "09:00", 5), nil, "2024-04-02T09:00:00+02:00", "2024-04-02T14:00:00+02:00"},
	} {
		t.Run(name, func(t *testing.T) {
			e := conference()
			if c.change != nil {
				c.change(&e)
			}
			due, latest, err := c.rule.Due(e)
			if err != nil || !due.Equal(at(c.due)) || !latest.Equal(at(c.latest)) {
				t.Errorf("due %s until %s, %v; want %s until %s", due, latest, err, c.due, c.latest)
			}
		})
	}
	invite, e := rule(mce.AtStart, -60, "09:00", 48), conference()
	invite.For, e.From = mce.ForInterested, at("2024-02-10T12:00:00+01:00")
	if due, latest, err := invite.Due(e); err != nil || !due.Equal(e.From) || !latest.Equal(e.From.AddDate(0, 0, 2)) {
		t.Errorf("nobody is invited before the event is published: %s until %s, %v", due, latest, err)
	}
	e.Closes, invite.Days = at("2024-03-20T12:00:00+01:00"), -15
	if _, latest, err := invite.Due(e); err != nil || !latest.Equal(e.Closes) {
		t.Errorf("nor after registration has closed: until %s, %v", latest, err)
	}
	e.Until = at("2024-03-19T12:00:00+01:00")
	if _, latest, err := invite.Due(e); err != nil || !latest.Equal(e.Until) {
		t.Errorf("nor once it is not published any more: until %s, %v", latest, err)
	}
	_, _, err := rule(mce.AtStart, 0, "noon", 1).Due(conference())
	refused(t, err, mce.Invalid, "noon")
}

func TestARuleConcernsItsEvents(t *testing.T) {
	for name, c := range map[string]struct {
		rule  mce.ReminderRule
		state mce.EventState
		want  bool
	}{
		"all":                   {mce.ReminderRule{}, mce.EventOpen, true},
		"announced too":         {mce.ReminderRule{}, mce.EventAnnounced, true},
		"its kind":              {mce.ReminderRule{Kinds: []mce.EventKind{mce.Webinar, mce.Conference}}, mce.EventOpen, true},
		"another kind":          {mce.ReminderRule{Kinds: []mce.EventKind{mce.Webinar}}, mce.EventOpen, false},
		"its slug":              {mce.ReminderRule{Event: "2024-izmir"}, mce.EventOpen, true},
		"another slug":          {mce.ReminderRule{Event: "2023-prato"}, mce.EventOpen, false},
		"no opening known":      {mce.ReminderRule{Anchor: mce.AtOpens}, mce.EventOpen, false},
		"closed, delegates":     {mce.ReminderRule{}, mce.EventClosed, true},
		"closed, readers":       {mce.ReminderRule{For: mce.ForInterested}, mce.EventClosed, false},
		"never a cancelled one": {mce.ReminderRule{Event: "2024-izmir"}, mce.EventCancelled, false},
	} {
		e := conference()
		e.State = c.state
		if got := c.rule.Concerns(e); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestARuleReadsAsASentence(t *testing.T) {
	for want, r := range map[string]mce.ReminderRule{
		"3 days before registration closes, at 09:00":                               rule(mce.AtCloses, -3, "09:00", 1),
		"on the day registration opens, at 09:00":                                   rule(mce.AtOpens, 0, "09:00", 1),
		"7 days before it starts, at 09:00":                                         rule(mce.AtStart, -7, "09:00", 1),
		"3 days after it ends, at 10:00":                                            rule(mce.AtEnd, 3, "10:00", 1),
		"on the day it starts, at 07:00":                                            rule(mce.AtStart, 0, "07:00", 1),
		"2 days after it starts, at 07:00":                                          rule(mce.AtStart, 2, "07:00", 1),
		"1 day before it starts, at 07:00":                                          rule(mce.AtStart, -1, "07:00", 1),
		"14 days before it ends, at 08:00":                                          rule(mce.AtEnd, -14, "08:00", 1),
		"each day from 4 days after it ends, at 09:00, when there are new handouts": {Daily: true, Anchor: mce.AtEnd, Days: 4, At: "09:00"},
	} {
		if got := r.Words(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestADigestIsDueEachDay(t *testing.T) {
	r := rule(mce.AtEnd, 1, "02:30", 12)
	r.Daily = true
	e := conference()
	e.Starts, e.Ends = at("2024-03-27T09:00:00+01:00"), at("2024-03-28T13:00:00+01:00")
	for now, want := range map[string]string{
		"2024-03-28T00:00:00+01:00": "2024-03-29T02:30:00+01:00", // the first time is to come
		"2024-03-29T02:30:00+01:00": "2024-03-29T02:30:00+01:00",
		"2024-03-30T02:29:59+01:00": "2024-03-29T02:30:00+01:00",
		"2024-03-31T03:29:00+02:00": "2024-03-30T02:30:00+01:00", // spring leaves its hour out
		"2024-03-31T03:30:00+02:00": "2024-03-31T03:30:00+02:00",
		"2024-04-20T12:00:00+02:00": "2024-04-20T02:30:00+02:00",
	} {
		due, latest, err := r.DueBy(e, at(now))
		if err != nil || !due.Equal(at(want)) || !latest.Equal(due.Add(12*time.Hour)) {
			t.Errorf("at %s: due %s until %s, %v; want %s", now, due, latest, err, want)
		}
	}
}

func TestWhatARuleMayNotBe(t *testing.T) {
	for words, change := range map[string]func(*mce.ReminderRule){
		"audience":                 func(r *mce.ReminderRule) { r.For = "everybody" },
		"show \"pictures\"":        func(r *mce.ReminderRule) { r.Show = []mce.Show{"pictures"} },
		"an event that is over":    func(r *mce.ReminderRule) { r.For = mce.ForReturning },
		"for the audience arrived": func(r *mce.ReminderRule) { r.Show = []mce.Show{mce.ShowCertificate} },
		"shows handouts after":     func(r *mce.ReminderRule) { r.Daily = true },
		"24 hours at most":         func(r *mce.ReminderRule) { r.Daily, r.Useful, r.Show = true, 25, []mce.Show{mce.ShowHandouts} },
		"are for people of the eve": func(r *mce.ReminderRule) {
			r.For, r.Anchor, r.Show = mce.ForInterested, mce.AtStart, []mce.Show{mce.ShowFeedback}
		},
	} {
		r := rule(mce.AtEnd, 1, "09:00", 12)
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
		change(&r)
		refused(t, r.Check(), mce.Invalid, words)
	}
	for _, r := range []mce.ReminderRule{
		{For: mce.ForArrived, Show: []mce.Show{mce.ShowCertificate, mce.ShowHandouts, mce.ShowFeedback, mce.ShowNext}}, {Daily: true, Show: []mce.Show{mce.ShowHandouts}},
	} {
		r.Slug, r.Anchor, r.At, r.Useful, r.Subject, r.Body = "r", mce.AtEnd, "09:00", 12, en("S"), en("B")
		if err := r.Check(); err != nil {
			t.Error(err)
		}
	}
}

// TestAMarkStandsForWhatARuleSays: for all of it, and for nothing else.
func TestAMarkStandsForWhatARuleSays(t *testing.T) {
	mark := func(change func(*mce.ReminderRule)) string {
		r := rule(mce.AtStart, -7, "09:00", 48)
		change(&r)
		return r.Mark()
	}
	same := mark(func(*mce.ReminderRule) {})
	if mark(func(r *mce.ReminderRule) { r.ID, r.For, r.Kinds = 9, mce.ForDelegates, []mce.EventKind{} }) != same {
		t.Error("the same rule, read from the database, has another mark")
	}
	for name, change := range map[string]func(*mce.ReminderRule){
		"slug": func(r *mce.ReminderRule) { r.Slug = "s" }, "kinds": func(r *mce.ReminderRule) { r.Kinds = []mce.EventKind{mce.Workshop} },
		"event": func(r *mce.ReminderRule) { r.Event = "e" }, "audience": func(r *mce.ReminderRule) { r.For = mce.ForSpeakers },
		"anchor": func(r *mce.ReminderRule) { r.Anchor = mce.AtEnd }, "days": func(r *mce.ReminderRule) { r.Days = 7 },
		"time": func(r *mce.ReminderRule) { r.At = "09:01" }, "hours": func(r *mce.ReminderRule) { r.Useful++ },
		"daily": func(r *mce.ReminderRule) { r.Daily = true }, "subject": func(r *mce.ReminderRule) { r.Subject = mce.Text{"en": "S", "it": "S"} },
		"body": func(r *mce.ReminderRule) { r.Body = en("C") }, "show": func(r *mce.ReminderRule) { r.Show = []mce.Show{mce.ShowFacts} },
	} {
		if mark(change) == same {
			t.Errorf("another %s, and the same mark", name)
		}
	}
}
