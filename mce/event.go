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

// The states of an event, as the office sets them; see Standing for where it stands at a moment.
const (
	EventAnnounced EventState = "announced"
	EventOpen      EventState = "open"
	EventClosed    EventState = "closed" // it takes place, but nobody can register any more
	// EventMoved is put off: its dates do not hold any more, and the new ones are not known. Once they are, it is announced or open again.
	EventMoved     EventState = "moved"
	EventCancelled EventState = "cancelled"
)

// EventStates lists the states.
func EventStates() []EventState {
	return []EventState{EventAnnounced, EventOpen, EventClosed, EventMoved, EventCancelled}
}

// Admission is who may come.
type Admission string

// The admissions.
const (
	ForEveryone Admission = "everyone"
	ForMembers  Admission = "members" // people of the member cities, see Organisation
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
	Sessions       []Session  `json:"sessions,omitempty"`  // in order of time
	Capacity       int        `json:"capacity,omitempty"`  // places; 0: as many as come
	Admission      Admission  `json:"admission,omitempty"` // empty: everyone
	Opens          time.Time  `json:"opens,omitzero"`      // of registration; zero: as soon as the state is open
	Closes         time.Time  `json:"closes,omitzero"`     // of registration; zero: when the event begins
	Feedback       string     `json:"feedback,omitempty"`  // link to a form about the event, for afterwards
	// Sequence counts the material changes (time, place, cancellation): SEQUENCE of RFC 5545 §3.8.7.4. It is kept by the database.
	Sequence int `json:"-"`
	// Version counts the changes of what delegates see. It is kept by the database.
	Version int `json:"-"`
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
	// Interpretation is the languages that this session is interpreted into; empty: those of the event.
	Interpretation []Lang `json:"interpretation,omitempty"`
	// Optional sessions concern those alone who chose them; all others concern everybody.
	Optional bool `json:"optional,omitempty"`
}

// MaxCapacity is more places than any event has.
const MaxCapacity = 1_000_000

// Off reports whether nobody comes on the event's dates: it was cancelled, or put off until others are known.
func (e Event) Off() bool { return e.State.off() }

func (s EventState) off() bool { return s == EventCancelled || s == EventMoved }

// Zone is the venue's time zone; UTC where the name cannot be loaded, which Check refuses.
func (e Event) Zone() *time.Location { return zoneOrUTC(e.TimeZone) }

// MaterialChange reports whether going from e to next changes what a delegate's calendar must show: time, place or cancellation.
// A corrected typo in the title is none.
func (e Event) MaterialChange(next Event) bool {
	return !e.Starts.Equal(next.Starts) || !e.Ends.Equal(next.Ends) ||
		e.City[English] != next.City[English] || e.Venue[English] != next.Venue[English] || e.Address != next.Address || e.Online != next.Online ||
		e.Off() != next.Off()
}

// Check says what is wrong with the event, if anything.
func (e Event) Check() error {
	what := "event " + e.Slug
	if !slices.Contains(EventKinds(), e.Kind) {
		return Invalidf("%s: kind %q must be one of %v", what, e.Kind, EventKinds())
	}
	if !slices.Contains(EventStates(), e.State) {
		return Invalidf("%s: state %q must be one of %v", what, e.State, EventStates())
	}
	if err := e.checkPlaces(what); err != nil {
		return err
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
		checkLink(what+": feedback", e.Feedback, false),
		checkWindow(what, e.Window),
	)
}

// checkPlaces is about who may have a place, and when.
func (e Event) checkPlaces(what string) error {
	if e.Admission != "" && e.Admission != ForEveryone && e.Admission != ForMembers {
		return Invalidf("%s: admission %q must be everyone or members", what, e.Admission)
	}
	if e.Capacity < 0 || e.Capacity > MaxCapacity {
		return Invalidf("%s: capacity must be a number of places up to %d, or 0 for as many as come", what, MaxCapacity)
	}
	if !e.Opens.IsZero() && !e.Closes.IsZero() && !e.Closes.After(e.Opens) {
		return Invalidf("%s: registration must close after it opens", what)
	}
	seen := map[string]bool{}
	for _, s := range e.Sessions {
		if seen[s.Slug] {
			return Invalidf("%s has two sessions called %q", what, s.Slug)
		}
		seen[s.Slug] = true
	}
	return nil
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
