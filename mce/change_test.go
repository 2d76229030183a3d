package mce_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestWhatHasChangedForAPerson(t *testing.T) {
	everything := func(e *mce.Event, by time.Duration) {
		e.Starts, e.Ends = e.Starts.Add(by), e.Ends.Add(by)
		for i := range e.Sessions {
			e.Sessions[i].Starts, e.Sessions[i].Ends = e.Sessions[i].Starts.Add(by), e.Sessions[i].Ends.Add(by)
		}
	}
	const week = 7 * 24 * time.Hour
	for name, c := range map[string]struct {
		before, now func(*mce.Event)
		want        string // for whom chose nothing
		chose       string // for whom chose the session "data"
	}{
		"nothing":                 {nil, func(*mce.Event) {}, "", ""},
		"a typo":                  {nil, func(e *mce.Event) { e.Title = mce.Text{"en": "The conference"}; e.Sessions[0].Speakers = []string{"A"} }, "", ""},
		"a translation":           {nil, func(e *mce.Event) { e.Venue = mce.Text{"it": "Centro"}; e.Sessions[0].Room["it"] = "Sala" }, "", ""},
		"moved with its sessions": {nil, func(e *mce.Event) { everything(e, week) }, "time", "time"},
		"from summer to winter":   {nil, func(e *mce.Event) { everything(e, week+time.Hour) }, "time", "time"}, // on the clocks it is a week
		"through the night on which the clocks are set": {func(e *mce.Event) { laterSession(e, "2023-10-30T09:00:00+01:00") },
			func(e *mce.Event) { everything(e, -week); laterSession(e, "2023-10-23T09:00:00+02:00") }, "time", "time"},
		"longer":                   {nil, func(e *mce.Event) { e.Ends = e.Ends.Add(time.Hour) }, "time", "time"},
		"another city":             {nil, func(e *mce.Event) { e.City = mce.Text{"en": "Larissa"} }, "place", "place"},
		"turned virtual":           {nil, func(e *mce.Event) { e.City, e.Online = nil, "https://meet.example" }, "place, online", "place, online"},
		"a room for all":           {nil, func(e *mce.Event) { e.Sessions[0].Room["en"] = "1" }, "session room opening", "session room opening"},
		"a room for some":          {nil, func(e *mce.Event) { e.Sessions[1].Room["en"] = "1" }, "", "session room data"},
		"a session later":          {nil, func(e *mce.Event) { e.Sessions[1].Ends = e.Sessions[1].Ends.Add(time.Hour) }, "", "session time data"},
		"a session that is gone":   {nil, func(e *mce.Event) { e.Sessions = e.Sessions[:1] }, "", "session gone data"},
		"a new one for all":        {func(e *mce.Event) { e.Sessions = e.Sessions[1:] }, func(*mce.Event) {}, "session new opening", "session new opening"},
		"a new one to choose":      {func(e *mce.Event) { e.Sessions = e.Sessions[:1] }, func(*mce.Event) {}, "", "session new data"},
		"cancelled":                {nil, func(e *mce.Event) { e.State = mce.EventCancelled; everything(e, week) }, "off", "off"},
		"put off":                  {nil, func(e *mce.Event) { e.State = mce.EventMoved }, "off", "off"},
		"put off, then cancelled":  {func(e *mce.Event) { e.State = mce.EventMoved }, func(e *mce.Event) { e.State = mce.EventCancelled }, "off", "off"},
		"cancelled, then put off":  {func(e *mce.Event) { e.State = mce.EventCancelled }, func(e *mce.Event) { e.State = mce.EventMoved }, "off", "off"},
		"cancelled, then edited":   {func(e *mce.Event) { e.State = mce.EventCancelled }, func(e *mce.Event) { e.State = mce.EventCancelled; everything(e, week) }, "", ""},
		"put off, then a new date": {func(e *mce.Event) { e.State = mce.EventMoved }, func(e *mce.Event) { everything(e, week) }, "on, time", "on, time"},
	} {
		t.Run(name, func(t *testing.T) {
			old, now := meeting(), meeting()
			if c.before != nil {
				c.before(&old)
			}
			c.now(&now)
			for sessions, want := range map[string]string{"": c.want, "data": c.chose} {
				var got []string
				for _, x := range (mce.Registration{Sessions: strings.Fields(sessions)}).Changes(old, now) {
					slug := x.New.Slug
					if slug == "" {
						slug = x.Old.Slug
					}
					got = append(got, strings.TrimSpace(fmt.Sprint(x.What, " ", slug)))
				}
				if strings.Join(got, ", ") != want {
					t.Errorf("who chose %q is told of %q, want %q", sessions, strings.Join(got, ", "), want)
				}
			}
		})
	}
}

func TestWhatIsToldAtOnce(t *testing.T) {
	old, moved := meeting(), meeting()
	moved.Starts, moved.Ends = moved.Starts.AddDate(0, 0, 7), moved.Ends.AddDate(0, 0, 7)
	for when, want := range map[string]bool{
		"2023-10-24T08:59:59+02:00": false, "2023-10-24T09:00:00+02:00": true, "2023-10-26T12:59:00+02:00": true, "2023-10-26T13:00:00+02:00": false,
	} {
		if got := moved.Urgent(old, instant(when)); got != want {
			t.Errorf("at %s: %v", when, got)
		}
	}
}

// laterSession lets the session that can be chosen be another day.
func laterSession(e *mce.Event, begins string) {
	e.Sessions[1].Starts, e.Sessions[1].Ends = instant(begins), instant(begins).Add(time.Hour)
}
