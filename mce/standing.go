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

// Admits refuses with an error of code Conflict whoever wants to register when nobody can, as the event stands. Whether somebody is a member is the
// caller's to find out.
func (e Event) Admits(s Standing) error {
	title := e.Title[English]
	switch s {
	case CalledOff:
		return Conflictf("%s was cancelled and is not open for registration", title)
	case PutOff:
		return Conflictf("%s was put off; it is not open for registration until its new dates are known", title)
	case Over:
		return Conflictf("%s is over", title)
	case Closed:
		return Conflictf("registration for %s has closed; it is not open for registration any more", title)
	case Announced:
		if e.State == EventAnnounced || e.Opens.IsZero() {
			return Conflictf("%s is not open for registration yet", title)
		}
		return Conflictf("%s is not open for registration yet: it opens on %s", title, e.Opens.In(e.Zone()).Format("Monday 2 January 2006 at 15:04 (MST)"))
	case Open, Full:
	}
	return nil
}

// Offers refuses with an error of code Invalid whoever chose a session that cannot be chosen.
func (e Event) Offers(chosen []string) error {
	for _, slug := range chosen {
		if found, ok := sessionBySlug(e, slug); !ok || !found.Optional {
			return Invalidf("%s has no session %q that can be chosen", e.Title[English], slug)
		}
	}
	return nil
}
