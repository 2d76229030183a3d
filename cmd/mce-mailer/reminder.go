package main

import (
	"strings"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

type reminderCmd struct {
	List    reminderListCmd    `cmd:"" help:"List the rules: when a reminder is due, and for whom."`
	Explain reminderExplainCmd `cmd:"" help:"Which reminders an address got or will get, and why not the others."`
}

type reminderListCmd struct{ asJSON }

// Run lists rules.
func (c *reminderListCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		rules, err := a.store.ReminderRules(e.ctx)
		if err != nil {
			return err
		}
		return c.print(e.out, rules, func(t *tabwriter.Writer) {
			row(t, "REMINDER", "FOR", "WHEN", "SHOWS")
			for _, r := range rules {
				var shows []string
				for _, s := range r.Show {
					shows = append(shows, string(s))
				}
				row(t, r.Slug, r.Audience(), r.Words(), strings.Join(shows, ", "))
			}
		})
	})
}

type reminderExplainCmd struct {
	asJSON
	Address string `arg:"" help:"Of a registered person or a reader."`
	Event   string `help:"This event only, by its slug."`
}

// Run explains the reminders and invitations of a person.
func (c *reminderExplainCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		all, err := c.outlooks(e, a)
		if err != nil {
			return err
		}
		return c.print(e.out, all, func(t *tabwriter.Writer) {
			row(t, "EVENT", "REMINDER", "STATUS", "DUE", "WHY")
			for _, o := range all {
				due := ""
				if !o.Due.IsZero() {
					due = o.Due.Format("Mon 2006-01-02 15:04 MST")
				}
				row(t, o.Event, o.Rule, o.Status, due, o.Reason)
			}
		})
	})
}

func (c *reminderExplainCmd) outlooks(e *env, a *app) (all []mce.ReminderOutlook, err error) {
	rules, err := a.store.ReminderRules(e.ctx)
	if err != nil {
		return nil, err
	}
	people, fates, err := a.store.RemindersOf(e.ctx, c.Address)
	if err != nil {
		return nil, err
	}
	add := func(o mce.ReminderOutlook, err error) error {
		all = append(all, o)
		return err
	}
	for _, p := range people {
		if c.Event != "" && p.Event != c.Event {
			continue
		}
		event, err := a.store.Event(e.ctx, p.Event)
		if err != nil {
			return nil, err
		}
		for _, r := range rules {
			if r.Audience().OfReaders() {
				continue
			}
			if err := add(r.Outlook(event, p, fates, e.clock.Now())); err != nil {
				return nil, err
			}
		}
	}
	err = c.invitations(e, a, rules, add)
	return all, err
}

// invitations explains those rules that are for readers.
func (c *reminderExplainCmd) invitations(e *env, a *app, rules []mce.ReminderRule, add func(mce.ReminderOutlook, error) error) error {
	prospects, err := a.store.Prospects(e.ctx, c.Address, e.clock.Now())
	if err != nil {
		return err
	}
	for _, p := range prospects {
		for _, r := range rules {
			if !r.Audience().OfReaders() || !r.Concerns(p.Event) || c.Event != "" && p.Event.Slug != c.Event {
				continue
			}
			if err := add(r.Invitation(p, e.clock.Now())); err != nil {
				return err
			}
		}
	}
	return nil
}
