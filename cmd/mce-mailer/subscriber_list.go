package main

import (
	"strings"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

// subscriberFilter is embedded in verbs that are about a part of the subscribers.
type subscriberFilter struct {
	Search     string   `help:"What stands somewhere in the address, the name or the organisation."`
	Topic      []string `help:"Who chose one of these topics."`
	Language   []string `help:"Who reads in one of these languages."`
	Country    []string `help:"Who told one of these countries, by code."`
	Membership []string `enum:"none,member,sponsor" help:"Who belongs to an organisation with one of these memberships."`
	Event      []string `help:"Who is registered for one of these events."`
	Limit      int      `help:"At most so many; 0 is all."`
}

// query checks the filter: a slip would find nobody.
func (f subscriberFilter) query(e *env, a *app, state string) (mce.SubscriberQuery, error) {
	q := mce.SubscriberQuery{State: mce.SubscriberState(state), Search: f.Search, Limit: f.Limit, Segment: mce.Segment{Topics: f.Topic, Events: f.Event}}
	if f.Limit < 0 {
		return q, mce.Invalidf("--limit must not be below 0")
	}
	for _, l := range f.Language {
		q.Segment.Languages = append(q.Segment.Languages, mce.Lang(strings.ToLower(l)))
	}
	for _, c := range f.Country {
		q.Segment.Countries = append(q.Segment.Countries, strings.ToUpper(c))
	}
	for _, m := range f.Membership {
		q.Segment.Membership = append(q.Segment.Membership, mce.Membership(m))
	}
	if err := q.Segment.Check(); err != nil {
		return q, err
	}
	topics, err := a.store.Topics(e.ctx)
	if err == nil {
		_, err = mce.ParseTopics(strings.Join(f.Topic, ","), topics)
	}
	for _, slug := range f.Event {
		if err == nil {
			_, err = a.store.Event(e.ctx, slug)
		}
	}
	return q, err
}

type subscriberListCmd struct {
	asJSON
	subscriberFilter
	State string `enum:",pending,active,unsubscribed" default:"" help:"Only in this state: pending, active or unsubscribed."`
}

// subscriberLine is a subscriber as it is printed.
type subscriberLine struct {
	ID           int64           `json:"id"`
	Email        string          `json:"email"`
	Name         string          `json:"name"`
	Organisation string          `json:"organisation"`
	Country      string          `json:"country"`
	Language     mce.Lang        `json:"language"`
	Topics       []string        `json:"topics"`
	Pace         mce.ReadingPace `json:"pace"`
	State        string          `json:"state"`
}

func personLine(s mce.Subscriber) subscriberLine {
	return subscriberLine{s.ID, s.Email, s.Name, s.Organisation, s.Country, s.Language, s.Topics, s.Pace, string(s.State)}
}

// Run lists subscribers.
func (c *subscriberListCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		q, err := c.query(e, a, c.State)
		if err != nil {
			return err
		}
		all, err := a.store.Subscribers(e.ctx, q)
		if err != nil {
			return err
		}
		lines := make([]subscriberLine, len(all))
		for i, s := range all {
			lines[i] = personLine(s)
		}
		return c.print(e.out, lines, func(t *tabwriter.Writer) {
			row(t, "EMAIL", "NAME", "LANGUAGE", "STATE", "TOPICS", "PACE", "COUNTRY", "ORGANISATION")
			for _, l := range lines {
				row(t, l.Email, l.Name, l.Language, l.State, strings.Join(l.Topics, " "), l.Pace, l.Country, l.Organisation)
			}
		})
	})
}

type subscriberExportCmd struct {
	subscriberFilter
	State string `enum:"all,pending,active,unsubscribed" default:"active" help:"Only in this state: active, pending, unsubscribed, or all. An import reads in the active ones alone."`
	File  string `arg:"" help:"The file to write; - is the standard output."`
}

// Run writes a line for each, as they come from the database.
func (c *subscriberExportCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		q, err := c.query(e, a, strings.TrimPrefix(c.State, "all"))
		if err != nil {
			return err
		}
		return e.writeTable(c.File, mce.SubscriberColumns(), func(line func([]string) error) error {
			return a.store.EachSubscriber(e.ctx, q, func(s mce.Subscriber) error { return line(s.Record()) })
		})
	})
}
