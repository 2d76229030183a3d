// Package preflight examines the very mails that an issue would send, before anybody approves it, and says in words what it does not
// like. Each rule is a small function in the table of rules.go; docs/preflight.md lists them.
package preflight

import (
	"context"
	"fmt"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Store tells what an issue itself does not.
type Store interface {
	// Readerships are who reads the issue: which editions there are, and how many people are concerned by what is missing in a language.
	Readerships(ctx context.Context, d mce.Draft, now time.Time) ([]mce.Readership, error)
	// StaleTexts are the translations whose English has changed since, by the entries of their items, as mce.TextField names them.
	StaleTexts(ctx context.Context, items []mce.ItemRef) (map[mce.ItemRef][]string, error)
}

// Options say what to examine with.
type Options struct {
	Letters mce.Renderer
	// Proof is a letter of an edition as it would leave: Mailer.Proof.
	Proof func(mce.Edition, mce.Letter) ([]byte, error)
	Store Store
	Site  mce.Site
	// ReturnPath is the address that bounces go to, as mailer.Sender has it. Empty: Site.From.
	ReturnPath string
	// Keys are the DNS records of the keys that letters are signed with, by their names. Empty: the relay signs.
	Keys  map[string]string
	Clock mce.Clock
	// Network is how links and the sender's records are looked up; nil: they are not.
	Network *Network
	Spamd   string // host:port of SpamAssassin's daemon; empty: there is none
}

// Examiner examines issues. Make it with New; it is safe for concurrent use.
type Examiner struct{ Options }

// New makes an examiner.
func New(o Options) *Examiner { return &Examiner{o} }

// reader is the made-up person whose letters are examined. Nothing is sent to them; they have the number of nobody, so that the links to leave in
// a mail that SpamAssassin is shown make nobody leave.
func reader(e mce.Edition, at time.Time) mce.Letter {
	return mce.Letter{
		Kind: mce.Newsletter, CreatedAt: at, To: "anna.rossi@example.org", Name: "Anna Rossi", CauseID: e.IssueID,
	}
}

// wholeTime is how long an examination may take, whoever does not answer: somebody waits for it in front of a page, whose server gives up after a minute.
const wholeTime = 50 * time.Second

// Examine looks at all editions of a draft. What it finds is in the report; an error is a fault of ours, or a mail that cannot be made.
func (x *Examiner) Examine(ctx context.Context, d mce.Draft) (mce.Report, error) {
	now := x.Clock.Now()
	readers, err := x.Store.Readerships(ctx, d, now)
	if err != nil {
		return mce.Report{}, fmt.Errorf("who reads the issue: %w", err)
	}
	stale, err := x.Store.StaleTexts(ctx, d.Refs())
	if err != nil {
		return mce.Report{}, fmt.Errorf("which translations are stale: %w", err)
	}
	issue := &issue{draft: d, readers: readers, stale: stale, moment: moment(d, now), options: x.Options}
	for _, part := range d.Parts(readers) {
		m, err := x.mail(part, now)
		if err != nil {
			return mce.Report{}, err
		}
		issue.mails = append(issue.mails, m)
	}
	var found []mce.Finding
	ctx, cancel := context.WithTimeout(ctx, wholeTime)
	defer cancel()
	for _, r := range rules() {
		found = append(found, r.run(ctx, issue)...)
	}
	report := mce.NewReport(found)
	report.Editions, report.Moment, report.At, report.Unexamined = len(issue.mails), issue.moment, now, x.unexamined()
	report.Fingerprint, err = mce.SealOf(d, x.Letters.Look(), time.Time{})
	return report, err
}

// moment is when the issue is planned to leave: its schedule, else its slot, and never in the past.
func moment(d mce.Draft, now time.Time) time.Time {
	at := d.Issue.ScheduledFor
	if at.IsZero() {
		at = d.Issue.Slot.Due
	}
	if at.Before(now) {
		return now
	}
	return at
}

// mail makes and reads the mail of an edition.
func (x *Examiner) mail(part mce.Part, now time.Time) (*message, error) {
	e, err := x.Letters.Newsletter(part.Draft, part.Lang)
	if err != nil {
		return nil, fmt.Errorf("render the %s edition: %w", part.Lang, err)
	}
	e.Topics, e.Domain = part.Topics, x.Site.Domain()
	raw, err := x.Proof(e, reader(e, now))
	if err != nil {
		return nil, fmt.Errorf("make the mail of the %s edition: %w", part.Lang, err)
	}
	return read(raw, part, x.Site)
}

// unexamined says what the options leave out.
func (x *Examiner) unexamined() []string {
	var out []string
	if x.Network == nil {
		out = append(out, "links and the sender's DNS records: the network was not asked")
	}
	if len(x.Keys) == 0 {
		out = append(out, "the signature (DKIM): the relay signs, so it is not on the mail yet")
	}
	if x.Spamd == "" {
		out = append(out, "the spam score: SpamAssassin was not asked (SPAMD_ADDR)")
	}
	return out
}

// issue is what the rules look at.
type issue struct {
	draft   mce.Draft
	readers []mce.Readership
	stale   map[mce.ItemRef][]string // as Store.StaleTexts
	mails   []*message               // of each edition; the first ones are the whole issue in each language
	moment  time.Time                // at which it is planned to leave
	options Options
}

// Network is the outside world as the pre-flight asks it.
type Network struct {
	Resolver Resolver
	Links    LinkOptions
}

// Resolver looks up DNS texts; net.Resolver is one.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
}
