package mce

import "time"

// Standing is where an event stands at a moment, for those who want to come.
type Standing string

// The standings.
const (
	Announced Standing = "announced" // registration is still to open
	Open      Standing = "open"
	Full      Standing = "full" // all places are taken: who registers goes on the waiting list
	Closed    Standing = "closed"
	PutOff    Standing = "moved" // to dates that are not known yet
	CalledOff Standing = "cancelled"
	Over      Standing = "over"
)

// Takes reports whether somebody can register: for a place, or for the waiting list.
func (s Standing) Takes() bool { return s == Open || s == Full }

// Standing is that of the event at now, when so many of its places are taken or waited for.
func (e Event) Standing(taken int, now time.Time) Standing {
	switch {
	case e.State == EventCancelled:
		return CalledOff
	case e.State == EventMoved:
		return PutOff
	case !e.Ends.After(now):
		return Over
	case e.State == EventClosed || !e.RegistrationEnds().After(now):
		return Closed
	case e.State == EventAnnounced || e.Opens.After(now):
		return Announced
	case e.Capacity > 0 && taken >= e.Capacity:
		return Full
	}
	return Open
}

// RegistrationEnds is the moment from which nobody can register any more: when the event begins, if nothing else is said.
func (e Event) RegistrationEnds() time.Time {
	if e.Closes.IsZero() || e.Closes.After(e.Starts) {
		return e.Starts
	}
	return e.Closes
}
