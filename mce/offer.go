package mce

import (
	"slices"
	"time"
)

// Offer is an event as those see it who may want to come.
type Offer struct {
	Event
	Standing Standing
}

// OfferedFor is how long an event stays among those offered after its end.
const OfferedFor = 365 * 24 * time.Hour

// Past reports whether nobody can come any more, because it has been.
func (o Offer) Past() bool { return o.Standing == Over }

// Takes reports whether somebody can register: for a place, or for a turn on the waiting list.
func (o Offer) Takes() bool { return o.Standing == Open || o.Standing == Full }

// Choosable are the event's sessions that concern only those who choose them, in order of time.
func (e Event) Choosable() []Session {
	var out []Session
	for _, s := range e.Sessions {
		if s.Optional {
			out = append(out, s)
		}
	}
	return out
}

// HasDesk reports whether delegates arrive somewhere, where their codes are taken: not where the event is held online only.
func (e Event) HasDesk() bool { return e.Online == "" || len(e.Venue) > 0 || e.Address != "" }

// Done reports whether nothing of a registration can be changed any more: the event is over, or off.
func (e Event) Done(now time.Time) bool { return e.Off() || !e.Ends.After(now) }

// TopicsOf are those of the known topics that the event is about; where it is about none of them, all.
func (e Event) TopicsOf(known []Topic) []Topic {
	var out []Topic
	for _, t := range known {
		if slices.Contains(e.Topics, t.Slug) {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return known
	}
	return out
}
