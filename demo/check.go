package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/demo/inbox"
	"github.com/majorcities/mce-mailer/mce"
)

// arrival is how long a step's mails may take.
const arrival = 30 * time.Second

// Check plays the story without waiting for anybody and writes what it saw of each step. It fails unless exactly the expected mails
// arrived, each once, and none other.
func (p *Player) Check(ctx context.Context, w io.Writer) error {
	seen := 0
	var faults []error
	for _, s := range Story() {
		p.Clock.Jump(s.When)
		fmt.Fprintf(w, "\n%s  %s\n", local(p.Clock.Now()), s.Title)
		if err := p.act(ctx, s); err != nil {
			return fmt.Errorf("step %s: %w", s.Slug, err)
		}
		n, err := p.compare(ctx, w, s, seen)
		if err != nil {
			fmt.Fprintf(w, "  ✗ %s\n", err)
			faults = append(faults, fmt.Errorf("step %s: %w", s.Slug, err))
		}
		seen += n
		if err := p.tellIssue(ctx, w); err != nil {
			return err
		}
	}
	if err := p.quiet(ctx, seen); err != nil {
		faults = append(faults, err)
	}
	if len(faults) == 0 {
		fmt.Fprintf(w, "\n%d mails arrived, each once; nobody who had left got one.\n", seen)
	}
	return errors.Join(faults...)
}

// compare waits for the mails of a step and compares them with those expected; n is how many new ones there are.
func (p *Player) compare(ctx context.Context, w io.Writer, s Step, before int) (n int, err error) {
	var want []string
	if s.Mails != nil {
		if want, err = s.Mails(ctx, p.Office); err != nil {
			return 0, err
		}
	}
	wait, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	if err := p.Inbox.Wait(wait, func(all []inbox.Mail) bool { return len(all) >= before+len(want) }); err != nil {
		return len(p.Inbox.Mails()) - before, fmt.Errorf("%d of %d mails arrived in time", len(p.Inbox.Mails())-before, len(want))
	}
	all := p.Inbox.Mails()
	fresh := all[:len(all)-before]
	var got []string
	for _, m := range fresh {
		got = append(got, m.To[0])
		if len(s.Subject) > 0 && !slices.ContainsFunc(s.Subject, func(word string) bool { return strings.Contains(m.Subject, word) }) {
			err = errors.Join(err, fmt.Errorf("unexpected subject %q to %s", m.Subject, m.To[0]))
		}
		fmt.Fprintf(w, "  %s  %-34s %s\n", local(m.Date), m.To[0], m.Subject)
	}
	return len(fresh), errors.Join(err, difference(want, got))
}

// difference says who should have got a mail and did not, or got one too many.
func difference(want, got []string) error {
	count := map[string]int{}
	for _, a := range want {
		count[mce.AddressKey(a)]++
	}
	for _, a := range got {
		count[mce.AddressKey(a)]--
	}
	var faults []error
	for address, n := range count {
		if n > 0 {
			faults = append(faults, fmt.Errorf("%s got no mail", address))
		} else if n < 0 {
			faults = append(faults, fmt.Errorf("%s got %d mails too many", address, -n))
		}
	}
	return errors.Join(faults...)
}

// tellIssue says where the latest issue stands.
func (p *Player) tellIssue(ctx context.Context, w io.Writer) error {
	issues, err := p.Office.Issues(ctx)
	if err != nil || len(issues) == 0 {
		return err
	}
	i := issues[0]
	words := i.State.Words()
	if i.Reason != "" {
		words += " (" + i.Reason + ")"
	}
	fmt.Fprintf(w, "  issue of %s: %s\n", i.Slot.Wall, words)
	return nil
}

// quiet goes on to the end of the story: nothing more may arrive, and what was to be sent is sent.
func (p *Player) quiet(ctx context.Context, seen int) error {
	p.Clock.Jump(End())
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if err := p.Tick(ctx); err != nil {
			return err
		}
		states, err := p.states(ctx)
		if err != nil {
			return err
		}
		if states[mce.Sent] == 2 && states[mce.Skipped] == 1 && len(states) == 2 {
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("expected two issues sent and one skipped, found %v", states)
		case <-tick.C:
		}
	}
	if n := len(p.Inbox.Mails()); n != seen {
		return fmt.Errorf("%d more mails arrived than were expected", n-seen)
	}
	return nil
}

func (p *Player) states(ctx context.Context) (map[mce.IssueState]int, error) {
	issues, err := p.Office.Issues(ctx)
	states := map[mce.IssueState]int{}
	for _, i := range issues {
		states[i.State]++
	}
	return states, err
}

func local(t time.Time) string { return mce.InZone(t, storyZone).Format("Mon 2 Jan 15:04 MST") }
