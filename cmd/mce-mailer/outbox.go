package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

type outboxCmd struct {
	Status    outboxStatusCmd    `cmd:"" help:"How many letters are on their way, and how many are in doubt."`
	Uncertain outboxUncertainCmd `cmd:"" help:"The newsletter letters in doubt: the server's answer was lost."`
	Resolve   outboxResolveCmd   `cmd:"" help:"Decide about an issue's letters in doubt."`
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
			row(t, "ISSUE", "LETTER", "EMAIL", "WHY")
			for _, l := range all {
				row(t, l.IssueID, l.ID, l.Email, l.Detail)
			}
		})
	})
}

type outboxResolveCmd struct {
	Issue  int64 `arg:"" help:"Id of the issue."`
	Resend bool  `xor:"how" help:"Send them again: who has one may get it twice."`
	Leave  bool  `xor:"how" help:"Leave them: who has none gets none."`
}

// Run resolves doubt.
func (c *outboxResolveCmd) Run(e *env) error {
	if !c.Resend && !c.Leave {
		return mce.Invalidf("say --resend (who has one may get it twice) or --leave (who has none gets none)")
	}
	return e.with(func(a *app) error {
		n, err := a.store.Resolve(e.ctx, c.Issue, c.Resend, e.clock.Now())
		if err != nil {
			return err
		}
		words := map[bool]string{true: "are sent again", false: "are left as they are"}[c.Resend]
		fmt.Fprintf(e.out, "%d letters of issue %d %s.\n", n, c.Issue, words)
		return nil
	})
}
