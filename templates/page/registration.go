package page

import (
	"encoding/base64"
	"html/template"
	"io"

	"github.com/majorcities/mce-mailer/mce"
)

// Registration is the view of the page of a registration: whoever sees it has the link of a mail to the person.
type Registration struct {
	Common
	Event     mce.Event
	Published bool             // the event has a page
	Over      bool             // nothing can be changed any more: the event is over, or off
	Person    mce.Registration // as it stands
	mce.Particulars
	Picture []byte // of the code for the desk, a PNG; empty: there is none to show
	Saved   bool   // just now
	FaultIn string // the entry at fault: name, organisation, country, language, zone or sessions; empty: none
}

// Cancel is the view of the page that ends a registration, asked for by its person or by who booked.
type Cancel struct {
	Common
	Event     mce.Event
	Published bool
	Person    mce.Registration
	State     State  // Asking, Done, Already or TooLate
	Booked    bool   // it is who booked that asks
	Page      string // path of the page of the registration, or of the booking
}

// TooLate is the state of a cancellation that makes no sense any more: the event is over or off, or the person has arrived.
const TooLate State = "late"

// Booking is the view of the page of who registered others. The codes for the desk are the delegates' own, and do not stand here.
type Booking struct {
	Common
	Event     mce.Event
	Published bool
	Over      bool
	Booking   mce.Booking
	People    []mce.Registration
}

// Registration writes the page of a registration.
func (p *Pages) Registration(w io.Writer, lang mce.Lang, v Registration) error {
	return p.write(w, "registration", lang, v.Common, v)
}

// Cancel writes the page that ends one.
func (p *Pages) Cancel(w io.Writer, lang mce.Lang, v Cancel) error {
	return p.write(w, "cancel", lang, v.Common, v)
}

// Booking writes the page of who registered others.
func (p *Pages) Booking(w io.Writer, lang mce.Lang, v Booking) error {
	return p.write(w, "booking", lang, v.Common, v)
}

// Forgotten writes the page of a registration or a booking that nothing is kept of any more.
func (p *Pages) Forgotten(w io.Writer, lang mce.Lang, v Common) error {
	return p.write(w, "forgotten", lang, v, nil)
}

// Stands is how it stands with the registration: with what the event has come to, where that matters more.
func (v Registration) Stands() string {
	switch {
	case v.Person.State == mce.Withdrawn:
		return "cancelled"
	case v.Event.State == mce.EventCancelled:
		return "called-off"
	case v.Event.State == mce.EventMoved:
		return "put-off"
	case v.Over:
		return "over"
	case v.Person.State == mce.OnWaitingList:
		return "waiting"
	case !v.Person.Arrived.IsZero():
		return "arrived"
	}
	return "registered"
}

// MayCancel reports whether there is a place, or a turn, to give back.
func (v Registration) MayCancel() bool {
	s := v.Stands()
	return s == "registered" || s == "waiting"
}

// FaultAt is the entry to go to.
func (v Registration) FaultAt() string { return v.FaultIn }

// Code is the picture of the code, in the page itself.
func (v Registration) Code() template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(v.Picture)) //nolint:gosec // drawn by us
}

// AboutFor is the facts of an event for one of its delegates.
func (f frame) AboutFor(e mce.Event, r mce.Registration) about {
	return about{frame: f, Event: e, For: &r}
}
