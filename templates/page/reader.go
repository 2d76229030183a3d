package page

import (
	"io"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Undone is the state of a leaving that was taken back.
const Undone State = "undone"

// Leave is the view of the leave page.
type Leave struct {
	Common
	MaskedAddress string // of mce.MaskAddress: links are forwarded; empty: it is not known any more
	State         State  // Asking, Done, Already or Undone
	Reads         bool   // Asking: there is a subscription to make less of, not only one that was asked for
	CanUndo       bool   // Done and Already: there is still time to take it back
	Choices       string // path of the page of what they chose
}

// Reasons are those that can be given, by the ends of their messages' names.
func (v Leave) Reasons() []string { return mce.LeaveReasons() }

// Pauses are the months that are offered instead.
func (v Leave) Pauses() []int { return []int{1, 3, 6} }

// ChoicesState is what the page of what somebody chose shows.
type ChoicesState string

// The states.
const (
	Choosing   ChoicesState = "choosing" // a form
	Saved      ChoicesState = "saved"    // a form, and what is in force now
	LinkOnWay  ChoicesState = "link"     // a form; the link to their own page is on its way
	NotReading ChoicesState = "ended"    // they left: no form
	NotYet     ChoicesState = "pending"  // they never confirmed: no form
)

// Choices is the view of the page of what somebody chose. Whoever a letter was forwarded to sees it too: it has nothing of the person but
// what was chosen.
type Choices struct {
	Common
	MaskedAddress string // empty: it is not known any more
	State         ChoicesState
	Entered
	Pause       string    // the day on which the pause ends, "2006-01-02"; empty: none
	PausedUntil time.Time // the pause in force; zero: none
	First, Last string    // the days on which a pause may end
	Topics      []mce.Topic
	Paces       []mce.ReadingPace // to choose from; fewer than two: nothing to choose
	Wording     string
	FaultIn     string // language, topics, pace or pause; empty: none
	Fault       string // in English
	Leave       string // path of the leave page
}

// Link is the view of the page on which people ask for the link to their own page.
type Link struct {
	Common
	Email   string
	FaultIn string // email, or empty
	Fault   string // in English
	Better  string // an address that they may have meant
	Done    bool   // the page says the same to everybody
}

// Leave writes the page of a leave link.
func (p *Pages) Leave(w io.Writer, lang mce.Lang, v Leave) error {
	return p.write(w, "leave", lang, v.Common, v)
}

// Choices writes the page of what somebody chose.
func (p *Pages) Choices(w io.Writer, lang mce.Lang, v Choices) error {
	return p.write(w, "choices", lang, v.Common, v)
}

// Link writes the page on which people ask for the link to their own page.
func (p *Pages) Link(w io.Writer, lang mce.Lang, v Link) error {
	return p.write(w, "link", lang, v.Common, v)
}
