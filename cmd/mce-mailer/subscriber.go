package main

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

type subscriberCmd struct {
	Add         subscriberAddCmd         `cmd:"" help:"Add a subscriber: asked by mail to confirm, or with --confirmed and the words they agreed to."`
	Import      subscriberImportCmd      `cmd:"" help:"Import confirmed subscribers from a CSV file with the columns email, name, language, topics, organisation, country, pace."`
	List        subscriberListCmd        `cmd:"" help:"List subscribers, or search them."`
	Export      subscriberExportCmd      `cmd:"" help:"Write subscribers to a CSV file that spreadsheets open safely and import reads again."`
	Show        subscriberShowCmd        `cmd:"" help:"What is kept about a subscriber, with the record of consent."`
	Unsubscribe subscriberUnsubscribeCmd `cmd:"" help:"End a subscription on somebody's behalf; letters already in the outbox stay here."`
	Prove       subscriberProveCmd       `cmd:"" help:"The record of consent of one person, as a page to hand to an authority."`
	Erase       subscriberEraseCmd       `cmd:"" help:"Forget a person: nothing remains but a keyed mark, so that no list brings the address back."`
}

// confirmed is how consent got here, for verbs that add people who were asked elsewhere.
type confirmed struct {
	Confirmed bool   `help:"They have agreed already; --consent says to what."`
	Consent   string `help:"The exact words that they agreed to, for the record."`
	Source    string `help:"Where and when they agreed, for the record: \"registration desk, Larissa 2022\"."`
}

func (c confirmed) check() error {
	if c.Confirmed && strings.TrimSpace(c.Consent) == "" {
		return mce.Invalidf("--confirmed needs --consent \"…\": the exact words that they agreed to, for the record")
	}
	return nil
}

type subscriberAddCmd struct {
	confirmed
	Email        string `arg:""`
	Name         string `help:"Name, for the greeting."`
	Organisation string `help:"City or organisation, as they say."`
	Country      string `help:"Country, by its code: IT."`
	Language     string `default:"en" help:"en or it."`
	Topics       string `help:"Topics as events,association-news. Empty: all."`
	Pace         string `enum:"each,monthly" default:"each" help:"each issue, or a monthly digest."`
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
			r, err := a.store.ImportSubscribers(e.ctx, []mce.Subscriber{p}, c.Consent, cmp.Or(c.Source, "command line"), e.clock.Now(), nil)
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
	var fault *mce.FieldError
	if p.Details, fault = mce.CleanDetails(mce.Details{Name: c.Name, Organisation: c.Organisation, Country: c.Country}); fault != nil {
		return p, fault.Err
	}
	p.Pace = mce.ReadingPace(c.Pace)
	if p.Language, err = mce.ParseLang(c.Language); err != nil {
		return p, err
	}
	p.Topics, err = mce.ParseTopics(c.Topics, topics)
	return p, err
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
		belongs, err := a.store.OrganisationsOf(e.ctx, s.Email)
		if err != nil {
			return err
		}
		all := struct {
			subscriberLine
			Belongs  []belonging   `json:"belongs_to"`
			Consents []mce.Consent `json:"consents"`
		}{personLine(s), belongings(belongs), record}
		return c.print(e.out, all, func(t *tabwriter.Writer) {
			row(t, "email", s.Email)
			row(t, "name", s.Name)
			row(t, "organisation, as they say", s.Organisation)
			row(t, "country", s.Country)
			for _, b := range all.Belongs {
				row(t, "belongs to", b.Organisation, "membership: "+string(b.Membership))
			}
			row(t, "language", s.Language)
			row(t, "topics", strings.Join(s.Topics, " "))
			row(t, "pace", s.Pace)
			if !s.PausedUntil.IsZero() {
				row(t, "paused until", moment(s.PausedUntil))
			}
			row(t, "state", s.State, "since "+moment(s.ChangedAt))
			for _, r := range record {
				row(t, r.Action, moment(r.At), r.Source, r.Wording)
			}
		})
	})
}

// belonging is an organisation that the office keeps a person in.
type belonging struct {
	Organisation string         `json:"organisation"`
	Membership   mce.Membership `json:"membership"`
}

func belongings(all []mce.Organisation) []belonging {
	out := make([]belonging, len(all))
	for i, o := range all {
		out[i] = belonging{o.Name, o.Membership}
	}
	return out
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
