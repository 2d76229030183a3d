package main

import (
	"fmt"
	"os/user"
	"text/tabwriter"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

type issueCmd struct {
	List       issueListCmd       `cmd:"" help:"List the issues, the latest first."`
	Assemble   issueAssembleCmd   `cmd:"" help:"Assemble an issue of a series now, without waiting for its slot."`
	Explain    issueExplainCmd    `cmd:"" help:"One line for each item: in, held or dropped, and why."`
	Show       issueShowCmd       `cmd:"" help:"What an issue is and says."`
	Preview    issuePreviewCmd    `cmd:"" help:"The mail as it would leave, in a language and for a reader's topics."`
	Subject    issueSubjectCmd    `cmd:"" help:"Give an issue a subject of your own; without one it proposes its first titles."`
	Submit     issueSubmitCmd     `cmd:"" help:"Put an assembled issue before the editors."`
	Approve    issueApproveCmd    `cmd:"" help:"Approve what an issue says; a later edit voids it."`
	Schedule   issueScheduleCmd   `cmd:"" help:"Set when an approved issue goes out."`
	Unschedule issueUnscheduleCmd `cmd:"" help:"Take the moment back from a scheduled issue, to choose another; it stays approved."`
	Pause      issuePauseCmd      `cmd:"" help:"Stop an issue that is being sent."`
	Resume     issueResumeCmd     `cmd:"" help:"Go on with a paused issue."`
	Cancel     issueCancelCmd     `cmd:"" help:"End an issue for good. Before it was sent its items may run in the next one; then letters that have not left stay here."`
	Status     issueStatusCmd     `cmd:"" help:"How far an issue is: its letters by outcome."`
}

// issueArg names an issue by the number that "issue list" shows first.
type issueArg struct {
	asJSON
	ID int64 `arg:"" name:"issue" help:"Its id, the first column of issue list."`
}

// issueLine is an issue as it is printed.
type issueLine struct {
	ID           int64      `json:"id"`
	Series       string     `json:"series"`
	Number       int        `json:"number,omitempty"`
	Slot         string     `json:"slot"`
	State        string     `json:"state"`
	Subject      mce.Text   `json:"subject,omitempty"`
	Reason       string     `json:"reason,omitempty"`
	ApprovedBy   string     `json:"approved_by,omitempty"`
	ScheduledFor *time.Time `json:"scheduled_for,omitempty"`
}

func lineOf(i mce.Issue) issueLine {
	l := issueLine{
		ID: i.ID, Series: i.Series, Number: i.Number, Slot: i.Slot.Wall, State: i.State.Words(), Subject: i.Subject, Reason: i.Reason,
		ApprovedBy: i.ApprovedBy,
	}
	if !i.ScheduledFor.IsZero() {
		l.ScheduledFor = &i.ScheduledFor
	}
	return l
}

// printIssue is the answer of every verb that does something to an issue.
func (o asJSON) printIssue(e *env, i mce.Issue) error {
	return o.print(e.out, lineOf(i), func(t *tabwriter.Writer) {
		row(t, "issue", i.ID, fmt.Sprintf("%s no. %d, slot %s", i.Series, i.Number, i.Slot.Wall))
		row(t, "state", i.State.Words())
		if i.Subject[mce.English] != "" {
			row(t, "subject", i.Subject[mce.English])
		}
		if i.Reason != "" {
			row(t, "why", i.Reason)
		}
		if i.ApprovedBy != "" {
			row(t, "approved", "by "+i.ApprovedBy)
		}
		if !i.ScheduledFor.IsZero() {
			words := "goes out"
			if !i.StartedAt.IsZero() {
				words = "went out"
			}
			row(t, words, moment(i.ScheduledFor))
		}
	})
}

type issueListCmd struct {
	asJSON
	Series string `help:"Only of this series."`
}

// Run lists issues.
func (c *issueListCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		all, err := a.store.Issues(e.ctx, c.Series)
		if err != nil {
			return err
		}
		lines := make([]issueLine, len(all))
		for i, x := range all {
			lines[i] = lineOf(x)
		}
		return c.print(e.out, lines, func(t *tabwriter.Writer) {
			row(t, "ISSUE", "SERIES", "NO.", "SLOT", "STATE", "SUBJECT / WHY")
			for _, l := range lines {
				words := l.Subject[mce.English]
				if words == "" || l.Reason != "" {
					words = l.Reason
				}
				row(t, l.ID, l.Series, l.Number, l.Slot, l.State, words)
			}
		})
	})
}

type issueAssembleCmd struct {
	asJSON
	Series string `arg:"" help:"Slug of the series."`
}

// Run assembles an issue whose slot is this minute of the series' wall clock.
func (c *issueAssembleCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		s, err := a.store.Series(e.ctx, c.Series)
		if err != nil {
			return err
		}
		now := e.clock.Now()
		slot := mce.Slot{Wall: mce.InZone(now, s.TimeZone).Format("2006-01-02 15:04"), Due: now}
		issue, made, err := a.store.Assemble(e.ctx, s, slot, false, now)
		if err != nil {
			return err
		}
		if !made {
			return mce.Conflictf("series %s has an issue of this very minute already; issue list shows it", c.Series)
		}
		return c.printIssue(e, issue)
	})
}

type issueExplainCmd struct{ issueArg }

// Run explains the assembly.
func (c *issueExplainCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		lines, err := a.store.Explain(e.ctx, c.ID)
		if err != nil {
			return err
		}
		return c.print(e.out, lines, func(t *tabwriter.Writer) {
			for _, l := range lines {
				row(t, l.Verdict, l.Kind, l.Slug, l.Reason)
			}
		})
	})
}

type issueShowCmd struct{ issueArg }

// Run shows an issue with its items.
func (c *issueShowCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		d, err := a.store.Draft(e.ctx, c.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return c.print(e.out, struct {
				issueLine
				Items []mce.Item `json:"items"`
			}{lineOf(d.Issue), d.Items}, nil)
		}
		if err := c.printIssue(e, d.Issue); err != nil {
			return err
		}
		fmt.Fprintln(e.out)
		return c.print(e.out, nil, func(t *tabwriter.Writer) {
			for _, it := range d.Items {
				row(t, it.Section, it.Kind, it.Title()[mce.English])
			}
		})
	})
}

type issueSubjectCmd struct {
	issueArg
	English string `arg:"" optional:"" help:"The subject in English. Empty: back to the proposal."`
	Italian string `help:"The subject in Italian; else the English one is used."`
}

// Run sets the subject.
func (c *issueSubjectCmd) Run(e *env) error {
	subject := mce.Text{}
	for lang, words := range map[mce.Lang]string{mce.English: c.English, "it": c.Italian} {
		if words != "" {
			subject[lang] = words
		}
	}
	if len(subject) > 0 && c.English == "" {
		return mce.Invalidf("the English subject is missing: it is what every other language falls back to")
	}
	return e.with(func(a *app) error {
		i, err := a.store.SetSubject(e.acting(), c.ID, subject)
		if err != nil {
			return err
		}
		return c.printIssue(e, i)
	})
}

type issueSubmitCmd struct{ issueArg }

// Run submits an issue.
func (c *issueSubmitCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		i, err := a.store.Submit(e.acting(), c.ID)
		if err != nil {
			return err
		}
		return c.printIssue(e, i)
	})
}

type issueApproveCmd struct {
	issueArg
	By string `help:"Who approves. Empty: the user of this machine."`
}

// Run approves an issue.
func (c *issueApproveCmd) Run(e *env) error {
	if c.By == "" {
		if u, err := user.Current(); err == nil {
			c.By = u.Username
		}
	}
	return e.withLetters(func(a *app) error {
		i, err := a.store.Approve(e.acting(), c.ID, c.By, a.letters.Look())
		if err != nil {
			return err
		}
		return c.printIssue(e, i)
	})
}

type issueScheduleCmd struct {
	issueArg
	At string `required:"" help:"now, or a time: 2026-11-24T09:00:00+01:00, or \"2026-11-24 09:00\" on the wall clock of the series."`
}

// Run schedules an issue; the daemon sends it.
func (c *issueScheduleCmd) Run(e *env) error {
	return e.withLetters(func(a *app) error {
		d, err := a.store.Draft(e.ctx, c.ID)
		if err != nil {
			return err
		}
		at, err := parseMoment(c.At, d.Series.TimeZone, e.clock.Now())
		if err != nil {
			return err
		}
		i, err := a.store.Schedule(e.acting(), c.ID, at, a.letters.Look())
		if err != nil {
			return err
		}
		return c.printIssue(e, i)
	})
}

// parseMoment reads "now", a time with its offset, or a wall-clock time of the zone; one that has passed is refused.
func parseMoment(s, zone string, now time.Time) (time.Time, error) {
	if s == "now" {
		return now, nil
	}
	t, err := mce.ParseMoment(s, mce.InZone(now, zone).Location())
	if err != nil {
		return t, mce.Invalidf("--at %q is not understood: use now, 2026-11-24T09:00:00+01:00, or \"2026-11-24 09:00\" (%s); %s", s, zone, mce.ErrorMessage(err))
	}
	if t.Before(now) {
		return t, mce.Invalidf("--at %s has passed; use now, or a time to come", s)
	}
	return t, nil
}

type issueUnscheduleCmd struct{ issueArg }

// Run takes a moment back.
func (c *issueUnscheduleCmd) Run(e *env) error {
	return e.withLetters(func(a *app) error {
		i, err := a.store.Unschedule(e.acting(), c.ID, a.letters.Look())
		if err != nil {
			return err
		}
		return c.printIssue(e, i)
	})
}

type issuePauseCmd struct{ issueArg }

// Run pauses an issue.
func (c *issuePauseCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		i, err := a.store.Pause(e.acting(), c.ID)
		if err != nil {
			return err
		}
		return c.printIssue(e, i)
	})
}

type issueResumeCmd struct{ issueArg }

// Run resumes an issue.
func (c *issueResumeCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		i, err := a.store.Resume(e.acting(), c.ID)
		if err != nil {
			return err
		}
		return c.printIssue(e, i)
	})
}

type issueCancelCmd struct {
	issueArg
	Reason string `help:"Why, for the record." default:"cancelled from the command line"`
}

// Run cancels an issue.
func (c *issueCancelCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		i, err := a.store.Cancel(e.acting(), c.ID, c.Reason, e.clock.Now())
		if err != nil {
			return err
		}
		return c.printIssue(e, i)
	})
}
