package main

import (
	"encoding/hex"
	"fmt"
	"os/user"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// checking is how an issue is examined.
type checking struct {
	Offline bool `help:"Leave out what asks the network: links, and the sender's DNS records."`
}

// examine looks at an issue as it would leave.
func (c checking) examine(e *env, a *app, id int64) (mce.Report, error) {
	d, err := a.store.Draft(e.ctx, id)
	if err != nil {
		return mce.Report{}, err
	}
	r := askNetwork
	if c.Offline {
		r = askSpamd
	}
	examiner, err := a.newExaminer(e.settings, r)
	if err != nil {
		return mce.Report{}, err
	}
	return examiner.Examine(e.ctx, d)
}

type issueCheckCmd struct {
	issueArg
	checking
}

// checkedIssue is what "issue check" prints.
type checkedIssue struct {
	Issue       int64          `json:"issue"`
	Fingerprint string         `json:"fingerprint"`
	Editions    int            `json:"editions"`
	Blocking    int            `json:"blocking"` // without those that somebody answers for
	Findings    []mce.Finding  `json:"findings"`
	Overrides   []mce.Override `json:"overrides"`
	Unexamined  []string       `json:"unexamined"`
}

// Run examines an issue. The exit status is that of a conflict when something keeps it from being approved.
func (c *issueCheckCmd) Run(e *env) error {
	return e.withLetters(func(a *app) error {
		r, err := c.examine(e, a, c.ID)
		if err != nil {
			return err
		}
		overrides, err := a.store.Overrides(e.ctx, c.ID, r)
		if err != nil {
			return err
		}
		blocking := len(r.Blocking(overrides))
		err = c.print(e.out, checkedIssue{
			Issue: c.ID, Fingerprint: hex.EncodeToString(r.Fingerprint), Editions: r.Editions, Blocking: blocking,
			Findings: listed(r.Findings), Overrides: listed(overrides), Unexamined: listed(r.Unexamined),
		}, func(t *tabwriter.Writer) { printReport(t, r, overrides) })
		if err == nil && blocking > 0 {
			err = exitStatus(4)
		}
		return err
	})
}

// checkMoment examines an issue for a moment: what could go when it was approved may be over by then. Whom links lead to is not asked again.
func (a *app) checkMoment(e *env, d mce.Draft, at time.Time) error {
	if _, err := d.Issue.State.Next(mce.ScheduleIt); err != nil {
		return err
	}
	examiner, err := a.newExaminer(e.settings, askNobody)
	if err != nil {
		return err
	}
	d.Issue.ScheduledFor = at
	r, err := examiner.Examine(e.ctx, d)
	if err != nil {
		return err
	}
	overrides, err := a.store.Overrides(e.ctx, d.Issue.ID, r)
	if err != nil {
		return err
	}
	return r.Clear(overrides)
}

// listed is an empty list rather than null, for scripts.
func listed[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

func printReport(t *tabwriter.Writer, r mce.Report, overrides []mce.Override) {
	for _, f := range r.Findings {
		level := string(f.Level)
		if i := slices.IndexFunc(overrides, func(o mce.Override) bool { return o.Covers(f) }); i >= 0 && f.Level == mce.Blocking {
			level = fmt.Sprintf("overridden by %s (%s)", overrides[i].By, overrides[i].Reason)
		}
		row(t, level, f.Rule, f.Where, f.Lang, f.Words)
	}
	if len(r.Findings) == 0 {
		row(t, "Nothing was found.")
	}
	for _, words := range r.Unexamined {
		row(t, "not looked at: "+words)
	}
	row(t, fmt.Sprintf("%d editions, to leave on %s", r.Editions, moment(r.Moment)))
}

type issueApproveCmd struct {
	issueArg
	checking
	By       string   `help:"Who approves. Empty: the user of this machine."`
	Override []string `placeholder:"RULE" help:"Approve although this rule of the check blocks, as weekday; may be given several times."`
	Reason   string   `help:"Why it may be overridden, for the record."`
}

// Run examines an issue and approves it, unless something blocks it that nobody answers for.
func (c *issueApproveCmd) Run(e *env) error {
	if c.By == "" {
		if u, err := user.Current(); err == nil {
			c.By = u.Username
		}
	}
	return e.withLetters(func(a *app) error {
		issue, err := a.store.Issue(e.ctx, c.ID)
		if err != nil {
			return err
		}
		if _, err := issue.State.Next(mce.Approve); err != nil { // said at once, without looking at all the links
			return err
		}
		r, err := c.examine(e, a, c.ID)
		if err != nil {
			return err
		}
		overrides, err := r.Override(c.Override, c.By, c.Reason)
		if err != nil {
			return err
		}
		i, err := a.store.ApproveExamined(e.acting(), c.ID, c.By, a.letters.Look(), r, overrides)
		if err != nil {
			return err
		}
		if n := len(r.Findings); n > 0 {
			fmt.Fprintf(e.err, "The check has something to say (%d); mce-mailer issue check %d shows it.\n", n, c.ID)
		}
		return c.printIssue(e, i)
	})
}
