package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/majorcities/mce-mailer/mce"
)

// full is a library whose every field is filled.
func full() mce.Library {
	window := mce.Window{From: at("2024-03-01T00:00:00Z"), Until: at("2024-12-01T12:30:00Z")}
	lib := library()
	lib.Articles = []mce.Article{{
		Slug: "full", Title: both("T", "U"), Body: both("*B*", "*C*"), Link: "https://example.org", Image: "https://example.org/i.png",
		ImageAlt: both("Alt", "Altro"), Topics: []string{"news", "events"}, Priority: 7, Window: window,
	}}
	lib.Events = []mce.Event{{
		Slug: "prato", Kind: mce.StudyTour, State: mce.EventAnnounced, Title: both("T", "U"), Motto: both("M", "N"), Body: both("B", "C"),
		City: both("Florence", "Firenze"), Venue: both("Hall", "Sala"), Address: "Street 1", Online: "https://live.example", Contact: "host@example.org",
		Link: "https://example.org/e", TimeZone: "Europe/Rome", Starts: at("2024-10-23T07:00:00Z"), Ends: at("2024-10-25T11:00:00Z"),
		Languages: []mce.Lang{"en"}, Interpretation: []mce.Lang{"it", "el"}, Topics: []string{"events"}, Window: window, Sequence: 1, Version: 2,
		Capacity: 400, Admission: mce.ForMembers, Opens: at("2024-04-01T07:00:00Z"), Closes: at("2024-10-01T07:00:00Z"), Feedback: "https://example.org/f",
		Sessions: []mce.Session{
			{Slug: "one", Title: both("One", "Uno"), Starts: at("2024-10-23T07:00:00Z"), Ends: at("2024-10-23T08:00:00Z"), Room: both("R", "S"), Speakers: []string{"A, B", `"C"`}},
			{Slug: "two", Title: en("Two"), Starts: at("2024-10-23T08:00:00Z"), Ends: at("2024-10-23T09:00:00Z"), Interpretation: []mce.Lang{"it"}, Optional: true},
		},
	}}
	lib.Resources = []mce.Resource{{
		Slug: "r", Kind: "video", Title: both("T", "U"), Body: both("B", "C"), Link: "https://example.org/v", Event: "prato", Topics: []string{"news"}, Window: window,
	}}
	lib.Series[0].Sections = []mce.Section{
		{Slug: "all", Title: both("All", "Tutto"), Kind: mce.KindArticle, Topics: []string{"news", "events"}, Quota: 3},
		{Slug: "base", Title: en("Base"), Kind: mce.KindResource, Quota: 2}, {Slug: "dates", Title: en("Dates"), Kind: mce.KindEvent, Quota: 9},
	}
	lib.Series[0].Paused, lib.Series[0].Approval = true, mce.ApprovalAutomatic
	lib.Series[0].Pace, lib.Series[0].Segment = mce.Monthly, mce.Segment{Topics: []string{"news"}, Languages: []mce.Lang{"it"}, Countries: []string{"IT"}}
	lib.Reminders[0].Kinds, lib.Reminders[0].Event, lib.Reminders[0].Show = []mce.EventKind{mce.Webinar}, "prato", []mce.Show{mce.ShowFacts}
	lib.Reminders[0].For, lib.Reminders[0].Anchor, lib.Reminders[0].Daily = mce.ForWaiting, mce.AtOpens, true
	return lib
}

func TestALibraryComesBackAsItWasSaved(t *testing.T) {
	o := newOffice(t)
	want := full()
	o.sql(`delete from articles`)
	for range 2 { // new, and over itself
		o.save(want)
	}
	issue := o.assemble(0)
	draft := value(o.Draft(t.Context(), issue.ID))(t)
	got := mce.Library{
		Topics: value(o.Topics(t.Context()))(t), Events: value(o.Events(t.Context()))(t), Series: value(o.AllSeries(t.Context()))(t),
		Reminders: value(o.ReminderRules(t.Context()))(t), Resources: value(o.Handouts(t.Context(), draft.Items[2].ID, now))(t),
		Articles: []mce.Article{*draft.Items[0].Article},
	}
	ids := cmpopts.IgnoreFields
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), ids(mce.Article{}, "ID"), ids(mce.Event{}, "ID"), ids(mce.Resource{}, "ID"),
		ids(mce.Series{}, "ID"), ids(mce.ReminderRule{}, "ID")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(got.Resources[0], *draft.Items[1].Resource); diff != "" {
		t.Error("handout and item differ:", diff)
	}
	if early := value(o.Handouts(t.Context(), draft.Items[2].ID, at("2024-02-01T00:00:00Z")))(t); len(early) != 0 {
		t.Error("a handout is shown before its time")
	}
	if _, err := o.Event(t.Context(), "nowhere"); err == nil {
		t.Error("there is an event nowhere")
	}
	_, err := o.Series(t.Context(), "nothing")
	refused(t, err, mce.NotFound, `no series "nothing"`)
}

func TestALibraryIsSavedWholeOrNotAtAll(t *testing.T) {
	o := newOffice(t)
	before := value(o.Topics(t.Context()))(t)
	for says, lib := range map[string]mce.Library{
		`there is no topic "cats"`: {
			Topics:   []mce.Topic{{Slug: "new", Name: en("New")}},
			Articles: []mce.Article{{Slug: "a", Title: en("A"), Body: en("B"), Topics: []string{"cats"}, Window: mce.Window{From: now}}},
		},
		`resource r: there is no event "nowhere"`: {
			Topics:    []mce.Topic{{Slug: "new", Name: en("New")}},
			Resources: []mce.Resource{{Slug: "r", Kind: "video", Title: en("R"), Link: "https://r.example", Event: "nowhere", Window: mce.Window{From: now}}},
		},
	} {
		refused(t, o.SaveLibrary(t.Context(), lib, now), mce.Invalid, says)
	}
	unknown := library()
	unknown.Events[0].Topics, unknown.Topics = []string{"dogs"}, nil
	refused(t, o.SaveLibrary(t.Context(), unknown, now), mce.Invalid, `event prato: there is no topic "dogs"`)
	unknown = library()
	unknown.Series[0].Sections[0].Topics = []string{"dogs"}
	refused(t, o.SaveLibrary(t.Context(), unknown, now), mce.Invalid, `section news: there is no topic "dogs"`)
	if diff := cmp.Diff(before, value(o.Topics(t.Context()))(t)); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyAMaterialChangeRaisesTheSequenceOfAnEvent(t *testing.T) {
	o := newOffice(t)
	lib := library()
	e := &lib.Events[0]
	for i, step := range []struct {
		change func()
		want   int
	}{
		{func() {}, 0},
		{func() { e.Title = en("Corrected") }, 0},
		{func() { e.Starts = e.Starts.Add(time.Hour) }, 1},
		{func() { e.Venue = en("Elsewhere") }, 2},
		{func() { e.Sessions = full().Events[0].Sessions }, 2},
		{func() { e.State = mce.EventCancelled }, 3},
		{func() {}, 3},
	} {
		step.change()
		o.save(lib)
		if got := value(o.Event(t.Context(), "prato"))(t); got.Sequence != step.want {
			t.Errorf("step %d: sequence %d, want %d", i, got.Sequence, step.want)
		}
	}
}

func TestASeriesIsWatchedSinceItWasMadeResumedOrGivenOtherTimes(t *testing.T) {
	o := newOffice(t)
	lib := library()
	s := &lib.Series[0]
	since := now
	for i, step := range []struct {
		change func()
		anew   bool
	}{
		{func() { s.Name, s.Minimum = en("Gazette"), 2 }, false},
		{func() { s.Cron = "0 9 * * 5" }, true},
		{func() { s.TimeZone = "Europe/Athens" }, true},
		{func() { s.Paused = true }, false},
		{func() { s.Paused = false }, true},
	} {
		step.change()
		saved := now.AddDate(0, 0, i+1)
		must(t, o.SaveLibrary(t.Context(), lib, saved))
		if step.anew {
			since = saved
		}
		id := value(o.Series(t.Context(), "newsletter"))(t).ID
		if got := value(o.WatchedSince(t.Context(), id))(t); !got.Equal(since) {
			t.Errorf("step %d: watched since %s, want %s", i, got, since)
		}
	}
	issue := o.assemble(4)
	if got := value(o.WatchedSince(t.Context(), issue.SeriesID))(t); !got.Equal(issue.Slot.Due) {
		t.Errorf("after an issue of %s watched since %s", issue.Slot.Due, got)
	}
}
