package mce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// meeting is an event of two days in Prato, open from September on, until a week before it begins.
func meeting() mce.Event {
	return mce.Event{
		Slug: "prato", Kind: mce.Conference, State: mce.EventOpen, Title: mce.Text{"en": "Conference"}, City: mce.Text{"en": "Prato"}, TimeZone: "Europe/Rome",
		Starts: instant("2023-10-25T09:00:00+02:00"), Ends: instant("2023-10-26T13:00:00+02:00"),
		Opens: instant("2023-09-01T09:00:00+02:00"), Closes: instant("2023-10-18T09:00:00+02:00"), Capacity: 2,
		Sessions: []mce.Session{
			{Slug: "opening", Title: mce.Text{"en": "Opening"}, Starts: instant("2023-10-25T09:00:00+02:00"), Ends: instant("2023-10-25T10:00:00+02:00"), Room: mce.Text{"en": "Hall"}},
			{Slug: "data", Title: mce.Text{"en": "Data"}, Starts: instant("2023-10-25T11:00:00+02:00"), Ends: instant("2023-10-25T12:00:00+02:00"), Room: mce.Text{"en": "2"}, Optional: true},
		},
	}
}

func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestWhereAnEventStands(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*mce.Event)
		taken  int
		now    string
		want   mce.Standing
		says   string // to somebody who wants to come; empty: they can
	}{
		"before it opens":        {nil, 0, "2023-09-01T08:59:59+02:00", mce.Announced, "opens on Friday 1 September 2023 at 09:00 (CEST)"},
		"as it opens":            {nil, 0, "2023-09-01T09:00:00+02:00", mce.Open, ""},
		"one place left":         {nil, 1, "2023-09-02T09:00:00+02:00", mce.Open, ""},
		"no place left":          {nil, 2, "2023-09-02T09:00:00+02:00", mce.Full, ""},
		"as many as come":        {func(e *mce.Event) { e.Capacity = 0 }, 400, "2023-09-02T09:00:00+02:00", mce.Open, ""},
		"as it closes":           {nil, 0, "2023-10-18T09:00:00+02:00", mce.Closed, "has closed"},
		"closed by hand":         {func(e *mce.Event) { e.State = mce.EventClosed }, 0, "2023-09-02T09:00:00+02:00", mce.Closed, "has closed"},
		"no end said, begun":     {func(e *mce.Event) { e.Closes = time.Time{} }, 0, "2023-10-25T09:00:00+02:00", mce.Closed, "has closed"},
		"end after its start":    {func(e *mce.Event) { e.Closes = e.Ends }, 0, "2023-10-25T09:00:00+02:00", mce.Closed, "has closed"},
		"announced":              {func(e *mce.Event) { e.State = mce.EventAnnounced }, 0, "2023-09-02T09:00:00+02:00", mce.Announced, "not open for registration yet"},
		"over":                   {nil, 0, "2023-10-26T13:00:00+02:00", mce.Over, "is over"},
		"cancelled":              {func(e *mce.Event) { e.State = mce.EventCancelled }, 0, "2023-10-27T13:00:00+02:00", mce.CalledOff, "was cancelled"},
		"put off":                {func(e *mce.Event) { e.State = mce.EventMoved }, 0, "2023-09-02T09:00:00+02:00", mce.PutOff, "was put off"},
		"put off, old date over": {func(e *mce.Event) { e.State = mce.EventMoved }, 0, "2023-12-02T09:00:00+02:00", mce.PutOff, "was put off"},
	} {
		t.Run(name, func(t *testing.T) {
			e := meeting()
			if c.change != nil {
				c.change(&e)
			}
			got := e.Standing(c.taken, instant(c.now))
			err := e.Admits(got)
			if got != c.want {
				t.Errorf("it is %s, want %s", got, c.want)
			}
			if c.says == "" && err != nil || c.says != "" && mce.ErrorCode(err) != mce.Conflict {
				t.Error(err)
			}
			if c.says != "" && !strings.Contains(mce.ErrorMessage(err), c.says) {
				t.Errorf("%v does not say %q", err, c.says)
			}
		})
	}
}

func TestOnlyWhatCanBeChosenIsChosen(t *testing.T) {
	if err := meeting().Offers([]string{"data"}); err != nil {
		t.Error(err)
	}
	for _, slug := range []string{"opening", "nothing"} {
		err := meeting().Offers([]string{slug})
		if want := `has no session "` + slug + `" that can be chosen`; mce.ErrorCode(err) != mce.Invalid || !strings.Contains(mce.ErrorMessage(err), want) {
			t.Errorf("%s: %v", slug, err)
		}
	}
}
