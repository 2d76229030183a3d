package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
)

type subscriberCmd struct {
	Add         subscriberAddCmd         `cmd:"" help:"Add a subscriber: asked by mail to confirm, or with --confirmed and the words they agreed to."`
	Import      subscriberImportCmd      `cmd:"" help:"Import confirmed subscribers from a CSV file with the columns email, name, language, topics."`
	List        subscriberListCmd        `cmd:"" help:"List subscribers."`
	Show        subscriberShowCmd        `cmd:"" help:"What is kept about a subscriber, with the record of consent."`
	Unsubscribe subscriberUnsubscribeCmd `cmd:"" help:"End a subscription on somebody's behalf; letters already in the outbox stay here."`
	Prove       subscriberProveCmd       `cmd:"" help:"The record of consent of one person, as a page to hand to an authority."`
	Erase       subscriberEraseCmd       `cmd:"" help:"Forget a person: nothing remains but a keyed mark, so that no list brings the address back."`
}

// confirmed is how consent got here, for verbs that add people who were asked elsewhere.
type confirmed struct {
	Confirmed bool   `help:"They have agreed already; --consent says to what."`
	Consent   string `help:"The exact words that they agreed to, for the record."`
}

func (c confirmed) check() error {
	if c.Confirmed && strings.TrimSpace(c.Consent) == "" {
		return mce.Invalidf("--confirmed needs --consent \"…\": the exact words that they agreed to, for the record")
	}
	return nil
}

type subscriberAddCmd struct {
	confirmed
	Email    string `arg:""`
	Name     string `help:"Name, for the greeting."`
	Language string `default:"en" help:"en or it."`
	Topics   string `help:"Topics as events,association-news. Empty: all."`
}

// Run adds one subscriber.
func (c *subscriberAddCmd) Run(e *env) error {
	if err := c.check(); err != nil {
		return err
	}
	open := e.withLetters
	if c.Confirmed {
		open = e.withKeys
	}
	return open(func(a *app) error {
		topics, err := a.store.Topics(e.ctx)
		if err != nil {
			return err
		}
		p, err := c.person(topics)
		if err != nil {
			return err
		}
		e.suggest(p.Email)
		if c.Confirmed {
			r, err := a.store.ImportSubscribers(e.ctx, []mce.Subscriber{p}, c.Consent, "command line", e.clock.Now(), nil)
			if err == nil && r.Added == 0 {
				err = mce.Conflictf("%s was not added: it is known already, or must not be written to; subscriber show tells", p.Email)
			}
			if err == nil {
				fmt.Fprintf(e.out, "%s is subscribed.\n", p.Email)
			}
			return err
		}
		asked, err := a.askToConfirm(e.ctx, p, topics, "command line")
		if err == nil && !asked {
			err = mce.Conflictf("%s was not asked: it is subscribed, was asked within a day, or must not be written to", p.Email)
		}
		if err == nil {
			fmt.Fprintf(e.out, "%s is asked to confirm.\n", p.Email)
		}
		return err
	})
}

func (c *subscriberAddCmd) person(topics []mce.Topic) (p mce.Subscriber, err error) {
	if p.Email, err = mce.ParseAddress(c.Email); err != nil {
		return p, err
	}
	if p.Name, err = mce.CleanName(c.Name); err != nil {
		return p, err
	}
	if p.Language, err = mce.ParseLang(c.Language); err != nil {
		return p, err
	}
	p.Topics, err = mce.ParseTopics(c.Topics, topics)
	return p, err
}

type subscriberImportCmd struct {
	asJSON
	confirmed
	File        string `arg:"" type:"existingfile" help:"CSV, UTF-8."`
	SkipInvalid bool   `help:"Import the good lines and list the bad ones; otherwise one bad line stops the import."`
	DryRun      bool   `help:"Look only; write nothing."`
}

// importReport is what an import tells.
type importReport struct {
	postgres.ImportResult
	Invalid []mce.LineFault `json:"invalid"`
	DryRun  bool            `json:"dry_run,omitempty"`
}

// Run imports subscribers.
func (c *subscriberImportCmd) Run(e *env) error {
	if !c.Confirmed {
		return mce.Invalidf("an import needs --confirmed and --consent \"…\": only people who have agreed may be imported; the others are to subscribe themselves")
	}
	if err := c.check(); err != nil {
		return err
	}
	return e.withKeys(func(a *app) error {
		topics, err := a.store.Topics(e.ctx)
		if err != nil {
			return err
		}
		people, faults, err := readSubscribers(c.File, topics)
		if err != nil {
			return err
		}
		for _, x := range faults {
			fmt.Fprintln(e.err, x)
		}
		for _, p := range people {
			e.suggest(p.Email)
		}
		if len(faults) > 0 && !c.SkipInvalid {
			return mce.Invalidf("nothing was imported: %d of %d lines have a fault. Mend them, or import the others with --skip-invalid",
				len(faults), len(faults)+len(people))
		}
		report := importReport{Invalid: append([]mce.LineFault{}, faults...), DryRun: c.DryRun} // for scripts: [] rather than null
		if !c.DryRun {
			if report.ImportResult, err = c.write(e, a, people); err != nil {
				return err
			}
		} else {
			report.Added = len(people)
		}
		return c.print(e.out, report, func(t *tabwriter.Writer) {
			row(t, "imported", report.Added)
			row(t, "known before, left as they are", report.Known)
			row(t, "must not be written to", report.Suppressed)
			row(t, "asked to be forgotten", report.Erased)
			row(t, "bad lines left out", len(faults))
			if c.DryRun {
				row(t, "(nothing was written: dry run)")
			}
		})
	})
}

func readSubscribers(file string, topics []mce.Topic) ([]mce.Subscriber, []mce.LineFault, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	people, faults, err := mce.ReadSubscribers(f, topics)
	return people, faults, errors.Join(err, f.Close())
}

func (c *subscriberImportCmd) write(e *env, a *app, people []mce.Subscriber) (postgres.ImportResult, error) {
	bar := newProgress(e.err, "subscribers", len(people))
	defer bar.end()
	return a.store.ImportSubscribers(e.ctx, people, c.Consent, "import", e.clock.Now(), bar.set)
}

type subscriberListCmd struct {
	asJSON
	State string `enum:",pending,active,unsubscribed" default:"" help:"Only in this state."`
}

// subscriberLine is a subscriber as it is printed.
type subscriberLine struct {
	ID       int64    `json:"id"`
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Language mce.Lang `json:"language"`
	Topics   []string `json:"topics"`
	State    string   `json:"state"`
}

func personLine(s mce.Subscriber) subscriberLine {
	return subscriberLine{ID: s.ID, Email: s.Email, Name: s.Name, Language: s.Language, Topics: s.Topics, State: string(s.State)}
}

// Run lists subscribers.
func (c *subscriberListCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		all, err := a.store.Subscribers(e.ctx, mce.SubscriberState(c.State))
		if err != nil {
			return err
		}
		lines := make([]subscriberLine, len(all))
		for i, s := range all {
			lines[i] = personLine(s)
		}
		return c.print(e.out, lines, func(t *tabwriter.Writer) {
			row(t, "EMAIL", "NAME", "LANGUAGE", "STATE", "TOPICS")
			for _, l := range lines {
				row(t, l.Email, l.Name, l.Language, l.State, strings.Join(l.Topics, " "))
			}
		})
	})
}

type subscriberShowCmd struct {
	asJSON
	Email string `arg:""`
}

// Run shows a subscriber.
func (c *subscriberShowCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		s, err := a.store.SubscriberByEmail(e.ctx, asKept(c.Email))
		if err != nil {
			return err
		}
		record, err := a.store.Consents(e.ctx, s.ID)
		if err != nil {
			return err
		}
		all := struct {
			subscriberLine
			Consents []mce.Consent `json:"consents"`
		}{personLine(s), record}
		return c.print(e.out, all, func(t *tabwriter.Writer) {
			row(t, "email", s.Email)
			row(t, "name", s.Name)
			row(t, "language", s.Language)
			row(t, "topics", strings.Join(s.Topics, " "))
			row(t, "state", s.State, "since "+moment(s.ChangedAt))
			for _, r := range record {
				row(t, r.Action, moment(r.At), r.Source, r.Wording)
			}
		})
	})
}

type subscriberUnsubscribeCmd struct {
	Email string `arg:""`
}

// Run ends a subscription.
func (c *subscriberUnsubscribeCmd) Run(e *env) error {
	return e.withKeys(func(a *app) error {
		s, err := a.store.SubscriberByEmail(e.ctx, asKept(c.Email))
		if err != nil {
			return err
		}
		done, err := a.store.Leave(e.ctx, s.ID, "command line", "", e.clock.Now())
		if err != nil {
			return err
		}
		words := "%s was not subscribed any more.\n"
		if done {
			words = "%s is unsubscribed.\n"
		}
		fmt.Fprintf(e.out, words, s.Email)
		return nil
	})
}
