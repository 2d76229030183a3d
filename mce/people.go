package mce

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// PersonRef names a person at the desk by one of the things that they are, so that their page is not called by their address. It is
// written as a letter and a number: s12, r7, b3.
type PersonRef struct {
	As KnownAs
	ID int64 // of the subscriber, the registration or the booking
}

// KnownAs is as what a person is known.
type KnownAs string

// The roles, by the letters that PersonRef writes.
const (
	KnownReader   KnownAs = "s"
	KnownDelegate KnownAs = "r"
	KnownBooker   KnownAs = "b"
)

// String is the reference as ParsePersonRef reads it.
func (r PersonRef) String() string { return fmt.Sprintf("%s%d", r.As, r.ID) }

// ParsePersonRef reads a reference. The error is of code NotFound: there is nobody who is called so.
func ParsePersonRef(s string) (PersonRef, error) {
	if s != "" {
		r := PersonRef{As: KnownAs(s[:1])}
		id, err := strconv.ParseInt(s[1:], 10, 64)
		if err == nil && id > 0 && strings.Contains("srb", s[:1]) && strings.Trim(s[1:], "0123456789") == "" {
			r.ID = id
			return r, nil
		}
	}
	return PersonRef{}, NotFoundf("there is no such person")
}

// PeopleGroup is by what people are picked at the desk.
type PeopleGroup string

// The groups. The first four are those of subscribers.
const (
	Everybody       PeopleGroup = ""
	GroupActive     PeopleGroup = "active"
	GroupPending    PeopleGroup = "pending"
	GroupLeft       PeopleGroup = "unsubscribed"
	GroupSuppressed PeopleGroup = "suppressed" // must not be written to
	GroupDelegates  PeopleGroup = "delegate"   // of any event, or of the one that is asked for
	GroupBookers    PeopleGroup = "booker"     // registered others
)

// PeopleGroups are all of them.
func PeopleGroups() []PeopleGroup {
	return []PeopleGroup{Everybody, GroupActive, GroupPending, GroupLeft, GroupSuppressed, GroupDelegates, GroupBookers}
}

// PeopleQuery asks for a page of the people of the desk: subscribers, delegates and who booked for others, a line for each address.
type PeopleQuery struct {
	Search string      // in address, name and organisation; empty: all
	Group  PeopleGroup // only those
	Event  string      // slug; only its delegates, cancelled ones among them; empty: of all
	After  string      // only addresses behind this one, in small letters; empty: from the first
	Limit  int
}

// PersonLine is a person in the list.
type PersonLine struct {
	Ref          PersonRef
	Email        string
	Name         string
	Organisation string
	State        SubscriberState // empty: no subscriber
	Suppressed   bool
	Places       int // registrations that stand
	Bookings     int // registrations of others
}

// EventName is an event as one of a list to choose from.
type EventName struct {
	Slug  string
	Title Text
}

// GotIssue says whether a subscriber got an issue that has left, and if not, what is known of why.
type GotIssue struct {
	ID      int64
	Number  int // 0: it has none
	Series  Text
	Subject Text
	At      time.Time // when it began to leave
	Outcome Outcome   // of their letter; empty: there was none
	Reader  bool      // they were subscribed then
}

// Standing names it for its words: "got" is a letter, whatever became of it; "reader" is who was subscribed and was not among those whom the issue
// was for, by what they had chosen; "stranger" was not subscribed then.
func (g GotIssue) Standing() string {
	switch {
	case g.Outcome != "":
		return "got"
	case g.Reader:
		return "reader"
	}
	return "stranger"
}
