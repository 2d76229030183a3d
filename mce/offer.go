package mce

import "time"

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
