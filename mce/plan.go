package mce

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Plan is what would leave between two moments if nobody did anything meanwhile: no edit, no registration, no subscription.
type Plan struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"` // the first moment that is not in it
	// Approved: it takes for granted that every issue is approved in time. Otherwise those that an editor must approve wait.
	Approved bool      `json:"approved"`
	Lines    []Planned `json:"lines"` // in order of time
}

// Fate is what becomes of a planned mail.
type Fate string

// The fates.
const (
	Leaves  Fate = "leaves"
	Waits   Fate = "waits"   // for an editor
	Skips   Fate = "skipped" // there is no issue for the slot
	Drops   Fate = "dropped" // its latest useful moment has passed
	Nowhere Fate = "nobody"  // it is due, and there is nobody to get it
)

// Planned is one line of a plan: what one cause brings about at one moment.
type Planned struct {
	// ID names the same mail in another plan: "newsletter#12", "prato-2023/ten-days", "prato-2023/change".
	ID     string     `json:"id"`
	At     time.Time  `json:"at"`   // on the wall clock of Zone
	Zone   string     `json:"zone"` // the venue's for events, the series' for issues
	Kind   LetterKind `json:"kind"`
	Fate   Fate       `json:"fate"`
	Series string     `json:"series,omitempty"`
	Number int        `json:"number,omitempty"` // of the issue
	Event  string     `json:"event,omitempty"`
	Rule   string     `json:"rule,omitempty"` // of the reminder
	// Subject is the English one; of a mail that does not leave, the one that it would have.
	Subject string `json:"subject,omitempty"`
	// People is how many get it; of a dropped one, how many go without.
	People int     `json:"people"`
	Shares []Share `json:"editions,omitempty"`
	// Untranslated is how many pieces of it have no words in a language that somebody gets it in: they stand in English there.
	Untranslated map[Lang]int `json:"untranslated,omitempty"`
	Why          string       `json:"why"`
	// IssueID is the issue's; one that the plan assembled itself has one that nobody else knows.
	IssueID int64 `json:"-"`
	// Asks: an editor must approve it before.
	Asks bool `json:"-"`
}

// Share is who gets the same edition of a mail.
type Share struct {
	Lang    Lang     `json:"language"`
	Topics  []string `json:"topics,omitempty"` // newsletter only
	Subject string   `json:"subject"`
	People  int      `json:"people"`
	To      []string `json:"to,omitempty"` // where a plan names people
}

// Departure is a share of the letters that left at one moment, with what they were about.
type Departure struct {
	Kind  LetterKind
	Event string // slug; empty for a newsletter
	Zone  string // the event's
	Share
}

// Add notes a line. A second one with the name of another gets a name of its own.
func (p *Plan) Add(l Planned) {
	name := l.ID
	for n := 2; slices.ContainsFunc(p.Lines, func(o Planned) bool { return o.ID == l.ID }); n++ {
		l.ID = fmt.Sprintf("%s~%d", name, n)
	}
	l.At = InZone(l.At, l.Zone)
	for _, s := range l.Shares {
		l.People += s.People
		if l.Subject == "" || s.Lang == English {
			l.Subject = s.Subject
		}
	}
	p.Lines = append(p.Lines, l)
}

// Begin leaves out what is before from, and puts the lines in order of time; those of one moment by their names.
func (p *Plan) Begin(from time.Time) {
	p.Lines = slices.DeleteFunc(p.Lines, func(l Planned) bool { return l.At.Before(from) })
	slices.SortStableFunc(p.Lines, func(a, b Planned) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
}

// Languages adds up the shares of a line that differ in their topics alone.
func (l Planned) Languages() []Share {
	var out []Share
	for _, s := range l.Shares {
		i := slices.IndexFunc(out, func(o Share) bool { return o.Lang == s.Lang && o.Subject == s.Subject })
		if i < 0 {
			out = append(out, Share{Lang: s.Lang, Subject: s.Subject})
			i = len(out) - 1
		}
		out[i].People += s.People
		out[i].To = append(out[i].To, s.To...)
	}
	return out
}
