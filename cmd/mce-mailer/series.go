package main

import (
	"cmp"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

type seriesCmd struct {
	List seriesListCmd `cmd:"" help:"List the series, and when each is due next."`
	Show seriesShowCmd `cmd:"" help:"A series: when it is due, and whom it is for."`
	Set  seriesSetCmd  `cmd:"" help:"Change when a series is due, how little is too little, or whether it runs at all. New series come by content import."`
}

type seriesListCmd struct{ asJSON }

// seriesLine is a series as "series list" prints it.
type seriesLine struct {
	Slug     string     `json:"slug"`
	Name     string     `json:"name"`
	Cron     string     `json:"cron"`
	TimeZone string     `json:"time_zone"`
	Next     *time.Time `json:"next,omitempty"` // absent while paused
	Minimum  int        `json:"minimum"`
	Approval string     `json:"approval"`
	Paused   bool       `json:"paused"`
	Pace     string     `json:"pace"`
	// Segment is whom it is for, of those who chose its pace; empty is everybody.
	Segment mce.Segment `json:"segment"`
	Clicks  bool        `json:"clicks"`
}

// Run lists the series.
func (c *seriesListCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		all, err := a.store.AllSeries(e.ctx)
		if err != nil {
			return err
		}
		lines := make([]seriesLine, len(all))
		for i, s := range all {
			lines[i] = describe(s, e.clock.Now())
		}
		return c.print(e.out, lines, func(t *tabwriter.Writer) {
			row(t, "SERIES", "CRON", "ZONE", "NEXT", "MINIMUM", "APPROVAL", "PACE", "SEGMENT")
			for _, l := range lines {
				row(t, l.Slug, l.Cron, l.TimeZone, l.next(), l.Minimum, l.Approval, l.Pace, l.readers())
			}
		})
	})
}

func describe(s mce.Series, now time.Time) seriesLine {
	l := seriesLine{
		Slug: s.Slug, Name: s.Name[mce.English], Cron: s.Cron, TimeZone: s.TimeZone, Minimum: s.Minimum,
		Approval: string(s.Approval), Paused: s.Paused, Pace: string(s.Pace), Segment: s.Segment, Clicks: s.Clicks,
	}
	if schedule, err := s.Schedule(); err == nil && !s.Paused {
		next := schedule.Next(now).Due
		l.Next = &next
	}
	return l
}

// next is when it is due, on its own wall clock.
func (l seriesLine) next() string {
	if l.Next == nil {
		return "paused"
	}
	return mce.InZone(*l.Next, l.TimeZone).Format("Mon 2006-01-02 15:04 MST")
}

// readers names the segment.
func (l seriesLine) readers() string { return cmp.Or(l.Segment.String(), "everybody") }

func (l seriesLine) table(t *tabwriter.Writer) {
	row(t, "series", l.Slug, l.Name)
	row(t, "cron", l.Cron, l.TimeZone)
	row(t, "next", l.next())
	row(t, "minimum", l.Minimum)
	row(t, "approval", l.Approval)
	row(t, "pace", l.Pace)
	row(t, "segment", l.readers())
	if l.Clicks {
		row(t, "clicks", "counted, for all readers together")
	}
}

type seriesShowCmd struct {
	asJSON
	Series string `arg:"" help:"Its slug."`
}

// Run shows a series.
func (c *seriesShowCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		s, err := a.store.Series(e.ctx, c.Series)
		if err != nil {
			return err
		}
		l := describe(s, e.clock.Now())
		return c.print(e.out, l, l.table)
	})
}

type seriesSetCmd struct {
	asJSON
	Series    string  `arg:"" help:"Its slug."`
	Cron      *string `help:"Five fields: minute, hour, day, month, weekday; \"0 9 * * 4\" is Thursdays at 9:00."`
	TimeZone  *string `help:"Zone of the cron's wall clock, as Europe/Rome."`
	Minimum   *int    `help:"Fewer items than this: the issue is skipped."`
	Approval  *string `help:"required: an editor approves and schedules. second: likewise, but not the one who had it last in hand. automatic: issues go out at their slot."`
	Languages *string `help:"Languages of the editions, as en,it."`
	Pause     bool    `xor:"pause" help:"Assemble no more issues."`
	Clicks    *bool   `negatable:"" help:"Count how often the links of an issue are followed, by all readers together. The privacy page says so."`
	Resume    bool    `xor:"pause" help:"Assemble issues again, from the next slot on."`
}

// Run changes a series; what is not given stays.
func (c *seriesSetCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		s, err := a.store.Series(e.ctx, c.Series)
		if err != nil {
			return err
		}
		c.apply(&s)
		if err := s.Check(); err != nil {
			return err
		}
		if err := a.store.SaveLibrary(e.ctx, mce.Library{Series: []mce.Series{s}}, e.clock.Now()); err != nil {
			return err
		}
		l := describe(s, e.clock.Now())
		return c.print(e.out, l, l.table)
	})
}

func (c *seriesSetCmd) apply(s *mce.Series) {
	if c.Cron != nil {
		s.Cron = *c.Cron
	}
	if c.TimeZone != nil {
		s.TimeZone = *c.TimeZone
	}
	if c.Minimum != nil {
		s.Minimum = *c.Minimum
	}
	if c.Approval != nil {
		s.Approval = mce.Approval(*c.Approval)
	}
	if c.Languages != nil {
		s.Languages = nil
		for l := range strings.SplitSeq(*c.Languages, ",") {
			s.Languages = append(s.Languages, mce.Lang(strings.TrimSpace(l)))
		}
	}
	if c.Clicks != nil {
		s.Clicks = *c.Clicks
	}
	s.Paused = (s.Paused || c.Pause) && !c.Resume
}
