package main

import "text/tabwriter"

type outboxCmd struct {
	Status outboxStatusCmd `cmd:"" help:"How many letters are on their way, and how many are in doubt."`
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
		})
	})
}
