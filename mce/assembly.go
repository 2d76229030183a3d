package mce

import (
	"cmp"
	"slices"
	"time"
)

// ItemRef names a piece of content.
type ItemRef struct {
	Kind ItemKind `json:"kind"`
	ID   int64    `json:"id"`
}

// Candidate is a piece of content as the assembly looks at it.
type Candidate struct {
	ItemRef
	Slug     string
	Title    Text
	Topics   []string
	Priority int
	Window
	Starts    time.Time // events only
	Cancelled bool      // events only
	RanIn     int       // number of the issue of this series that ran it; 0 when none did
	LeftOut   int       // number of the issue of this series that editors left it out of; 0 when of none
}

// Verdict says what becomes of a candidate.
type Verdict string

// The verdicts. A held item comes back at the next issue; a dropped one does not.
const (
	In      Verdict = "in"
	Held    Verdict = "held"
	Dropped Verdict = "dropped"
)

// Decision is one line of "issue explain".
type Decision struct {
	Candidate
	Section  string // slug; empty unless a section wants it
	Position int    // in the section, from 1; 0 unless in
	Verdict  Verdict
	Reason   Reason
	ByHand   bool // editors decided it: a new assembly of the issue keeps it
}

// Assembly is the outcome of assembling an issue: every candidate with its verdict, those in first, in order.
type Assembly struct {
	Decisions []Decision
	Skip      string // why there is no issue this time; empty when there is one
}

// Assemble decides what goes into the issue of a series that is due at the given time. Sections are filled in their order up to their
// quotas; a candidate goes to the first section that takes its kind and topics. Articles and resources come by priority, then the oldest
// first, so that what was held or came late is next in line; events in the order of their start.
func Assemble(s Series, at time.Time, stock []Candidate) Assembly {
	a := s.decide(at, stock, make([]int, len(s.Sections)))
	if in := a.in(); in < s.Minimum {
		a.Skip = tooLittle(in, s.Minimum)
		for i := range a.Decisions {
			if d := &a.Decisions[i]; d.Verdict == In {
				d.Verdict, d.Position, d.Reason = Held, 0, Reason{Kind: ReasonSkipped, Number: in, Quota: s.Minimum}
			}
		}
	}
	slices.SortStableFunc(a.Decisions, s.byPlace)
	return a
}

// decide gives each candidate its verdict; filled is how many items each section has already.
func (s Series) decide(at time.Time, stock []Candidate, filled []int) (a Assembly) {
	slices.SortStableFunc(stock, inOrder)
	for _, c := range stock {
		d := Decision{Candidate: c}
		d.Verdict, d.Reason = admissible(s, c, at)
		if i := s.sectionFor(c); d.Verdict == In && i < 0 {
			d.Verdict, d.Reason = Dropped, Reason{Kind: ReasonSection}
		} else if d.Verdict == In {
			section := s.Sections[i]
			d.Section = section.Slug
			if filled[i] >= section.Quota {
				d.Verdict, d.Reason = Held, Reason{Kind: ReasonFull, Section: section.Slug, Quota: section.Quota}
			} else {
				filled[i]++
				d.Position, d.Reason = filled[i], Reason{Kind: ReasonPlace, Number: filled[i], Section: section.Slug}
			}
		}
		a.Decisions = append(a.Decisions, d)
	}
	return a
}

// in counts what is in.
func (a Assembly) in() (n int) {
	for _, d := range a.Decisions {
		if d.Verdict == In {
			n++
		}
	}
	return n
}

// admissible decides by the item alone, without sections and quotas.
func admissible(s Series, c Candidate, at time.Time) (Verdict, Reason) {
	when := func(kind ReasonKind, t time.Time) Reason { return Reason{Kind: kind, When: InZone(t, s.TimeZone)} }
	switch {
	case c.RanIn > 0:
		return Dropped, Reason{Kind: ReasonRan, Number: c.RanIn}
	case c.LeftOut > 0:
		return Dropped, Reason{Kind: ReasonLeft, Number: c.LeftOut}
	case at.Before(c.From):
		return Held, when(ReasonBegins, c.From)
	case !c.Window.Open(at):
		return Dropped, when(ReasonEnded, c.Until)
	case c.Cancelled:
		return Dropped, Reason{Kind: ReasonCancelled}
	case c.Kind == KindEvent && !c.Starts.After(at):
		return Dropped, when(ReasonBegan, c.Starts)
	case c.Kind != KindEvent && c.From.Before(s.From):
		return Dropped, when(ReasonBefore, c.From)
	}
	return In, Reason{}
}

// sectionFor is the index of the first section that takes the candidate, -1 when none does.
func (s Series) sectionFor(c Candidate) int {
	return slices.IndexFunc(s.Sections, func(sec Section) bool {
		return sec.Kind == c.Kind && (len(sec.Topics) == 0 || slices.ContainsFunc(c.Topics, func(t string) bool { return slices.Contains(sec.Topics, t) }))
	})
}

func inOrder(a, b Candidate) int {
	if a.Kind != b.Kind {
		return cmp.Compare(a.Kind, b.Kind)
	}
	if a.Kind == KindEvent {
		return cmp.Or(a.Starts.Compare(b.Starts), cmp.Compare(a.ID, b.ID))
	}
	return cmp.Or(cmp.Compare(b.Priority, a.Priority), a.From.Compare(b.From), cmp.Compare(a.ID, b.ID))
}

func (s Series) byPlace(a, b Decision) int {
	verdicts := []Verdict{In, Held, Dropped}
	place := func(d Decision) int {
		return slices.IndexFunc(s.Sections, func(sec Section) bool { return sec.Slug == d.Section })
	}
	return cmp.Or(
		cmp.Compare(slices.Index(verdicts, a.Verdict), slices.Index(verdicts, b.Verdict)),
		cmp.Compare(place(a), place(b)),
		cmp.Compare(a.Position, b.Position),
	)
}

// Subject proposes the subject.
func (a Assembly) Subject() Text {
	var titles []Text
	for _, d := range a.Decisions {
		if d.Verdict == In {
			titles = append(titles, d.Title)
		}
	}
	return ProposeSubject(titles)
}

// ProposeSubject joins the first two titles, in each language that both have and where that stays short; nil when there are none.
func ProposeSubject(titles []Text) Text {
	if len(titles) == 0 {
		return nil
	}
	subject := Text{}
	for lang, title := range titles[0] {
		if title == "" {
			continue
		}
		if len(titles) > 1 && titles[1][lang] != "" && len(title)+len(titles[1][lang]) < 90 {
			title += " · " + titles[1][lang]
		}
		subject[lang] = title
	}
	return subject
}

// Explanation is one line of "issue explain".
type Explanation struct {
	Kind    ItemKind `json:"kind"`
	Slug    string   `json:"slug"`
	Title   string   `json:"title"`
	Section string   `json:"section,omitempty"`
	Verdict Verdict  `json:"verdict"`
	Reason  string   `json:"reason"`
	ByHand  bool     `json:"by_hand,omitempty" db:"by_hand"` // an editor decided it
}
