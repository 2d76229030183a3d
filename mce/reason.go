package mce

import (
	"fmt"
	"time"
)

// ReasonKind is what a reason is about; its value is the end of the name of the message that says it.
type ReasonKind string

// The kinds of reasons, with what belongs to each.
const (
	ReasonPlace     ReasonKind = "place"     // Number and Section where it is; ByHand, RanIn
	ReasonFull      ReasonKind = "full"      // Section and its Quota
	ReasonSection   ReasonKind = "section"   // none takes it
	ReasonRan       ReasonKind = "ran"       // Number of the issue
	ReasonLeft      ReasonKind = "left"      // Number of the issue that an editor left it out of
	ReasonOut       ReasonKind = "out"       // of this issue, by an editor
	ReasonHeld      ReasonKind = "held"      // by an editor
	ReasonBegins    ReasonKind = "begins"    // When its time does
	ReasonEnded     ReasonKind = "ended"     // When its time did
	ReasonCancelled ReasonKind = "cancelled" // the event is
	ReasonBegan     ReasonKind = "began"     // When the event did
	ReasonBefore    ReasonKind = "before"    // When it was published: before the series began
	ReasonSkipped   ReasonKind = "skipped"   // the issue was: Number of items, of a Quota that it needs
)

// Reason is why an item has its verdict.
type Reason struct {
	Kind    ReasonKind `json:"kind,omitempty"` // empty: none is known, only Text
	Number  int        `json:"number,omitempty"`
	Section string     `json:"section,omitempty"` // slug
	Quota   int        `json:"quota,omitempty"`
	When    time.Time  `json:"when,omitzero"`     // on the clocks of the series
	ByHand  bool       `json:"by_hand,omitempty"` // an editor put it there
	RanIn   int        `json:"ran_in,omitempty"`  // number of the issue that ran it before, too
	Text    string     `json:"-"`                 // what was kept of it in English
}

// String says the reason in English.
func (r Reason) String() string {
	when := r.When.Format("2 January 2006, 15:04")
	switch r.Kind {
	case ReasonPlace:
		return r.place()
	case ReasonFull:
		return fmt.Sprintf("section %q is full (quota %d); first in line next time", r.Section, r.Quota)
	case ReasonSection:
		return "no section takes this kind and these topics"
	case ReasonRan:
		return fmt.Sprintf("ran in number %d", r.Number)
	case ReasonLeft:
		return fmt.Sprintf("an editor left it out of number %d", r.Number)
	case ReasonOut:
		return "an editor left it out"
	case ReasonHeld:
		return "an editor holds it for the next issue"
	case ReasonBegins:
		return "its time begins on " + when
	case ReasonEnded:
		return "its time ended on " + when
	case ReasonCancelled:
		return "the event is cancelled"
	case ReasonBegan:
		return "the event began on " + when
	case ReasonBefore:
		return "published before the series began, on " + when
	case ReasonSkipped:
		return "the issue was skipped: " + tooLittle(r.Number, r.Quota)
	}
	return r.Text
}

func (r Reason) place() string {
	s := fmt.Sprintf("number %d of section %q", r.Number, r.Section)
	if r.ByHand {
		s = "an editor put it there: " + s
	}
	if r.RanIn > 0 {
		s += fmt.Sprintf("; it ran in number %d, too", r.RanIn)
	}
	return s
}

// tooLittle says why there is no issue.
func tooLittle(items, minimum int) string {
	return fmt.Sprintf("too little to say: %d of at least %d items", items, minimum)
}
