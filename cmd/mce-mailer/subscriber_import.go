package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

type subscriberImportCmd struct {
	asJSON
	confirmed
	File          string            `arg:"" type:"existingfile" help:"CSV in UTF-8 or UTF-16, with commas, semicolons or tabs."`
	Map           map[string]string `mapsep:"none" help:"A column of ours and the header that it has in the file: email='E-Mail-Adresse'; name='First+Last' takes two. May be repeated."`
	IgnoreColumns bool              `help:"Leave columns aside that are not known; otherwise they are refused."`
	SkipInvalid   bool              `help:"Import the good lines and list the bad ones; otherwise one bad line stops the import."`
	DryRun        bool              `help:"Say what the import would do, from the file and the database; write nothing."`
}

// importReport is what an import tells.
type importReport struct {
	mce.ImportResult
	Left      []leftLine      `json:"left"`      // who was not added, and why
	Conflicts []conflictLine  `json:"conflicts"` // where the file tells of known people otherwise than they chose; they stay as they are
	Invalid   []mce.LineFault `json:"invalid"`
	DryRun    bool            `json:"dry_run,omitempty"`
}

// leftLine is a line whose person was not added.
type leftLine struct {
	Line  int    `json:"line"`
	Email string `json:"email"`
	Why   string `json:"why"` // active, pending or unsubscribed: known in that state; suppressed; erased
}

// conflictLine is a field of a line that differs from what the person chose.
type conflictLine struct {
	Line  int    `json:"line"`
	Email string `json:"email"`
	mce.FieldConflict
}

// check refuses an import whose consent is not on record.
func (c *subscriberImportCmd) check() error {
	if !c.Confirmed {
		return mce.Invalidf("an import needs --confirmed and --consent \"…\": only people who have agreed may be imported; the others are to subscribe themselves")
	}
	if err := c.confirmed.check(); err != nil {
		return err
	}
	if strings.TrimSpace(c.Source) == "" {
		return mce.Invalidf("an import needs --source \"…\": where and when they agreed, as \"registration desk, Larissa 2022\", for the record")
	}
	return nil
}

// Run imports subscribers.
func (c *subscriberImportCmd) Run(e *env) error {
	if err := c.check(); err != nil {
		return err
	}
	return e.withKeys(func(a *app) error {
		people, faults, err := c.read(e, a)
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
		result, err := c.write(e, a, people)
		if err != nil {
			return err
		}
		report := importReport{ImportResult: result, Invalid: append([]mce.LineFault{}, faults...), DryRun: c.DryRun} // for scripts: [] rather than null
		report.Left, report.Conflicts = leftAlone(people, result.Left)
		return c.print(e.out, report, report.table)
	})
}

func (c *subscriberImportCmd) read(e *env, a *app) ([]mce.Listed, []mce.LineFault, error) {
	topics, err := a.store.Topics(e.ctx)
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, nil, err
	}
	people, faults, err := mce.ReadSubscribers(f, topics, mce.Columns{Map: c.Map, Ignore: c.IgnoreColumns})
	return people, faults, errors.Join(err, f.Close())
}

func (c *subscriberImportCmd) write(e *env, a *app, listed []mce.Listed) (mce.ImportResult, error) {
	bar := newProgress(e.err, "subscribers", len(listed))
	defer bar.end()
	people := make([]mce.Subscriber, len(listed))
	for i, l := range listed {
		people[i] = l.Subscriber
	}
	if c.DryRun {
		return a.store.TryImport(e.ctx, people, e.clock.Now(), bar.set)
	}
	return a.store.ImportSubscribers(e.ctx, people, c.Consent, c.Source, e.clock.Now(), bar.set)
}

// leftAlone says of those who were not added in which line they stand, and where that line contradicts what they chose.
func leftAlone(people []mce.Listed, left []mce.LeftAlone) ([]leftLine, []conflictLine) {
	lines, conflicts := make([]leftLine, len(left)), []conflictLine{}
	for i, l := range left {
		p := people[l.Index]
		lines[i] = leftLine{p.Line, p.Email, l.Why}
		if l.Why != mce.LeftKnown {
			continue
		}
		lines[i].Why = string(l.Theirs.State)
		for _, f := range p.Conflicts(l.Theirs) {
			conflicts = append(conflicts, conflictLine{p.Line, p.Email, f})
		}
	}
	return lines, conflicts
}

// table prints the report for people: counts, and the conflicts one by one.
func (r importReport) table(t *tabwriter.Writer) {
	unsubscribed := 0
	for _, l := range r.Left {
		if l.Why == string(mce.Unsubscribed) {
			unsubscribed++
		}
	}
	row(t, "imported", r.Added)
	row(t, "known before, left as they are", r.Known)
	row(t, "  of these unsubscribed", unsubscribed)
	row(t, "must not be written to", r.Suppressed)
	row(t, "asked to be forgotten", r.Erased)
	row(t, "bad lines left out", len(r.Invalid))
	row(t, "differ from what is known", len(r.Conflicts))
	for _, c := range r.Conflicts {
		row(t, fmt.Sprintf("  line %d, %s, %s", c.Line, c.Email, c.Field), fmt.Sprintf("theirs: %q", c.Theirs), fmt.Sprintf("file: %q", c.File))
	}
	if r.DryRun {
		row(t, "(nothing was written: dry run)")
	}
}
