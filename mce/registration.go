package mce

import (
	"slices"
	"time"
)

// RegistrationState is where a registration stands.
type RegistrationState string

// The states of a registration.
const (
	Registered    RegistrationState = "registered"
	OnWaitingList RegistrationState = "waiting"
	Withdrawn     RegistrationState = "cancelled"
)

// Role is as what somebody comes to an event.
type Role string

// The roles.
const (
	AsDelegate Role = "delegate"
	AsSpeaker  Role = "speaker" // comes whether or not there are places left, and takes none
)

// ParseRole reads a role; empty means a delegate.
func ParseRole(s string) (Role, error) {
	switch r := Role(s); r {
	case "":
		return AsDelegate, nil
	case AsDelegate, AsSpeaker:
		return r, nil
	}
	return "", Invalidf("the role %q is neither delegate nor speaker", s)
}

// Registration is a person's place in an event, or their turn on its waiting list.
type Registration struct {
	ID           int64
	Event        string // slug
	Email        string
	Name         string
	Organisation string
	Country      string // as the delegate wrote it
	Language     Lang
	Role         Role
	Zone         string   // where the person is at home, by name; empty: not told
	Sessions     []string // the optional ones that were chosen, by slug
	State        RegistrationState
	Code         string    // typed at the desk: 8 letters and digits that cannot be mistaken
	Sequence     int       // of the calendar entry: raised by each cancellation and re-registration
	Told         int       // the version of the event that the person knows
	Booking      int64     // 0: nobody registered them but themselves
	Arrived      time.Time // when their code was taken at the desk; zero: not yet
	CreatedAt    time.Time
}

// Concerns reports whether a session of the event is one for this person: it is for everybody, or they chose it.
func (r Registration) Concerns(s Session) bool {
	return !s.Optional || slices.Contains(r.Sessions, s.Slug)
}

// HomeTime is a moment on the clocks where the person is at home; differs is false where they show the same as the venue's, or nobody knows.
func (r Registration) HomeTime(e Event, t time.Time) (home time.Time, differs bool) {
	if r.Zone == "" {
		return t, false
	}
	home = InZone(t, r.Zone)
	_, here := home.Zone()
	_, there := t.In(e.Zone()).Zone()
	return home, here != there
}

// Programme is what of the event's sessions concerns the person, in order of time.
func (r Registration) Programme(e Event) []Session {
	var out []Session
	for _, s := range e.Sessions {
		if r.Concerns(s) {
			out = append(out, s)
		}
	}
	return out
}

// SeenIn reports whether going from r to next changes what the person was told of the registration.
func (r Registration) SeenIn(next Registration) bool {
	return r.Name != next.Name || r.Language != next.Language || r.Zone != next.Zone || !slices.Equal(r.Sessions, next.Sessions)
}

// Chosen is what the person chose of the event's sessions, in order of time.
func (r Registration) Chosen(e Event) []Session {
	return slices.DeleteFunc(r.Programme(e), func(s Session) bool { return !s.Optional })
}

// Hours is how long the sessions last that concern the person; what runs at the same time counts once.
func (r Registration) Hours(e Event) (total time.Duration) {
	var until time.Time
	for _, s := range r.Programme(e) { // in order of their start
		from := s.Starts
		if from.Before(until) {
			from = until
		}
		if s.Ends.After(from) {
			total += s.Ends.Sub(from)
			until = s.Ends
		}
	}
	return total
}

// Notices makes the mails that tell people where they stand with an event, each for one person alone and in their language; at is the moment of
// the cause.
type Notices interface {
	// Confirmation tells that a place is taken, with the invitation for the calendar.
	Confirmation(e Event, r Registration, at time.Time) (Edition, error)
	// Update tells a person who has a place what stands after they changed it from old.
	Update(e Event, old, r Registration, at time.Time) (Edition, error)
	// Booked tells who registered others how each of them stands.
	Booked(e Event, b Booking, people []Registration) (Edition, error)
	// Waiting tells that all places are taken and the person is on the waiting list.
	Waiting(e Event, r Registration, at time.Time) (Edition, error)
	// Cancellation tells that the registration has ended, whoever ended it, and takes the invitation back. Who only waited was never invited.
	Cancellation(e Event, r Registration, at time.Time) (Edition, error)
	// Change tells what has changed of the event for the person since what they know of it, old, and updates the calendar where it must.
	Change(old, e Event, r Registration, changes []Change, at time.Time) (Edition, error)
}
