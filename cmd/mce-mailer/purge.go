package main

import (
	"errors"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

type purgeCmd struct {
	asJSON
	DryRun bool `help:"Remove nothing; show what would be removed, and what would stay and why."`
}

// Run removes what has been kept for its time.
func (c *purgeCmd) Run(e *env) error {
	return e.withKeys(func(a *app) error {
		purge, done := a.store.Purge, "removed"
		if c.DryRun {
			purge, done = a.store.WouldPurge, "would be removed"
		}
		p, err := purge(e.ctx, e.settings.keep(), e.clock.Now())
		if err != nil && p.None() && len(p.Kept) == 0 {
			return err
		}
		return errors.Join(err, c.print(e.out, p, func(t *tabwriter.Writer) { purgedRows(t, p, done) }))
	})
}

func purgedRows(t *tabwriter.Writer, p mce.Purged, done string) {
	if p.None() && len(p.Kept) == 0 {
		row(t, "nothing has been kept for longer than it should")
	}
	for _, m := range p.Removed {
		row(t, "letters of "+m.Month, m.Letters, done)
	}
	if len(p.Removed) > 0 {
		row(t, "editions that none needs", p.Editions, done)
	}
	for _, k := range p.Kept {
		row(t, "letters of "+k.Month, "", "kept: "+k.Reason)
	}
	for _, r := range []struct {
		what  string
		count int
	}{
		{"people who did not confirm", p.Unconfirmed}, {"people who left", p.Unsubscribed}, {"delegates of past events", p.Delegates},
		{"who booked for past events", p.Bookers}, {"who was invited to past events", p.Invitations},
		{"new addresses, not confirmed", p.Moves}, {"wishes that could not be granted", p.Wishes}, {"unanswered questions to people who had left", p.Lapsed},
	} {
		if r.count > 0 {
			row(t, r.what, r.count, done)
		}
	}
}
