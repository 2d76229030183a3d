package mce

import (
	"cmp"
	"slices"
	"time"
)

// ReminderRule says when a mail about an event is due, relative to the event's current dates. Nothing is queued ahead: what is due is
// derived at each tick, so moving the event moves its reminders.
type ReminderRule struct {
	ID     int64       `json:"-"`
	Slug   string      `json:"slug"`
	Kinds  []EventKind `json:"kinds,omitempty"`    // for these kinds of event; empty means all
	Event  string      `json:"event,omitempty"`    // for this event only (slug)
	For    Audience    `json:"audience,omitempty"` // empty means delegates
	Anchor Anchor      `json:"anchor"`
	Days   int         `json:"days"`         // from the anchor's local day; negative is before
	At     string      `json:"at"`           // local time of day at the venue, "09:00"
	Useful int         `json:"useful_hours"` // so long after it was due it is still worth sending
	// Daily: due again on each day that follows, for DigestDays after the event's end, when there are handouts that nobody was told of.
	Daily bool `json:"daily,omitempty"`
	// Subject and Body (Markdown) are the wording; {title}, {city}, {starts} and {days} stand for the event's own.
	Subject Text   `json:"subject"`
	Body    Text   `json:"body"`
	Show    []Show `json:"show,omitempty"` // what else of the event the mail shows
}

// Anchor is the date that a rule counts from.
type Anchor string

// The anchors.
const (
	AtStart  Anchor = "start"
	AtEnd    Anchor = "end"
	AtOpens  Anchor = "opens"  // registration opens; an event without that moment has no such reminder
	AtCloses Anchor = "closes" // registration closes, at the latest when the event begins
)

// Audience is whom of an event a reminder is for.
type Audience string

// The audiences.
const (
	ForDelegates Audience = "delegates" // who has a place, speakers too
	ForWaiting   Audience = "waiting"   // who is on the waiting list
	ForSpeakers  Audience = "speakers"
	ForArrived   Audience = "arrived" // whose code was taken at the desk
	// ForInterested are subscribers who chose one of the event's topics and have no registration for it.
	ForInterested Audience = "interested"
	// ForReturning are those of them who had a place at the latest event of its kind before it.
	ForReturning Audience = "returning"
)

// Audiences lists them.
func Audiences() []Audience {
	return []Audience{ForDelegates, ForWaiting, ForSpeakers, ForArrived, ForInterested, ForReturning}
}

// Words are whom the audience is, as "for" goes on.
func (a Audience) Words() string {
	switch a {
	case ForWaiting:
		return "those on the waiting list"
	case ForArrived:
		return "those who came"
	case ForInterested, ForReturning:
		return string(a) + " readers"
	default:
		return string(a)
	}
}

// OfReaders reports whether the audience is subscribers, who are invited, and not people of the event.
func (a Audience) OfReaders() bool { return a == ForInterested || a == ForReturning }

// Show is a part of the event that a reminder shows below its wording.
type Show string

// The parts.
const (
	ShowFacts     Show = "facts"     // when, where, contact
	ShowProgramme Show = "programme" // sessions
	ShowHandouts  Show = "handouts"  // resources of the event that are published by then; of a daily rule, those that nobody was told of yet
	ShowFeedback  Show = "feedback"  // a button to the form about the event, if it has one
	ShowNext      Show = "next"      // the next event of its kind, if one is published
	// ShowCertificate is a certificate of attendance, as a file: each person gets a mail of their own.
	ShowCertificate Show = "certificate"
)

// Shows lists them.
func Shows() []Show {
	return []Show{ShowFacts, ShowProgramme, ShowHandouts, ShowFeedback, ShowNext, ShowCertificate}
}

// DigestDays is for how long after an event's end a mail could be about it: so long its people are told of handouts.
const DigestDays = 90

// Enclosures are what a reminder shows beside its event.
type Enclosures struct {
	Handouts []Resource
	Next     *Event // of the same kind; nil: none is known
}

// Shows reports whether the rule shows a part.
func (r ReminderRule) Shows(part Show) bool { return slices.Contains(r.Show, part) }

// Personal reports whether each person gets an edition of their own.
func (r ReminderRule) Personal() bool { return r.Shows(ShowCertificate) }

// Concerns reports whether the rule is for the event.
func (r ReminderRule) Concerns(e Event) bool {
	if e.Off() || r.Anchor == AtOpens && e.Opens.IsZero() || r.Audience().OfReaders() && e.State == EventClosed {
		return false
	}
	return (r.Event == "" || r.Event == e.Slug) && (len(r.Kinds) == 0 || slices.Contains(r.Kinds, e.Kind))
}

// Audience is whom the rule is for.
func (r ReminderRule) Audience() Audience {
	return cmp.Or(r.For, ForDelegates)
}

// Due is when the reminder is due for an event as it now stands, and the latest moment at which it is still of use. Readers hear of an event
// only while it is published.
func (r ReminderRule) Due(e Event) (due, latest time.Time, err error) {
	at, err := ParseLocalTime(r.At)
	if err != nil {
		return due, latest, err
	}
	due = at.On(r.Anchor.of(e).In(e.Zone()), r.Days)
	if r.Audience().OfReaders() && due.Before(e.From) {
		due = e.From
	}
	latest = due.Add(time.Duration(r.Useful) * time.Hour)
	if end := r.overtaken(e, due); !end.IsZero() && latest.After(end) {
		latest = end
	}
	if r.Audience().OfReaders() && !e.Until.IsZero() && latest.After(e.Until) {
		latest = e.Until
	}
	return due, latest, nil
}

// DueBy is Due at a moment: of a daily rule, the last time that it was due by then, or else its first.
func (r ReminderRule) DueBy(e Event, now time.Time) (due, latest time.Time, err error) {
	due, latest, err = r.Due(e)
	if err != nil || !r.Daily || now.Before(due) {
		return due, latest, err
	}
	at, err := ParseLocalTime(r.At)
	today := at.On(now.In(e.Zone()), 0)
	if today.After(now) {
		today = at.On(now.In(e.Zone()), -1)
	}
	if today.After(due) {
		due = today
	}
	return due, due.Add(time.Duration(r.Useful) * time.Hour), err
}

// NextDue is when the reminder is due next after now; where that has been, when it was. A daily one may have nothing to tell on that day.
func (r ReminderRule) NextDue(e Event, now time.Time) (time.Time, error) {
	due, _, err := r.Due(e)
	if err != nil || !r.Daily || due.After(now) {
		return due, err
	}
	last, _, err := r.DueBy(e, now)
	if err != nil {
		return due, err
	}
	at, err := ParseLocalTime(r.At)
	return at.On(last.In(e.Zone()), 1), err
}

func (a Anchor) of(e Event) time.Time {
	switch a {
	case AtEnd:
		return e.Ends
	case AtOpens:
		return e.Opens
	case AtCloses:
		return e.RegistrationEnds()
	default:
		return e.Starts
	}
}

// overtaken is when the event makes a reminder useless that is due at a time, zero for never. One that tells of registration, or invites, is of no
// use once that has closed; one before the event, once it has begun; one during it, once it has ended.
func (r ReminderRule) overtaken(e Event, due time.Time) time.Time {
	switch {
	case r.Anchor == AtEnd:
		return time.Time{}
	case r.Anchor == AtOpens, r.Anchor == AtCloses && r.Days <= 0, r.Audience().OfReaders():
		return e.RegistrationEnds()
	case !due.Before(e.Starts):
		return e.Ends
	default:
		return e.Starts
	}
}
