package mce

import (
	"slices"
	"time"
)

// EventKind is what an event is.
type EventKind string

// The kinds of event that the association holds.
const (
	Conference EventKind = "conference"
	Workshop   EventKind = "workshop"
	Webinar    EventKind = "webinar"
	StudyTour  EventKind = "study-tour"
)

// EventKinds lists the kinds.
func EventKinds() []EventKind { return []EventKind{Conference, Workshop, Webinar, StudyTour} }

// EventState is where an event stands.
type EventState string

// The states of an event. Only an open one takes registrations.
const (
	EventAnnounced EventState = "announced"
	EventOpen      EventState = "open"
	EventCancelled EventState = "cancelled"
)

// Event is a conference, workshop, webinar or study tour. Its dates are instants; TimeZone says whose wall clock they are read on.
type Event struct {
	ID             int64      `json:"-"`
	Slug           string     `json:"slug"`
	Kind           EventKind  `json:"kind"`
	State          EventState `json:"state"`
	Title          Text       `json:"title"`
	Motto          Text       `json:"motto,omitempty"`
	Body           Text       `json:"body,omitempty"` // Markdown
	City           Text       `json:"city,omitempty"`
	Venue          Text       `json:"venue,omitempty"`
	Address        string     `json:"address,omitempty"`
	Online         string     `json:"online,omitempty"`  // link of a virtual event
	Contact        string     `json:"contact,omitempty"` // the host's address; Reply-To of every mail about the event
	Link           string     `json:"link,omitempty"`
	TimeZone       string     `json:"time_zone"`
	Starts         time.Time  `json:"starts"`
	Ends           time.Time  `json:"ends"`
	Languages      []Lang     `json:"languages,omitempty"`      // spoken
	Interpretation []Lang     `json:"interpretation,omitempty"` // interpreted into
	Topics         []string   `json:"topics"`
	Sessions       []Session  `json:"sessions,omitempty"` // in order of time
	// Sequence counts the material changes (time, place, cancellation): SEQUENCE of RFC 5545 §3.8.7.4. It is kept by the database.
	Sequence int `json:"-"`
	Window
}

// Session is one entry of an event's programme.
type Session struct {
	Slug     string    `json:"slug"`
	Title    Text      `json:"title"`
	Starts   time.Time `json:"starts"`
	Ends     time.Time `json:"ends"`
	Room     Text      `json:"room,omitempty"`
	Speakers []string  `json:"speakers,omitempty"`
}

// Zone is the venue's time zone; UTC where the name cannot be loaded, which Check refuses.
func (e Event) Zone() *time.Location { return zoneOrUTC(e.TimeZone) }

// MaterialChange reports whether going from e to next changes what a delegate's calendar must show: time, place or cancellation.
// A corrected typo in the title is none.
func (e Event) MaterialChange(next Event) bool {
	return !e.Starts.Equal(next.Starts) || !e.Ends.Equal(next.Ends) ||
		e.City[English] != next.City[English] || e.Venue[English] != next.Venue[English] || e.Address != next.Address || e.Online != next.Online ||
		(e.State == EventCancelled) != (next.State == EventCancelled)
}

// Check says what is wrong with the event, if anything.
func (e Event) Check() error {
	what := "event " + e.Slug
	if !slices.Contains(EventKinds(), e.Kind) {
		return Invalidf("%s: kind %q must be one of %v", what, e.Kind, EventKinds())
	}
	if !slices.Contains([]EventState{EventAnnounced, EventOpen, EventCancelled}, e.State) {
		return Invalidf("%s: state %q must be announced, open or cancelled", what, e.State)
	}
	if err := CheckZone(e.TimeZone); err != nil {
		return Invalidf("%s: %s", what, err)
	}
	if e.Starts.IsZero() || !e.Ends.After(e.Starts) {
		return Invalidf("%s needs starts and a later ends, times such as 2023-10-25T09:00:00+02:00", what)
	}
	if e.Contact != "" {
		if _, err := ParseAddress(e.Contact); err != nil {
			return Invalidf("%s: contact: %s", what, ErrorMessage(err))
		}
	}
	for _, s := range e.Sessions {
		if err := s.check(what); err != nil {
			return err
		}
	}
	return firstError(
		checkSlug("event", e.Slug),
		e.Title.check(what+": title", true),
		e.Motto.check(what+": motto", false),
		e.Body.check(what+": body", false),
		e.City.check(what+": city", false),
		e.Venue.check(what+": venue", false),
		checkLink(what+": online", e.Online, false),
		checkLink(what+": link", e.Link, false),
		checkWindow(what, e.Window),
	)
}

func (s Session) check(event string) error {
	what := event + ", session " + s.Slug
	if s.Starts.IsZero() || !s.Ends.After(s.Starts) {
		return Invalidf("%s needs starts and a later ends", what)
	}
	return firstError(
		checkSlug(event+": session", s.Slug),
		s.Title.check(what+": title", true),
		s.Room.check(what+": room", false),
	)
}
