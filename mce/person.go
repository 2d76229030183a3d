package mce

import (
	"strings"
	"time"
	"unicode"
)

// SubscriberState is where a subscriber stands.
type SubscriberState string

// The states of a subscriber. Only an active one is sent newsletters.
const (
	Pending      SubscriberState = "pending" // asked, not yet confirmed
	Active       SubscriberState = "active"
	Unsubscribed SubscriberState = "unsubscribed"
	Erased       SubscriberState = "erased" // nothing is known of the person any more
)

// Subscriber is a person who chose to read the newsletters.
type Subscriber struct {
	ID    int64
	Email string
	Details
	Choices
	State     SubscriberState
	CreatedAt time.Time
	ChangedAt time.Time // of the state
}

// MayReturn reports whether somebody who left may take it back at now: they had agreed, as their record of consent (the oldest first) says, and
// left within UndoFor.
func (s Subscriber) MayReturn(record []Consent, now time.Time) bool {
	agreed := false
	for _, c := range record {
		switch c.Action {
		case "confirmed", "imported", "returned":
			agreed = true
		case "asked": // anew: who leaves without having confirmed that has not agreed to it
			agreed = false
		}
	}
	return agreed && s.State == Unsubscribed && s.ChangedAt.After(now.Add(-UndoFor))
}

// Details are what subscribers may tell of themselves; all of it may be empty.
type Details struct {
	Name         string
	Organisation string // as the person wrote it; it gives no rights, see Organisation
	Country      string // ISO 3166-1, two capital letters
}

// Choices are what subscribers decide about their newsletters.
type Choices struct {
	Language Lang
	Topics   []string
	Pace     ReadingPace
	// PausedUntil: newsletters whose cause lies before it are left out. Zero: none are.
	PausedUntil time.Time
}

// ReadingPace is how often somebody wants to hear from us, and which series that is.
type ReadingPace string

// The paces.
const (
	EachIssue ReadingPace = "each"
	Monthly   ReadingPace = "monthly" // a digest of the month
)

// ParsePace reads a pace; empty means each issue.
func ParsePace(s string) (ReadingPace, error) {
	switch p := ReadingPace(s); p {
	case "":
		return EachIssue, nil
	case EachIssue, Monthly:
		return p, nil
	}
	return "", Invalidf("the pace %q is neither each nor monthly", s)
}

// Consent is one line of the append-only record of what a person agreed to or withdrew.
type Consent struct {
	ID      int64     `json:"-"`
	Action  string    `json:"action"`            // asked, confirmed, imported, changed, withdrawn, returned, erased
	Wording string    `json:"wording"`           // the exact words; empty for a withdrawal
	Version string    `json:"version,omitempty"` // of the words, where they are the program's own
	Source  string    `json:"source"`            // form, command line, import, one-click …
	Detail  string    `json:"detail,omitempty"`  // what was changed; nothing personal
	Origin  string    `json:"origin,omitempty"`  // where from, as far as known: personal
	At      time.Time `json:"at"`
}

// MaxName is the length at which names are refused, in bytes.
const MaxName = 200

// CleanName trims a person's name and refuses what has no place in one: control characters would end a header line.
func CleanName(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > MaxName {
		return "", Invalidf("the name is longer than %d characters", MaxName)
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }) {
		return "", Invalidf("the name %q contains a control character", s)
	}
	return s, nil
}
