package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

type suppressionCmd struct {
	List   suppressionListCmd   `cmd:"" help:"List the addresses that must not be written to, and why."`
	Add    suppressionAddCmd    `cmd:"" help:"Let nothing more go to an address, whatever it is: also what is in the outbox already."`
	Remove suppressionRemoveCmd `cmd:"" help:"Let an address be written to again."`
	Export suppressionExportCmd `cmd:"" help:"Write the list to a CSV file."`
}

type suppressionListCmd struct {
	asJSON
	Search string `help:"What stands somewhere in the address, the reason or the source."`
}

// Run lists suppressions.
func (c *suppressionListCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		all, err := a.store.Suppressions(e.ctx, c.Search)
		if err != nil {
			return err
		}
		return c.print(e.out, all, func(t *tabwriter.Writer) {
			row(t, "EMAIL", "SINCE", "SOURCE", "REASON")
			for _, s := range all {
				row(t, s.Email, moment(s.At), s.Source, s.Reason)
			}
		})
	})
}

type suppressionAddCmd struct {
	Email  string `arg:""`
	Reason string `required:"" help:"Why, for whoever asks in a year."`
}

// Run suppresses an address.
func (c *suppressionAddCmd) Run(e *env) error {
	s, err := mce.NewSuppression(c.Email, c.Reason, "command line", e.clock.Now())
	if err != nil {
		return err
	}
	return e.with(func(a *app) error {
		added, err := a.store.AddSuppression(e.ctx, s)
		if err != nil {
			return err
		}
		if !added {
			return mce.Conflictf("%s is suppressed already; suppression list tells why", s.Email)
		}
		fmt.Fprintf(e.out, "Nothing more goes to %s.\n", s.Email)
		return nil
	})
}

type suppressionRemoveCmd struct {
	Email string `arg:""`
}

// Run ends a suppression.
func (c *suppressionRemoveCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		email := asKept(c.Email)
		if err := a.store.RemoveSuppression(e.ctx, email); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s may be written to again: a subscription that is still there goes on with the next letter, and imports and forms take the address. "+
			"Letters that were left out stay so.\n", email)
		return nil
	})
}

type suppressionExportCmd struct {
	Search string `help:"What stands somewhere in the address, the reason or the source."`
	File   string `arg:"" help:"The file to write; - is the standard output."`
}

// Run writes a line for each.
func (c *suppressionExportCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		return e.writeTable(c.File, []string{"email", "reason", "source", "at"}, func(line func([]string) error) error {
			return a.store.EachSuppression(e.ctx, c.Search, func(s mce.Suppression) error { return line(s.Record()) })
		})
	})
}
