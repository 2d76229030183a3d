package mce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func TestChoicesThatCannotBeKeptAreRefused(t *testing.T) {
	right := mce.Choices{Language: "it", Topics: []string{"events"}, Pace: mce.Monthly}
	for name, c := range map[string]struct {
		change      func(*mce.Choices)
		field, says string // empty: it is right
	}{
		"right":            {func(*mce.Choices) {}, "", ""},
		"no pace":          {func(c *mce.Choices) { c.Pace = "" }, "", ""},
		"no language":      {func(c *mce.Choices) { c.Language = "" }, "", ""},
		"another language": {func(c *mce.Choices) { c.Language = "xx" }, "language", `"xx"`},
		"another pace":     {func(c *mce.Choices) { c.Pace = "daily" }, "pace", "neither each nor monthly"},
		"no topic":         {func(c *mce.Choices) { c.Topics = nil }, "topics", "at least one"},
		"another topic":    {func(c *mce.Choices) { c.Topics = []string{"events", "cats"} }, "topics", `"cats"`},
		"pause":            {func(c *mce.Choices) { c.PausedUntil = thursday.Add(1) }, "", ""},
		"longest pause":    {func(c *mce.Choices) { c.PausedUntil = thursday.Add(mce.MaxPause) }, "", ""},
		"too long a pause": {func(c *mce.Choices) { c.PausedUntil = thursday.Add(mce.MaxPause + 1) }, "pause", "within a year"},
		"pause that ends":  {func(c *mce.Choices) { c.PausedUntil = thursday }, "pause", "a day to come"},
	} {
		choices := right
		c.change(&choices)
		switch fault := choices.Check(knownTopics(), thursday); {
		case c.field == "" && fault != nil:
			t.Errorf("%s: %v", name, fault)
		case c.field != "" && (fault == nil || fault.Field != c.field || !strings.Contains(fault.Error(), c.says)):
			t.Errorf("%s: %v, want a fault of %s that says %q", name, fault, c.field, c.says)
		}
	}
}

func TestTheRecordSaysWhatChanged(t *testing.T) {
	before := mce.Choices{Language: "en", Topics: []string{"events", "news"}, Pace: mce.EachIssue}
	until := at("2024-08-01T00:30:00+02:00")
	paused := before
	paused.PausedUntil = until
	for _, c := range []struct {
		before, after mce.Choices
		want          string
	}{
		{before, before, ""},
		{before, mce.Choices{Language: "en", Topics: []string{"news", "events", "news"}, Pace: mce.EachIssue}, ""}, // a set, in any order
		{before, mce.Choices{Language: "en", Topics: []string{"news"}, Pace: mce.EachIssue}, "topics: news"},
		{before, mce.Choices{Language: "it", Topics: []string{"news", "events"}, Pace: mce.Monthly}, "language: it; pace: monthly"},
		{before, paused, "paused until 2024-07-31"}, // UTC
		{paused, paused, ""},
		{paused, before, "no pause"},
	} {
		if got := c.after.Difference(c.before); got != c.want {
			t.Errorf("%+v after %+v: %q, want %q", c.after, c.before, got, c.want)
		}
	}
	if len(before.Topics) != 2 || before.Topics[0] != "events" {
		t.Error("comparing has changed the choices")
	}
}

func TestDetailsAreCleaned(t *testing.T) {
	got, fault := mce.CleanDetails(mce.Details{Name: " Anna\t Rossi ", Organisation: "Comune  di Prato", Country: " it "})
	if diff := cmp.Diff(mce.Details{Name: "Anna Rossi", Organisation: "Comune di Prato", Country: "IT"}, got); diff != "" || fault != nil {
		t.Errorf("%v\n%s", fault, diff)
	}
	if got, fault := mce.CleanDetails(mce.Details{}); fault != nil || got != (mce.Details{}) {
		t.Errorf("nothing told: %+v, %v", got, fault)
	}
	for field, d := range map[string]mce.Details{
		"name": {Name: "A\x00B"}, "organisation": {Organisation: strings.Repeat("x", mce.MaxName+1)}, "country": {Country: "Italy"},
	} {
		if _, fault := mce.CleanDetails(d); fault == nil || fault.Field != field || mce.ErrorCode(fault) != mce.Invalid {
			t.Errorf("%s: %v", field, fault)
		}
	}
}

// TestTheRecordSaysWhichDetailsChangedButNotWhatTheyAre: it is kept after the person was erased.
func TestTheRecordSaysWhichDetailsChangedButNotWhatTheyAre(t *testing.T) {
	before := mce.Details{Name: "Anna Rossi", Organisation: "Prato", Country: "IT"}
	for after, want := range map[mce.Details]string{
		before: "", {}: "name, organisation, country",
		{Name: "Anna Bianchi", Organisation: "Prato", Country: "IT"}: "name",
		{Name: "Anna Rossi", Organisation: "Firenze", Country: "FR"}: "organisation, country",
	} {
		if got := after.Difference(before); got != want {
			t.Errorf("%+v: %q, want %q", after, got, want)
		}
	}
}

func TestLeavingNeverFailsForItsReason(t *testing.T) {
	for _, r := range mce.LeaveReasons() {
		if mce.LeaveReason(r) != r {
			t.Errorf("%q is lost", r)
		}
	}
	for _, r := range []string{"", "TOO-MANY", "too-many ", "<script>", strings.Repeat("x", 10_000)} {
		if got := mce.LeaveReason(r); got != "" {
			t.Errorf("%q is taken for %q", r, got)
		}
	}
}

func TestAPaceIsEachOrMonthly(t *testing.T) {
	for in, want := range map[string]mce.ReadingPace{"": mce.EachIssue, "each": mce.EachIssue, "monthly": mce.Monthly} {
		if got, err := mce.ParsePace(in); got != want || err != nil {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"daily", "Monthly", " each"} {
		got, err := mce.ParsePace(in)
		refused(t, err, mce.Invalid, "neither each nor monthly")
		if got != "" {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// TestAWishIsCheckedEntryByEntry: the fault names the entry that is to be mended.
func TestAWishIsCheckedEntryByEntry(t *testing.T) {
	right := mce.Entry{
		Email: "Anna@Example.org", Details: mce.Details{Name: "Anna", Organisation: "Prato", Country: "it"},
		Language: "it", Pace: "monthly", Topics: []string{"events"},
	}
	w, fault := mce.NewWish(right, knownTopics())
	want := mce.Subscriber{
		Email: w.Subscriber.Email, Details: mce.Details{Name: "Anna", Organisation: "Prato", Country: "IT"},
		Choices: mce.Choices{Language: "it", Pace: mce.Monthly, Topics: []string{"events"}},
	}
	if diff := cmp.Diff(want, w.Subscriber); diff != "" || fault != nil || mce.AddressKey(w.Subscriber.Email) != "anna@example.org" {
		t.Errorf("%v\n%s", fault, diff)
	}
	for field, change := range map[string]func(*mce.Entry){
		"email":        func(e *mce.Entry) { e.Email = "nobody" },
		"name":         func(e *mce.Entry) { e.Name = "\x00" },
		"organisation": func(e *mce.Entry) { e.Organisation = "\x00" },
		"country":      func(e *mce.Entry) { e.Country = "ZZ" },
		"language":     func(e *mce.Entry) { e.Language = "xx" },
		"pace":         func(e *mce.Entry) { e.Pace = "daily" },
		"topics":       func(e *mce.Entry) { e.Topics = nil },
	} {
		e := right
		change(&e)
		if _, fault := mce.NewWish(e, knownTopics()); fault == nil || fault.Field != field {
			t.Errorf("%s: %v", field, fault)
		}
	}
}

func TestTheLongestPauseIsAboutAYear(t *testing.T) {
	if year := thursday.AddDate(1, 0, 0).Sub(thursday); mce.MaxPause < year || mce.MaxPause > year+48*time.Hour {
		t.Errorf("%s", mce.MaxPause)
	}
}
