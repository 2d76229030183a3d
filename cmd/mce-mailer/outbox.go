package main

import (
	"cmp"
	"fmt"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

type outboxCmd struct {
	Status    outboxStatusCmd    `cmd:"" help:"How many letters are on their way, and how many are in doubt."`
	Uncertain outboxUncertainCmd `cmd:"" help:"The letters of newsletters and invitations in doubt: the server's answer was lost."`
	Resolve   outboxResolveCmd   `cmd:"" help:"Decide about the letters in doubt of an issue, or of the invitations to an event."`
}

type outboxStatusCmd struct{ asJSON }

// Run counts.
func (c *outboxStatusCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		st, err := a.store.OutboxStatus(e.ctx, e.clock.Now())
		if err != nil {
			return err
		}
		return c.print(e.out, st, func(t *tabwriter.Writer) {
			row(t, "portions of newsletters to go", st.Runs)
			row(t, "single letters and retries due", st.Due)
			row(t, "due later", st.Later)
			row(t, "in doubt, waiting for a decision", st.Uncertain)
			if st.NextDue != nil {
				row(t, "next one due", moment(*st.NextDue))
			}
			for _, l := range st.Limits {
				row(t, "limit of "+l.Name, fmt.Sprintf("%d letters today, %d sessions, the next letter may go %s", l.Today, l.Sessions, moment(l.FreeAt)))
			}
		})
	})
}

type outboxUncertainCmd struct {
	asJSON
	Issue int64 `help:"Only of this issue."`
}

// Run lists letters in doubt.
func (c *outboxUncertainCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		all, err := a.store.UncertainLetters(e.ctx, c.Issue)
		if err != nil {
			return err
		}
		return c.print(e.out, all, func(t *tabwriter.Writer) {
			row(t, "OF", "LETTER", "EMAIL", "WHY")
			for _, l := range all {
				row(t, cmp.Or(l.Event, fmt.Sprintf("issue %d", l.IssueID)), l.ID, l.Email, l.Detail)
			}
		})
	})
}

type outboxResolveCmd struct {
	Issue  int64  `arg:"" optional:"" xor:"of" help:"Id of the issue."`
	Event  string `xor:"of" help:"Slug of the event whose invitations it is about, instead of an issue."`
	Resend bool   `xor:"how" help:"Send them again: who has one may get it twice."`
	Leave  bool   `xor:"how" help:"Leave them: who has none gets none."`
}

// Run resolves doubt.
func (c *outboxResolveCmd) Run(e *env) error {
	if !c.Resend && !c.Leave {
		return mce.Invalidf("say --resend (who has one may get it twice) or --leave (who has none gets none)")
	}
	if c.Issue == 0 && c.Event == "" {
		return mce.Invalidf("name the issue by its id, or an event with --event")
	}
	return e.with(func(a *app) error {
		words := map[bool]string{true: "are sent again", false: "are left as they are"}[c.Resend]
		if c.Event != "" {
			n, err := a.store.ResolveInvitations(e.ctx, c.Event, c.Resend, e.clock.Now())
			if err == nil {
				fmt.Fprintf(e.out, "%d invitations to %s %s.\n", n, c.Event, words)
			}
			return err
		}
		n, err := a.store.Resolve(e.ctx, c.Issue, c.Resend, e.clock.Now())
		if err == nil {
			fmt.Fprintf(e.out, "%d letters of issue %d %s.\n", n, c.Issue, words)
		}
		return err
	})
}
