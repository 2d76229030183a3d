package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

type eventSetCmd struct {
	Event  string   `arg:"" help:"Its slug."`
	Fields []string `arg:"" name:"field=value" help:"Such as starts='2023-10-25 09:00' (on the venue's clocks) or title_it='…'; an empty value takes the field away."`
}

// Run changes an event.
func (c *eventSetCmd) Run(e *env) error {
	written := map[string]string{}
	for _, f := range c.Fields {
		name, value, ok := strings.Cut(f, "=")
		if !ok {
			return mce.Invalidf("%q is not of the form field=value", f)
		}
		written[name] = value
	}
	return e.with(func(a *app) error {
		return a.editEvent(e, c.Event, func(x *mce.Event) error { return x.Set(written) })
	})
}

// editEvent changes an event that there is, which nobody else changes meanwhile.
func (a *app) editEvent(e *env, slug string, edit func(*mce.Event) error) error {
	x, _, err := a.store.EditEvent(e.ctx, slug, func(old *mce.Event) (mce.Event, error) {
		if old == nil {
			return mce.Event{}, mce.NotFoundf("there is no event %q", slug)
		}
		if err := edit(old); err != nil {
			return *old, err
		}
		return *old, old.Check()
	}, e.clock.Now())
	if err == nil {
		e.tellEvents(x)
	}
	return err
}

// tellEvents says what stands of events that were written.
func (e *env) tellEvents(events ...mce.Event) {
	for _, x := range events {
		fmt.Fprintf(e.out, "%s: %s, %s\n", x.Slug, x.Title[mce.English], x.Starts.In(x.Zone()).Format("Mon 2006-01-02 15:04 MST"))
	}
}

type eventImportCmd struct {
	File string `arg:"" type:"existingfile" help:"CSV, UTF-8. Times such as 2023-10-25 09:00 are on the venue's clocks."`
}

// Run imports events. One that is not known yet begins as announced, and is published at once if nothing else is said.
func (c *eventImportCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		known := func(slug string) (mce.Event, error) {
			x, err := a.store.Event(e.ctx, slug)
			if mce.ErrorCode(err) == mce.NotFound {
				return mce.Event{Slug: slug, State: mce.EventAnnounced, Window: mce.Window{From: e.clock.Now()}}, nil
			}
			return x, err
		}
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		events, faults, err := mce.ReadEvents(f, known)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		if err := e.tellFaults(faults, len(events)); err != nil {
			return err
		}
		if err := a.store.SaveLibrary(e.ctx, mce.Library{Events: events}, e.clock.Now()); err != nil {
			return err
		}
		e.tellEvents(events...)
		return nil
	})
}

type eventProgrammeCmd struct {
	Event string `arg:"" help:"Its slug."`
	File  string `arg:"" type:"existingfile" help:"CSV, UTF-8. Times such as 2023-10-25 09:00 are on the venue's clocks."`
}

// Run replaces a programme.
func (c *eventProgrammeCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		return a.editEvent(e, c.Event, func(x *mce.Event) error {
			f, err := os.Open(c.File)
			if err != nil {
				return err
			}
			sessions, faults, err := mce.ReadProgramme(f, *x)
			if err = errors.Join(err, f.Close()); err != nil {
				return err
			}
			x.Sessions = sessions
			return e.tellFaults(faults, len(sessions))
		})
	})
}

// tellFaults says what is wrong with the lines of a table, and refuses it if anything is.
func (e *env) tellFaults(faults []mce.LineFault, good int) error {
	for _, x := range faults {
		fmt.Fprintln(e.err, x)
	}
	if len(faults) > 0 {
		return mce.Invalidf("nothing was imported: %d of %d lines have a fault", len(faults), len(faults)+good)
	}
	return nil
}
