package main

import (
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

type registrationCmd struct {
	Add    registrationAddCmd    `cmd:"" help:"Register a delegate; the confirmation leaves at once. Where all places are taken they go on the waiting list."`
	Import registrationImportCmd `cmd:"" help:"Register delegates from a CSV file with the columns event, email, name, organisation, country, language, role, zone, sessions, booker_email, booker_name; all of them or none. Who books for others gets a mail too."`
	Cancel registrationCancelCmd `cmd:"" help:"Give a place back, or a turn on the waiting list; the first who wait get the places that are free."`
	Arrive registrationArriveCmd `cmd:"" help:"Take a delegate's code at the desk: they have arrived."`
	List   registrationListCmd   `cmd:"" help:"List the delegates of an event and its waiting list."`
}

// registrationLine is a registration as it is printed.
type registrationLine struct {
	Event        string   `json:"event"`
	Email        string   `json:"email"`
	Name         string   `json:"name"`
	Organisation string   `json:"organisation"`
	Country      string   `json:"country"`
	Language     mce.Lang `json:"language"`
	Role         mce.Role `json:"role"`
	Zone         string   `json:"zone"`
	Sessions     []string `json:"sessions"`
	State        string   `json:"state"`
	Code         string   `json:"code"`
	Booking      int64    `json:"booking,omitempty"`
	Arrived      bool     `json:"arrived"`
}

func (o asJSON) printRegistrations(e *env, regs []mce.Registration) error {
	lines := make([]registrationLine, len(regs))
	for i, r := range regs {
		lines[i] = registrationLine{r.Event, r.Email, r.Name, r.Organisation, r.Country, r.Language, r.Role, r.Zone, append([]string{}, r.Sessions...), string(r.State), r.Code, r.Booking, !r.Arrived.IsZero()}
	}
	return o.print(e.out, lines, func(t *tabwriter.Writer) {
		row(t, "EVENT", "NAME", "EMAIL", "ORGANISATION", "COUNTRY", "LANGUAGE", "ROLE", "STATE", "CODE")
		for _, l := range lines {
			row(t, l.Event, l.Name, l.Email, l.Organisation, l.Country, l.Language, l.Role, l.State, l.Code)
		}
	})
}

type registrationAddCmd struct {
	asJSON
	Event        string `arg:"" help:"Slug of the event."`
	Email        string `arg:""`
	Name         string `required:"" help:"Name, as on the badge."`
	Organisation string `help:"City or organisation."`
	Country      string `help:"Country."`
	Language     string `default:"en" help:"en or it."`

	Role     string   `default:"delegate" help:"delegate or speaker; a speaker takes no place."`
	Zone     string   `placeholder:"NAME" help:"Time zone where the person is at home, as Europe/Athens: mails then say their own time too."`
	Sessions []string `name:"session" placeholder:"SLUG" help:"An optional session that they chose; may be repeated."`
}

// Run registers one delegate.
func (c *registrationAddCmd) Run(e *env) error {
	p, err := mce.NewRegistration(c.Event, c.Email, c.Name, c.Organisation, c.Country, c.Language)
	if err != nil {
		return err
	}
	if err := p.Choose(c.Role, c.Zone, c.Sessions); err != nil {
		return err
	}
	e.suggest(p.Email)
	return e.withLetters(func(a *app) error {
		regs, err := a.register(e.ctx, mce.Order{People: []mce.Registration{p}})
		if err != nil {
			return err
		}
		return c.printRegistrations(e, regs)
	})
}

type registrationImportCmd struct {
	asJSON
	File        string `arg:"" type:"existingfile" help:"CSV, UTF-8."`
	SkipInvalid bool   `help:"Register the good lines and list the bad ones; otherwise one bad line stops the import."`
}

// Run registers many; each gets a confirmation.
func (c *registrationImportCmd) Run(e *env) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	orders, faults, err := mce.ReadRegistrations(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	for _, x := range faults {
		fmt.Fprintln(e.err, x)
	}
	good := 0
	for _, o := range orders {
		for _, p := range o.People {
			e.suggest(p.Email)
			good++
		}
	}
	if len(faults) > 0 && !c.SkipInvalid {
		return mce.Invalidf("nobody was registered: %d of %d lines have a fault. Mend them, or register the others with --skip-invalid", len(faults), len(faults)+good)
	}
	return e.withLetters(func(a *app) error {
		regs, err := a.register(e.ctx, orders...)
		if err != nil {
			return err
		}
		return c.printRegistrations(e, regs)
	})
}

type registrationCancelCmd struct {
	Event string `arg:"" help:"Slug of the event."`
	Email string `arg:""`
}

// Run cancels a registration.
func (c *registrationCancelCmd) Run(e *env) error {
	return e.withLetters(func(a *app) error {
		if err := a.store.CancelRegistration(e.ctx, c.Event, asKept(c.Email), a.letters, a.site.Domain(), e.clock.Now()); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s is no longer registered for %s.\n", c.Email, c.Event)
		return nil
	})
}

type registrationArriveCmd struct {
	Event string `arg:"" help:"Slug of the event."`
	Code  string `arg:"" help:"As it stands in their mail."`
}

// Run notes that a delegate has arrived.
func (c *registrationArriveCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		r, first, err := a.store.CheckIn(e.ctx, c.Event, c.Code, e.clock.Now())
		if err != nil {
			return err
		}
		when := "has arrived"
		if !first {
			when = "had arrived already, at " + r.Arrived.Format("2006-01-02 15:04 MST")
		}
		fmt.Fprintf(e.out, "%s %s.\n", r.Name, when)
		return nil
	})
}

type registrationListCmd struct {
	asJSON
	Event string `arg:"" help:"Slug of the event."`
}

// Run lists delegates.
func (c *registrationListCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		if _, err := a.store.Event(e.ctx, c.Event); err != nil {
			return err
		}
		regs, err := a.store.Registrations(e.ctx, c.Event)
		if err != nil {
			return err
		}
		return c.printRegistrations(e, regs)
	})
}
