package mce

import (
	"cmp"
	"fmt"
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
)

// Show is a part of the event that a reminder shows below its wording.
type Show string

// The parts.
const (
	ShowFacts     Show = "facts"     // when, where, contact
	ShowProgramme Show = "programme" // sessions
	ShowHandouts  Show = "handouts"  // resources of the event that are published by then
)

// Concerns reports whether the rule is for the event.
func (r ReminderRule) Concerns(e Event) bool {
	if e.Off() || r.Anchor == AtOpens && e.Opens.IsZero() {
		return false
	}
	return (r.Event == "" || r.Event == e.Slug) && (len(r.Kinds) == 0 || slices.Contains(r.Kinds, e.Kind))
}

// Audience is whom the rule is for.
func (r ReminderRule) Audience() Audience {
	return cmp.Or(r.For, ForDelegates)
}

// Due is when the reminder is due for an event as it now stands, and the latest moment at which it is still of use.
func (r ReminderRule) Due(e Event) (due, latest time.Time, err error) {
	at, err := ParseLocalTime(r.At)
	if err != nil {
		return due, latest, err
	}
	due = at.On(r.Anchor.of(e).In(e.Zone()), r.Days)
	latest = due.Add(time.Duration(r.Useful) * time.Hour)
	if end := r.overtaken(e, due); !end.IsZero() && latest.After(end) {
		latest = end
	}
	return due, latest, nil
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

// overtaken is when the event makes a reminder useless that is due at a time, zero for never. One that tells of registration is of no use once
// that has closed; one before the event, once it has begun; one during it, once it has ended.
func (r ReminderRule) overtaken(e Event, due time.Time) time.Time {
	switch {
	case r.Anchor == AtEnd:
		return time.Time{}
	case r.Anchor == AtOpens, r.Anchor == AtCloses && r.Days <= 0:
		return e.RegistrationEnds()
	case !due.Before(e.Starts):
		return e.Ends
	default:
		return e.Starts
	}
}

// Check says what is wrong with the rule, if anything.
func (r ReminderRule) Check() error {
	what := "reminder " + r.Slug
	if !slices.Contains([]Anchor{AtStart, AtEnd, AtOpens, AtCloses}, r.Anchor) {
		return Invalidf("%s: anchor %q must be start, end, opens or closes", what, r.Anchor)
	}
	if !slices.Contains([]Audience{ForDelegates, ForWaiting, ForSpeakers}, r.Audience()) {
		return Invalidf("%s: audience %q must be delegates, waiting or speakers", what, r.For)
	}
	if _, err := ParseLocalTime(r.At); err != nil {
		return Invalidf("%s: %s", what, err)
	}
	if r.Useful < 1 {
		return Invalidf("%s: useful_hours must be at least 1", what)
	}
	for _, k := range r.Kinds {
		if !slices.Contains(EventKinds(), k) {
			return Invalidf("%s: kind %q must be one of %v", what, k, EventKinds())
		}
	}
	for _, s := range r.Show {
		if !slices.Contains([]Show{ShowFacts, ShowProgramme, ShowHandouts}, s) {
			return Invalidf("%s: show %q must be facts, programme or handouts", what, s)
		}
	}
	return firstError(
		checkSlug("reminder", r.Slug),
		r.Subject.check(what+": subject", true),
		r.Body.check(what+": body", true),
	)
}

// Words says the rule as people read it.
func (r ReminderRule) Words() string {
	when := map[bool]string{true: "before", false: "after"}[r.Days < 0]
	verb := map[Anchor]string{AtStart: "it starts", AtEnd: "it ends", AtOpens: "registration opens", AtCloses: "registration closes"}[r.Anchor]
	if r.Days == 0 {
		return fmt.Sprintf("on the day %s, at %s", verb, r.At)
	}
	days := fmt.Sprintf("%d days", max(r.Days, -r.Days))
	if days == "1 days" {
		days = "1 day"
	}
	return fmt.Sprintf("%s %s %s, at %s", days, when, verb, r.At)
}
