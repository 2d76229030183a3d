package mce

import (
	"slices"
	"time"
)

// Moment is something that happened with a person. One of its parts is set, and says what.
type Moment struct {
	At           time.Time
	Consent      *DossierConsent
	Letter       *DossierLetter
	Registration *DossierRegistration // they registered; with Cancelled or Arrived: they cancelled, or came
	Cancelled    bool
	Arrived      bool
	Reminder     *DossierReminder // of Registration, which is set too
	Booking      *DossierBooking
	Invitation   *DossierInvitation
	Move         *DossierMove
	Suppression  *DossierSuppression
	Deed         *Audit // what the desk did on their behalf
}

// Kind names the part that is set.
func (m Moment) Kind() string {
	switch {
	case m.Consent != nil:
		return "consent"
	case m.Letter != nil:
		return "letter"
	case m.Reminder != nil:
		return "reminder"
	case m.Arrived:
		return "arrived"
	case m.Cancelled:
		return "cancelled"
	case m.Registration != nil:
		return "registered"
	case m.Booking != nil:
		return "booked"
	case m.Invitation != nil:
		return "invited"
	case m.Move != nil:
		return "move"
	case m.Suppression != nil:
		return "suppressed"
	}
	return "deed"
}

// Timeline is everything of a dossier and of what the desk did on the person's behalf, the latest first.
func (d Dossier) Timeline(deeds []Audit) []Moment {
	var out []Moment
	for i, c := range d.Consents {
		out = append(out, Moment{At: c.At, Consent: &d.Consents[i]})
	}
	for i, l := range d.Letters {
		out = append(out, Moment{At: l.At, Letter: &d.Letters[i]})
	}
	for i := range d.Registrations {
		out = append(out, d.Registrations[i].moments()...)
	}
	for i, b := range d.Bookings {
		out = append(out, Moment{At: b.At, Booking: &d.Bookings[i]})
	}
	for i, x := range d.Invitations {
		out = append(out, Moment{At: x.At, Invitation: &d.Invitations[i]})
	}
	for i, x := range d.Moves {
		out = append(out, Moment{At: x.At, Move: &d.Moves[i]})
	}
	if d.Suppression != nil {
		out = append(out, Moment{At: d.Suppression.At, Suppression: d.Suppression})
	}
	for i, a := range deeds {
		out = append(out, Moment{At: a.At, Deed: &deeds[i]})
	}
	slices.SortStableFunc(out, func(a, b Moment) int { return b.At.Compare(a.At) })
	return out
}

// moments are those of a place in an event.
func (r *DossierRegistration) moments() []Moment {
	out := []Moment{{At: r.RegisteredAt, Registration: r}}
	for i, m := range r.Reminders {
		out = append(out, Moment{At: m.At, Registration: r, Reminder: &r.Reminders[i]})
	}
	if r.CancelledAt != nil {
		out = append(out, Moment{At: *r.CancelledAt, Registration: r, Cancelled: true})
	}
	if r.ArrivedAt != nil {
		out = append(out, Moment{At: *r.ArrivedAt, Registration: r, Arrived: true})
	}
	return out
}
