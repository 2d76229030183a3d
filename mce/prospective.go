package mce

import "time"

// Candidate is a piece as the assembly would look at it, had it never run and nobody left it out.
func (p Piece) Candidate() Candidate {
	out := Candidate{ItemRef: ItemRef{Kind: p.Kind, ID: p.ID}}
	switch c := p.Content.(type) {
	case *Article:
		out.Slug, out.Title, out.Topics, out.Window, out.Priority = c.Slug, c.Title, c.Topics, c.Window, c.Priority
	case *Event:
		out.Slug, out.Title, out.Topics, out.Window = c.Slug, c.Title, c.Topics, c.Window
		out.Starts, out.Cancelled = c.Starts, c.State == EventCancelled
	case *Resource:
		out.Slug, out.Title, out.Topics, out.Window = c.Slug, c.Title, c.Topics, c.Window
	}
	return out
}

// Admits reports whether an issue that is put together at a moment may have the candidate: by itself, without the quotas of sections.
func (s Series) Admits(c Candidate, at time.Time) bool {
	verdict, _ := admissible(s, c, at)
	return verdict == In && s.sectionFor(c) >= 0
}
