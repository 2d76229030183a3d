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
	Code         string // typed at the desk: 8 letters and digits that cannot be mistaken
	Sequence     int    // of the calendar entry: raised by each cancellation and re-registration
	Told         int    // the version of the event that the person knows
	CreatedAt    time.Time
}

// Concerns reports whether a session of the event is one for this person: it is for everybody, or they chose it.
func (r Registration) Concerns(s Session) bool {
	return !s.Optional || slices.Contains(r.Sessions, s.Slug)
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

// Notices makes the mails that tell people where they stand with an event, each for one person alone and in their language; at is the moment of
// the cause.
type Notices interface {
	// Confirmation tells that a place is taken, with the invitation for the calendar.
	Confirmation(e Event, r Registration, at time.Time) (Edition, error)
	// Waiting tells that all places are taken and the person is on the waiting list.
	Waiting(e Event, r Registration, at time.Time) (Edition, error)
	// Cancellation tells that the registration has ended, whoever ended it, and takes the invitation back. Who only waited was never invited.
	Cancellation(e Event, r Registration, at time.Time) (Edition, error)
	// Change tells what has changed of the event for the person since what they know of it, old, and updates the calendar where it must.
	Change(old, e Event, r Registration, changes []Change, at time.Time) (Edition, error)
}
