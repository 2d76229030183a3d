package mce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// library is content without a fault.
func library() mce.Library {
	window := mce.Window{From: at("2024-01-01T00:00:00Z"), Until: at("2024-06-01T00:00:00Z")}
	e := conference()
	e.Contact, e.Online, e.Link = "host@example.org", "https://live.example", "http://example.org/e"
	e.Sessions = []mce.Session{{Slug: "opening", Title: en("Opening"), Starts: e.Starts, Ends: e.Ends, Room: en("Hall")}}
	r := rule(mce.AtStart, -7, "09:00", 48)
	r.Kinds, r.Show = mce.EventKinds(), []mce.Show{mce.ShowFacts, mce.ShowProgramme, mce.ShowHandouts}
	return mce.Library{
		Topics: knownTopics()[:1],
		Articles: []mce.Article{{Slug: "a", Title: mce.Text{"en": "A", "it": "Z"}, Body: en("B"), Link: "https://example.org/a",
			Image: "https://example.org/i.png", ImageAlt: en("Picture"), Window: window}},
		Events:    []mce.Event{e},
		Resources: []mce.Resource{{Slug: "r", Kind: "video", Title: en("R"), Link: "https://example.org/r", Window: window}},
		Series:    []mce.Series{newsletter()},
		Reminders: []mce.ReminderRule{r},
	}
}

func TestALibraryWithoutFaultPasses(t *testing.T) {
	l := library()
	l.Add(library())
	if faults := l.Check(); len(faults) > 0 || l.Size() != 12 {
		t.Errorf("%d pieces, faults %v", l.Size(), faults)
	}
}

func TestEachFaultIsFoundAndSaid(t *testing.T) {
	type change = func(topic *mce.Topic, a *mce.Article, e *mce.Event, r *mce.Resource, s *mce.Series, rem *mce.ReminderRule)
	article := func(f func(*mce.Article)) change {
		return func(_ *mce.Topic, a *mce.Article, _ *mce.Event, _ *mce.Resource, _ *mce.Series, _ *mce.ReminderRule) {
			f(a)
		}
	}
	event := func(f func(*mce.Event)) change {
		return func(_ *mce.Topic, _ *mce.Article, e *mce.Event, _ *mce.Resource, _ *mce.Series, _ *mce.ReminderRule) {
			f(e)
		}
	}
	resource := func(f func(*mce.Resource)) change {
		return func(_ *mce.Topic, _ *mce.Article, _ *mce.Event, r *mce.Resource, _ *mce.Series, _ *mce.ReminderRule) {
			f(r)
		}
	}
	series := func(f func(*mce.Series)) change {
		return func(_ *mce.Topic, _ *mce.Article, _ *mce.Event, _ *mce.Resource, s *mce.Series, _ *mce.ReminderRule) {
			f(s)
		}
	}
	reminder := func(f func(*mce.ReminderRule)) change {
		return func(_ *mce.Topic, _ *mce.Article, _ *mce.Event, _ *mce.Resource, _ *mce.Series, r *mce.ReminderRule) {
			f(r)
		}
	}
	for _, c := range []struct {
		says  string
		spoil change
	}{
		{`topic association-news: name needs its English text`, func(x *mce.Topic, _ *mce.Article, _ *mce.Event, _ *mce.Resource, _ *mce.Series, _ *mce.ReminderRule) {
			x.Name = nil
		}},
		{`article: slug "A b"`, article(func(a *mce.Article) { a.Slug = "A b" })},
		{`article: slug`, article(func(a *mce.Article) { a.Slug = strings.Repeat("a", 81) })},
		{`article a: title needs its English`, article(func(a *mce.Article) { a.Title = mce.Text{"it": "Z"} })},
		{`article a: title: language "xx"`, article(func(a *mce.Article) { a.Title = mce.Text{"en": "A", "xx": "Z"} })},
		{`article a: title: language ""`, article(func(a *mce.Article) { a.Title = mce.Text{"en": "A", "": "Z"} })},
		{`article a: body needs`, article(func(a *mce.Article) { a.Body = nil })},
		{`article a: link: "javascript:alert(1)"`, article(func(a *mce.Article) { a.Link = "javascript:alert(1)" })},
		{`article a: link: "//example.org"`, article(func(a *mce.Article) { a.Link = "//example.org" })},
		{`article a: image: "data:image/png;base64,"`, article(func(a *mce.Article) { a.Image = "data:image/png;base64," })},
		{`article a: image_alt needs`, article(func(a *mce.Article) { a.ImageAlt = nil })},
		{`article a needs publish_at`, article(func(a *mce.Article) { a.From = time.Time{} })},
		{`article a: expire_at must be later`, article(func(a *mce.Article) { a.Until = a.From })},
		{`event 2024-izmir: kind "party"`, event(func(e *mce.Event) { e.Kind = "party" })},
		{`event 2024-izmir: state "maybe"`, event(func(e *mce.Event) { e.State = "maybe" })},
		{`event 2024-izmir: time zone "CET+1"`, event(func(e *mce.Event) { e.TimeZone = "CET+1" })},
		{`event 2024-izmir needs starts`, event(func(e *mce.Event) { e.Ends = e.Starts })},
		{`event 2024-izmir: contact: "nobody"`, event(func(e *mce.Event) { e.Contact = "nobody" })},
		{`event 2024-izmir: venue has translations but no English`, event(func(e *mce.Event) { e.Venue = mce.Text{"it": "Sala"} })},
		{`event 2024-izmir, session opening needs starts`, event(func(e *mce.Event) { e.Sessions[0].Ends = e.Sessions[0].Starts })},
		{`event 2024-izmir: session: slug ""`, event(func(e *mce.Event) { e.Sessions[0].Slug = "" })},
		{`resource r: kind "slides"`, resource(func(r *mce.Resource) { r.Kind = "slides" })},
		{`resource r: link: ""`, resource(func(r *mce.Resource) { r.Link = "" })},
		{`series newsletter: cron "x"`, series(func(s *mce.Series) { s.Cron = "x" })},
		{`series newsletter needs at least one section`, series(func(s *mce.Series) { s.Sections = nil })},
		{`series newsletter: languages must contain "en"`, series(func(s *mce.Series) { s.Languages = []mce.Lang{"it"} })},
		{`series newsletter: language "xx"`, series(func(s *mce.Series) { s.Languages = []mce.Lang{"en", "xx"} })},
		{`series newsletter: approval ""`, series(func(s *mce.Series) { s.Approval = "" })},
		{`series newsletter: minimum must be`, series(func(s *mce.Series) { s.Minimum = 0 })},
		{`series newsletter needs from`, series(func(s *mce.Series) { s.From = time.Time{} })},
		{`series newsletter, section eu: kind ""`, series(func(s *mce.Series) { s.Sections[0].Kind = "" })},
		{`series newsletter, section eu: quota`, series(func(s *mce.Series) { s.Sections[0].Quota = 0 })},
		{`reminder r: audience "all"`, reminder(func(r *mce.ReminderRule) { r.For = "all" })},
		{`reminder r: anchor ""`, reminder(func(r *mce.ReminderRule) { r.Anchor = "" })},
		{`reminder r: time of day "noon"`, reminder(func(r *mce.ReminderRule) { r.At = "noon" })},
		{`reminder r: useful_hours`, reminder(func(r *mce.ReminderRule) { r.Useful = 0 })},
		{`reminder r: kind "party"`, reminder(func(r *mce.ReminderRule) { r.Kinds = []mce.EventKind{"party"} })},
		{`reminder r: show "cats"`, reminder(func(r *mce.ReminderRule) { r.Show = []mce.Show{"cats"} })},
		{`reminder r: body needs`, reminder(func(r *mce.ReminderRule) { r.Body = nil })},
	} {
		l := library()
		c.spoil(&l.Topics[0], &l.Articles[0], &l.Events[0], &l.Resources[0], &l.Series[0], &l.Reminders[0])
		faults := l.Check()
		if len(faults) != 1 {
			t.Errorf("%s: %d faults: %v", c.says, len(faults), faults)
			continue
		}
		refused(t, faults[0], mce.Invalid, c.says)
	}
}

func TestAllFaultsAreListedAtOnce(t *testing.T) {
	l := library()
	l.Articles[0].Body, l.Resources[0].Kind, l.Series[0].Minimum = nil, "", 0
	if faults := l.Check(); len(faults) != 3 {
		t.Error(faults)
	}
}

func TestAWindowIsOpenFromItsBeginningUntilJustBeforeItsEnd(t *testing.T) {
	w := mce.Window{From: thursday, Until: thursday.Add(time.Hour)}
	for offset, want := range map[time.Duration]bool{-1: false, 0: true, time.Hour - 1: true, time.Hour: false} {
		if got := w.Open(thursday.Add(offset)); got != want {
			t.Errorf("at %s: %v", offset, got)
		}
	}
	if w.Until = (time.Time{}); !w.Open(thursday.AddDate(100, 0, 0)) {
		t.Error("a window without an end closed")
	}
}

func TestOnlyWhatACalendarShowsIsAMaterialChange(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*mce.Event)
		want   bool
	}{
		"nothing":               {func(*mce.Event) {}, false},
		"start":                 {func(e *mce.Event) { e.Starts = e.Starts.Add(time.Minute) }, true},
		"end":                   {func(e *mce.Event) { e.Ends = e.Ends.Add(time.Minute) }, true},
		"the same start in UTC": {func(e *mce.Event) { e.Starts = e.Starts.UTC() }, false},
		"city":                  {func(e *mce.Event) { e.City = en("Florence") }, true},
		"venue":                 {func(e *mce.Event) { e.Venue = en("Elsewhere") }, true},
		"address":               {func(e *mce.Event) { e.Address = "Street 2" }, true},
		"link of the meeting":   {func(e *mce.Event) { e.Online = "https://live.example/2" }, true},
		"cancelled":             {func(e *mce.Event) { e.State = mce.EventCancelled }, true},
		"closed":                {func(e *mce.Event) { e.State = mce.EventAnnounced }, false},
		"a typo in the title":   {func(e *mce.Event) { e.Title = en("Conferense") }, false},
		"the description":       {func(e *mce.Event) { e.Body = en("More") }, false},
	} {
		e, next := conference(), conference()
		c.change(&next)
		if e.MaterialChange(next) != c.want || next.MaterialChange(e) != c.want {
			t.Errorf("%s: want %v", name, c.want)
		}
	}
}
