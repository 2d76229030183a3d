package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

type issuePreviewCmd struct {
	issueArg
	Lang   string `default:"en" help:"Language of the edition."`
	Topics string `help:"Topics of the reader, as events,association-news. Empty: all."`
	Format string `enum:"text,html" default:"text" help:"text or html."`
}

// Run renders what would leave, with a made-up reader.
func (c *issuePreviewCmd) Run(e *env) error {
	lang, err := mce.ParseLang(c.Lang)
	if err != nil {
		return err
	}
	return e.withLetters(func(a *app) error {
		d, err := a.store.Draft(e.ctx, c.ID)
		if err != nil {
			return err
		}
		known, err := a.store.Topics(e.ctx)
		if err != nil {
			return err
		}
		topics, err := mce.ParseTopics(c.Topics, known)
		if err != nil {
			return err
		}
		part := d.For(topics)
		if len(part.Items) == 0 {
			return mce.NotFoundf("nothing in this issue is about these topics: such a reader gets no letter")
		}
		edition, err := a.preview(part, lang)
		if err != nil {
			return err
		}
		if c.JSON {
			return c.print(e.out, map[string]string{"subject": edition.Subject, "html": edition.HTML, "text": edition.Text}, nil)
		}
		if c.Format == "html" {
			fmt.Fprintln(e.out, edition.HTML)
			return nil
		}
		fmt.Fprintf(e.out, "Subject: %s\n\n%s\n", edition.Subject, edition.Text)
		return nil
	})
}

type issueStatusCmd struct {
	issueArg
	Watch bool `help:"Stay until the issue is sent, cancelled or paused."`
}

// issueStatus is what "issue status" tells.
type issueStatus struct {
	issueLine
	Letters map[mce.Outcome]int `json:"letters"`
}

// Run shows the progress of an issue, once or until its end.
func (c *issueStatusCmd) Run(e *env) error {
	return e.with(func(a *app) error {
		var bar *progress
		for {
			issue, err := a.store.Issue(e.ctx, c.ID)
			if err != nil {
				return err
			}
			letters, err := a.store.IssueProgress(e.ctx, c.ID)
			if err != nil {
				return err
			}
			moving := issue.State == mce.Scheduled || issue.State == mce.Sending
			if !c.Watch || !moving {
				if bar != nil {
					bar.set(bar.total - letters[mce.Waiting])
					bar.end()
				}
				return c.printStatus(e, issue, letters)
			}
			if total := sum(letters); bar == nil && total > 0 {
				bar = newProgress(e.err, "letters", total)
			}
			if bar != nil {
				bar.set(bar.total - letters[mce.Waiting])
			}
			select {
			case <-e.ctx.Done():
				return e.ctx.Err()
			case <-time.After(time.Second):
			}
		}
	})
}

func (c *issueStatusCmd) printStatus(e *env, issue mce.Issue, letters map[mce.Outcome]int) error {
	if c.JSON {
		return c.print(e.out, issueStatus{lineOf(issue), letters}, nil)
	}
	if err := c.printIssue(e, issue); err != nil {
		return err
	}
	return c.print(e.out, nil, func(t *tabwriter.Writer) {
		row(t, "letters", sum(letters))
		for _, o := range []mce.Outcome{mce.Waiting, mce.Delivered, mce.Deferred, mce.Refused, mce.Expired, mce.Uncertain, mce.LeftOut, mce.Failed} {
			if letters[o] > 0 {
				row(t, "  "+string(o), letters[o])
			}
		}
	})
}

func sum(letters map[mce.Outcome]int) int {
	total := 0
	for _, n := range letters {
		total += n
	}
	return total
}
