package mce

import (
	"slices"
	"time"
)

// Place is where editors put an item of an issue: into a section, at a position from 1; one beyond the end means the last.
type Place struct {
	Section  string // slug
	Position int
}

// Put puts an item where editors want it, whatever the quotas say. It may come from another place of the issue, or from what was held, dropped
// or not looked at. An error of code Conflict says why a piece that was not in the issue cannot come in.
func (a *Assembly) Put(s Series, c Candidate, to Place, at time.Time) error {
	if !slices.ContainsFunc(s.Sections, func(sec Section) bool { return sec.Slug == to.Section }) {
		return Invalidf("the series %s has no section %q", s.Slug, to.Section)
	}
	i := a.find(c.ItemRef)
	if i < 0 || a.Decisions[i].Verdict != In {
		if err := s.fit(c, at); err != nil {
			return err
		}
	}
	if i >= 0 {
		c = a.Decisions[i].Candidate
		a.Decisions = slices.Delete(a.Decisions, i, i+1)
	}
	a.insert(Decision{Candidate: c, Section: to.Section, Position: to.Position, Verdict: In, ByHand: true})
	a.tidy(s)
	return nil
}

// TakeOut takes an item out of an issue by hand: held, it comes back at the next one; dropped, it does not.
func (a *Assembly) TakeOut(s Series, ref ItemRef, verdict Verdict) error {
	i := a.find(ref)
	if i < 0 {
		return NotFoundf("the issue knows no %s %d", ref.Kind, ref.ID)
	}
	d := &a.Decisions[i]
	if d.Verdict == verdict && d.ByHand {
		return nil
	}
	d.Verdict, d.Position, d.ByHand, d.Reason = verdict, 0, true, Reason{Kind: ReasonOut}
	if verdict == Held {
		d.Reason = Reason{Kind: ReasonHeld}
	}
	a.tidy(s)
	return nil
}

// Reassemble decides anew about an issue that was assembled before: what editors decided stays, as near to its place as can be, and counts against
// the quotas; everything else is decided as in Assemble. The issue is there, so the minimum of the series does not matter.
func Reassemble(s Series, at time.Time, stock []Candidate, before Assembly) Assembly {
	kept := slices.DeleteFunc(slices.Clone(before.Decisions), func(d Decision) bool { return !d.ByHand })
	filled := make([]int, len(s.Sections))
	for _, d := range kept {
		stock = slices.DeleteFunc(stock, func(c Candidate) bool { return c.ItemRef == d.ItemRef })
		if i := s.section(d.Section); i >= 0 && d.Verdict == In {
			filled[i]++
		}
	}
	a := s.decide(at, stock, filled)
	slices.SortStableFunc(kept, s.byPlace) // so each comes to where those before it have left room
	for _, d := range kept {
		a.insert(d)
	}
	a.tidy(s)
	return a
}

// fit says why a piece cannot be in an issue at a moment, if anything: what has run may run again when editors want it.
func (s Series) fit(c Candidate, at time.Time) error {
	c.RanIn, c.LeftOut = 0, 0
	s.From = time.Time{}
	if verdict, why := admissible(s, c, at); verdict != In {
		return Conflictf("%q cannot come into the issue: %s", c.Title[English], why)
	}
	return nil
}

func (a *Assembly) find(ref ItemRef) int {
	return slices.IndexFunc(a.Decisions, func(d Decision) bool { return d.ItemRef == ref })
}

// insert puts a decision before the item that has its position in its section, or behind the last.
func (a *Assembly) insert(d Decision) {
	at, seen := len(a.Decisions), 0
	for i, other := range a.Decisions {
		if other.Verdict != In || other.Section != d.Section || d.Verdict != In {
			continue
		}
		if seen++; seen == d.Position {
			at = i
			break
		}
		at = i + 1
	}
	a.Decisions = slices.Insert(a.Decisions, at, d)
}

// tidy counts the positions anew, with the reasons that name them, and brings all decisions into their order.
func (a *Assembly) tidy(s Series) {
	count := map[string]int{}
	for i := range a.Decisions {
		d := &a.Decisions[i]
		if d.Verdict != In {
			continue
		}
		count[d.Section]++
		d.Position = count[d.Section]
		d.Reason = Reason{Kind: ReasonPlace, Number: d.Position, Section: d.Section, ByHand: d.ByHand, RanIn: d.RanIn}
	}
	slices.SortStableFunc(a.Decisions, s.byPlace)
}

// section is the index of a section by its slug; -1 when there is none.
func (s Series) section(slug string) int {
	return slices.IndexFunc(s.Sections, func(sec Section) bool { return sec.Slug == slug })
}
