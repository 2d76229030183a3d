package desk

import (
	"cmp"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// EventsPath is the list of events with their people.
const EventsPath = "/desk/events"

// EventPath is the page of one.
func EventPath(id int64) string { return EventsPath + "/" + strconv.FormatInt(id, 10) }

// DelegatePath is the page of somebody at an event.
func DelegatePath(event, registration int64) string {
	return EventPath(event) + "/delegates/" + strconv.FormatInt(registration, 10)
}

// BookingPath is the page of the people whom somebody booked for an event.
func BookingPath(event, booking int64) string {
	return EventPath(event) + "/delegates?booking=" + strconv.FormatInt(booking, 10)
}

// EventLine is an event in a list.
type EventLine struct {
	mce.Event
	Tally    mce.EventTally
	Standing mce.Standing
}

// Path is its page.
func (l EventLine) Path() string { return EventPath(l.Event.ID) }

// Events is the view of the list of events.
type Events struct {
	Common
	Coming []EventLine // the next first
	Over   []EventLine // the latest first
}

// Events writes the list of events.
func (p *Pages) Events(w io.Writer, lang mce.Lang, v Events) error {
	return p.write(w, "events", lang, v.Common, v)
}

// Event is the view of an event with its people, and what they are told.
type Event struct {
	Common
	Event     mce.Event
	Tally     mce.EventTally
	Standing  mce.Standing
	News      mce.News
	Reminders []EventReminder // the next to go out first, then those that are through
	Log       []mce.Audit     // what was done to it, the last first
	Now       time.Time
	Fault     string // why what was asked for could not be done, in English
	Reason    string // as it was entered
}

// Event writes the page of an event.
func (p *Pages) Event(w io.Writer, lang mce.Lang, v Event) error {
	return p.write(w, "event", lang, v.Common, v)
}

// Path is the event's page, and FormPath that of its words and programme.
func (v Event) Path() string { return EventPath(v.Event.ID) }

// FormPath is the form of its words, dates and programme.
func (v Event) FormPath() string { return PiecePath(mce.KindEvent, v.Event.ID) }

// Zoned is a moment on the venue's clocks.
func (v Event) Zoned(t time.Time) time.Time { return t.In(v.Event.Zone()) }

// Soon reports whether what is new goes out by itself in a moment.
func (v Event) Soon() bool { return !v.News.Due.IsZero() && !v.News.Due.After(v.Now) }

// EventReminder is a reminder of an event: when it goes out next, and what became of it before.
type EventReminder struct {
	Rule    mce.ReminderRule
	Subject string
	Next    time.Time           // on the venue's clocks; zero: not any more
	Past    []mce.ReminderTally // in order of their dates, on the venue's clocks
}

// Path is the page of its rule.
func (r EventReminder) Path() string { return ReminderPath(r.Rule.Slug) }

// SortReminders puts those first that are still to go out, the next first, and then those that are through, the last first.
func SortReminders(all []EventReminder) {
	last := func(r EventReminder) time.Time {
		if len(r.Past) == 0 {
			return time.Time{}
		}
		return r.Past[len(r.Past)-1].Due
	}
	slices.SortStableFunc(all, func(a, b EventReminder) int {
		if a.Next.IsZero() != b.Next.IsZero() {
			if a.Next.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(a.Next.Compare(b.Next), last(b).Compare(last(a)))
	})
}

// RuleWords says in words when a reminder goes out, for an event or, where that has no city, for events in general: "7 days before it begins, at 9:00 in
// Prato, to delegates".
func (f frame) RuleWords(r mce.ReminderRule, city mce.Text) (string, error) {
	days, when := r.Days, "after"
	switch {
	case days == 0:
		when = "on"
	case days < 0:
		days, when = -days, "before"
	}
	if r.Daily {
		when = "daily"
	}
	day, err := f.T("rule."+string(r.Anchor)+"."+when, "Count", days)
	if err != nil {
		return "", err
	}
	whom, err := f.T("rule.for." + string(r.Audience()))
	if err != nil {
		return "", err
	}
	place, _ := city.In(f.Lang)
	at := strings.TrimPrefix(r.At, "0")
	if place == "" {
		return f.T("rule.words", "Day", day, "At", at, "Whom", whom)
	}
	return f.T("rule.words.in", "Day", day, "At", at, "Place", place, "Whom", whom)
}

// NoCity is the city of events in general.
func (f frame) NoCity() mce.Text { return nil }

// ChangeWords says what has changed for people who know an event as old: "It takes place 1 to 3 November, not 25 to 27 October".
func (f frame) ChangeWords(c mce.Change, old, e mce.Event) (string, error) {
	in := func(x mce.Event, s mce.Session) string { return f.Span(s.Starts.In(x.Zone()), s.Ends.In(x.Zone())) }
	text := func(t mce.Text) string { s, _ := t.In(f.Lang); return s }
	name := strings.ReplaceAll(string(c.What), " ", "-")
	switch c.What {
	case mce.CalledOffOrPutOff:
		return f.T("what.off." + string(e.State))
	case mce.OnAgain:
		return f.T("what.on")
	case mce.ItsTime:
		return f.T("what.time", "Old", f.Span(old.Starts.In(old.Zone()), old.Ends.In(old.Zone())), "New", f.Span(e.Starts.In(e.Zone()), e.Ends.In(e.Zone())))
	case mce.ItsPlace:
		return f.T("what.place", "Old", f.place(old), "New", f.place(e))
	case mce.ItsLink:
		return f.T("what.online")
	case mce.SessionTime:
		return f.T("what."+name, "Title", text(c.New.Title), "Old", in(old, c.Old), "New", in(e, c.New))
	case mce.SessionRoom:
		return f.T("what."+name, "Title", text(c.New.Title), "Old", cmp.Or(text(c.Old.Room), "–"), "New", cmp.Or(text(c.New.Room), "–"))
	case mce.SessionNew:
		return f.T("what."+name, "Title", text(c.New.Title), "New", in(e, c.New))
	case mce.SessionGone:
		return f.T("what."+name, "Title", text(c.Old.Title), "Old", in(old, c.Old))
	}
	return string(c.What), nil
}

func (f frame) place(e mce.Event) string {
	venue, _ := e.Venue.In(f.Lang)
	city, _ := e.City.In(f.Lang)
	parts := slices.DeleteFunc([]string{venue, e.Address, city}, func(s string) bool { return s == "" })
	return cmp.Or(strings.Join(parts, ", "), "–")
}

// Delegates is the view of a page of an event's people.
type Delegates struct {
	Common
	Event    mce.Event
	Tally    mce.EventTally
	Query    mce.DelegateQuery
	People   []mce.Registration
	Bookings map[int64]mce.Booking // by which they were registered, by id
	More     bool
}

// Delegates writes a page of an event's people.
func (p *Pages) Delegates(w io.Writer, lang mce.Lang, v Delegates) error {
	return p.write(w, "delegates", lang, v.Common, v)
}

// Fields are what people are looked for by.
func (v Delegates) Fields() []Field {
	standing := Field{Name: "standing", Type: "pick", Value: string(v.Query.Standing), Options: []Option{{Label: "standing.all"}}}
	for _, s := range mce.DelegateStandings() {
		standing.Options = append(standing.Options, Option{Value: string(s), Label: "standing." + string(s)})
	}
	return []Field{{Name: "q", Label: "field.delegates", Type: "search", Value: v.Query.Search, Optional: true}, standing}
}

// Searched reports whether not all are shown.
func (v Delegates) Searched() bool {
	return v.Query.Search != "" || v.Query.Standing != "" || v.Query.Booking != 0
}

// Booked is the booking whose people alone are shown; ID 0: those of any, or of none.
func (v Delegates) Booked() mce.Booking { return v.Bookings[v.Query.Booking] }

// BookingPath is the page of the people of a booking.
func (v Delegates) BookingPath(id int64) string { return BookingPath(v.Event.ID, id) }

// Path is the event's page.
func (v Delegates) Path() string { return EventPath(v.Event.ID) }

// PathOf is somebody's page.
func (v Delegates) PathOf(r mce.Registration) string { return DelegatePath(v.Event.ID, r.ID) }

// NextPath and PreviousPath are the pages beside this one.
func (v Delegates) NextPath() string { return v.from(v.Query.Skip + v.Query.Limit) }

// PreviousPath is the page before this one.
func (v Delegates) PreviousPath() string { return v.from(max(0, v.Query.Skip-v.Query.Limit)) }

func (v Delegates) from(skip int) string {
	q := url.Values{"from": {strconv.Itoa(skip)}}
	if v.Query.Search != "" {
		q.Set("q", v.Query.Search)
	}
	if v.Query.Standing != "" {
		q.Set("standing", string(v.Query.Standing))
	}
	if v.Query.Booking != 0 {
		q.Set("booking", strconv.FormatInt(v.Query.Booking, 10))
	}
	return v.Path() + "/delegates?" + q.Encode()
}

// Delegate is the view of somebody at an event, or of the form by which somebody is registered.
type Delegate struct {
	Common
	Event   mce.Event
	Person  mce.Registration // as they stand, or as was entered; ID 0: a new one
	Booking mce.Booking      // who registered them; ID 0: nobody but themselves
	Reason  string
	Cancels bool // the fault is about cancelling
	FaultIn string
	Fault   string // in English
	Now     time.Time
}

// Delegate writes the page of somebody at an event.
func (p *Pages) Delegate(w io.Writer, lang mce.Lang, v Delegate) error {
	return p.write(w, "delegate", lang, v.Common, v)
}

// Path is their page.
func (v Delegate) Path() string {
	if v.Person.ID == 0 {
		return EventPath(v.Event.ID) + "/delegates/new"
	}
	return DelegatePath(v.Event.ID, v.Person.ID)
}

// BookingPath is the page of all whom the same booking registered.
func (v Delegate) BookingPath() string { return BookingPath(v.Event.ID, v.Booking.ID) }

// EventPath is the event's page.
func (v Delegate) EventPath() string { return EventPath(v.Event.ID) }

// PersonPath is the page with everything that concerns them.
func (v Delegate) PersonPath() string {
	return PersonPath(mce.PersonRef{As: mce.KnownDelegate, ID: v.Person.ID})
}

// Changeable reports whether something can be done for them.
func (v Delegate) Changeable() bool {
	return v.Person.ID == 0 || v.Person.State != mce.Withdrawn && !v.Event.Done(v.Now)
}

// Fields are the form's entries.
func (v Delegate) Fields() []Field {
	p := v.Person
	fields := []Field{
		{Name: "name", Label: "field.delegate.name", Type: "text", Value: p.Name, Autocomplete: "off"},
		{Name: "organisation", Label: "field.delegate.organisation", Type: "text", Value: p.Organisation, Autocomplete: "off", Optional: true},
		{Name: "country", Label: "field.delegate.country", Type: "text", Value: p.Country, Autocomplete: "off", Optional: true},
		{Name: "language", Type: "choice", Value: string(p.Language), Options: languages()},
		{Name: "zone", Label: "field.delegate.zone", Type: "pick", Value: p.Zone, Options: append([]Option{{Label: "zone.none"}}, zones(p.Zone)...), Hint: true},
	}
	if p.ID == 0 {
		fields = append([]Field{{Name: "email", Label: "field.delegate.email", Type: "email", Value: p.Email, Autocomplete: "off"}}, fields...)
		fields = append(fields, Field{Name: "role", Label: "field.delegate.role", Type: "choice", Value: string(p.Role), Options: []Option{
			{Value: string(mce.AsDelegate), Label: "attends.delegate"}, {Value: string(mce.AsSpeaker), Label: "attends.speaker"},
		}})
	}
	if chosen := v.Event.Choosable(); len(chosen) > 0 {
		sessions := Field{Name: "sessions", Label: "field.delegate.sessions", Type: "checks", Value: strings.Join(p.Sessions, " "), Optional: true}
		for _, s := range chosen {
			sessions.Options = append(sessions.Options, Option{Value: s.Slug, Words: s.Title})
		}
		fields = append(fields, sessions)
	}
	fields = append(fields, v.ReasonField(false))
	for i := range fields {
		if fields[i].Name == v.FaultIn && !v.Cancels {
			fields[i].Fault = v.Fault
		}
	}
	return fields
}

// ReasonField is the entry that says why something is done for somebody.
func (v Delegate) ReasonField(cancels bool) Field {
	f := Field{Name: "reason", Label: "field.delegate.reason", Type: "text", Autocomplete: "off", Hint: true}
	if cancels == v.Cancels {
		f.Value = v.Reason
		if v.FaultIn == "reason" {
			f.Fault = v.Fault
		}
	}
	return f
}

// General is a fault that is in no entry.
func (v Delegate) General() string {
	for _, f := range v.Fields() {
		if f.Fault != "" {
			return ""
		}
	}
	if v.Cancels && v.FaultIn == "reason" {
		return ""
	}
	return v.Fault
}

// CheckIn is the view of the page on which delegates arrive.
type CheckIn struct {
	Common
	Event  mce.Event
	Tally  mce.EventTally
	Person mce.Registration // who has just arrived; ID 0: nobody
	First  bool             // they had not before
	Code   string           // that was refused
	Fault  string           // in English
	Search string
	Found  []mce.Registration // by name
}

// CheckIn writes the page on which delegates arrive.
func (p *Pages) CheckIn(w io.Writer, lang mce.Lang, v CheckIn) error {
	return p.write(w, "checkin", lang, v.Common, v)
}

// Path is the event's page.
func (v CheckIn) Path() string { return EventPath(v.Event.ID) }

// Field is the entry for codes, where the next one is typed.
func (v CheckIn) Field() Field {
	return Field{Name: "code", Label: "field.code", Type: "text", Value: v.Code, Autocomplete: "off", Hint: true, Fault: v.Fault, Focus: true}
}

// NameField is the entry for who has no code at hand.
func (v CheckIn) NameField() Field {
	return Field{Name: "q", Label: "field.checkin.name", Type: "search", Value: v.Search, Optional: true}
}

// Zoned is a moment on the venue's clocks.
func (v CheckIn) Zoned(t time.Time) time.Time { return t.In(v.Event.Zone()) }

// Sessions are those that the person who arrived chose.
func (v CheckIn) Sessions() []mce.Session { return v.Person.Chosen(v.Event) }
