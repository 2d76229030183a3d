package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/scheduler"
)

type simulateCmd struct {
	asJSON
	From    string `placeholder:"DAY" help:"First day, or a time such as 2026-11-24T09:00:00+01:00; now if it is not given. In the past everything is taken to have stood as it does now."`
	To      string `placeholder:"DAY" help:"Last day, or a time; four weeks after --from if it is not given."`
	Approve bool   `help:"Take for granted that every issue is approved in time. Otherwise those that an editor must approve are shown as waiting."`
	People  bool   `help:"Name the addresses that each mail goes to."`
	Against string `type:"existingfile" placeholder:"FILE" help:"Print what is otherwise than in a plan that was kept with --json."`
}

// Run prints the plan, or how it differs from another one. The exit status is 0 either way.
func (c *simulateCmd) Run(e *env) error {
	r, err := c.window(e.clock.Now())
	if err != nil {
		return err
	}
	old, err := c.kept(r)
	if err != nil {
		return err
	}
	return e.withLetters(func(a *app) error {
		plan, err := a.plan(e.ctx, r)
		if err != nil {
			return err
		}
		if c.Against == "" {
			return c.print(e.out, plan, func(t *tabwriter.Writer) { writePlan(t, plan) })
		}
		all := plan.Against(old)
		return c.print(e.out, all, func(t *tabwriter.Writer) { writeDifferences(t, all) })
	})
}

// plan looks ahead: the scheduler on a clock and a stage of its own. Nothing is sent and nothing stays.
func (a *app) plan(ctx context.Context, r scheduler.Rehearsal) (plan mce.Plan, err error) {
	err = a.store.Rehearse(ctx, r.Begin(), func(stage *postgres.Store) error {
		r.Stage, r.Letters, r.Domain = stage, a.letters, a.site.Domain()
		plan, err = r.Plan(ctx)
		return err
	})
	return plan, err
}

// planner looks ahead for the desk.
type planner struct{ app *app }

// Plan takes for granted that every issue is approved in time.
func (p planner) Plan(ctx context.Context, from, to time.Time) (mce.Plan, error) {
	return p.app.plan(ctx, scheduler.Rehearsal{Now: from, From: from, To: to, Approve: true})
}

// window is the time that is asked for; a day begins and ends on the machine's own clock.
func (c *simulateCmd) window(now time.Time) (r scheduler.Rehearsal, err error) {
	r = scheduler.Rehearsal{Approve: c.Approve, People: c.People, Now: now, From: now}
	if c.From != "" {
		if r.From, err = parseDay("--from", c.From, 0); err != nil {
			return r, err
		}
	}
	r.To = r.From.AddDate(0, 0, 28)
	if c.To != "" {
		if r.To, err = parseDay("--to", c.To, 1); err != nil {
			return r, err
		}
	}
	if !r.To.After(r.From) {
		return r, mce.Invalidf("--to %s lies before --from %s; give a later day", c.To, r.From.Local().Format("2006-01-02 15:04"))
	}
	return r, nil
}

// parseDay reads a day, and gives its beginning or that of a later one; or a time with its offset, as it is.
func parseDay(flag, s string, later int) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), nil
	}
	t, err := time.ParseInLocation(time.DateOnly, s, time.Local)
	if err != nil {
		return t, mce.Invalidf("%s %q is not a day; write it as 2026-11-24, or as a time with its offset, 2026-11-24T09:00:00+01:00", flag, s)
	}
	return t.AddDate(0, 0, later).UTC(), nil
}

// kept is the plan to compare with, empty where none is asked for.
func (c *simulateCmd) kept(r scheduler.Rehearsal) (plan mce.Plan, err error) {
	if c.Against == "" {
		return plan, nil
	}
	raw, err := os.ReadFile(c.Against)
	if err == nil {
		err = json.Unmarshal(raw, &plan)
	}
	if err != nil || plan.Lines == nil {
		return plan, mce.Invalidf("%s is not a plan; keep one with: mce-mailer simulate --json > plan.json", c.Against)
	}
	if !plan.To.After(r.From) || !r.To.After(plan.From) {
		return plan, mce.Invalidf("%s looks at another time, from %s to %s: there is nothing to compare", c.Against, moment(plan.From), moment(plan.To))
	}
	return plan, nil
}

const planTime = "Mon 2006-01-02 15:04 MST"

func writePlan(t *tabwriter.Writer, plan mce.Plan) {
	row(t, "WHEN", "WHAT", "FATE", "PEOPLE", "LANG", "SUBJECT", "WHY")
	leave, mails := 0, 0
	for _, l := range plan.Lines {
		if l.Fate == mce.Leaves {
			leave, mails = leave+1, mails+l.People
		}
		writePlanned(t, l)
	}
	fmt.Fprintf(t, "\nMails that would leave: %d, to %d recipients. Nothing was sent.\n", leave, mails)
	if !plan.Approved {
		fmt.Fprintln(t, "Issues that an editor must approve wait; with --approve they are taken to be approved in time.")
	}
}

// writePlanned writes a line for each language; the later ones say only what is different.
func writePlanned(t *tabwriter.Writer, l mce.Planned) {
	all := l.Languages()
	if len(all) == 0 {
		row(t, l.At.Format(planTime), l.ID, l.Fate, l.People, "–", l.Subject, l.Why)
	}
	for i, s := range all {
		if i == 0 {
			row(t, l.At.Format(planTime), l.ID, l.Fate, s.People, s.Lang, s.Subject, l.Why)
		} else {
			row(t, "", "", "", s.People, s.Lang, s.Subject, "")
		}
		for _, address := range s.To {
			row(t, "", "", "", "", "", "  "+address, "")
		}
	}
}

func writeDifferences(t *tabwriter.Writer, all []mce.PlanDifference) {
	for _, d := range all {
		switch d.Change {
		case mce.PlanAdded:
			row(t, "+", d.ID, briefly(*d.New))
		case mce.PlanGone:
			row(t, "-", d.ID, briefly(*d.Old))
		default:
			row(t, "~", d.ID, briefly(*d.Old)+" → "+briefly(*d.New), words(d.Fields))
		}
	}
	if len(all) == 0 {
		fmt.Fprintln(t, "The plan is the same.")
	}
}

func briefly(l mce.Planned) string {
	at := mce.InZone(l.At, l.Zone) // a plan that was kept has the hours of the zone, not its name
	return fmt.Sprintf("%s, %s, %d people, %q", at.Format(planTime), l.Fate, l.People, l.Subject)
}

func words(all []mce.PlanChange) string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = string(c)
	}
	return strings.Join(out, ", ")
}
