package web

import (
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

// The page of who registered others, opened by the link in the mail to them: they see how each of these people stands, and can give back places.

// booked is a booking that a link has opened.
type booked struct {
	mce.Booking
	event  mce.Event
	people []mce.Registration
}

// bookedHandler answers a request about a booking.
type bookedHandler func(w http.ResponseWriter, r *http.Request, b booked) error

// booked opens the pages of a booking. One that nothing is kept of any more has a page of its own.
func (s *Server) booked(h bookedHandler) http.Handler {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		id, _, err := s.Keys.Open(mce.ForBooking, r.PathValue("token"))
		if err != nil {
			return err
		}
		var b booked
		b.Booking, b.people, err = s.Store.BookingByID(r.Context(), id)
		if mce.ErrorCode(err) == mce.NotFound {
			return s.forgotten(w, r)
		}
		if err != nil {
			return err
		}
		if b.event, err = s.Store.Event(r.Context(), b.Event); err != nil {
			return err
		}
		return h(w, r, b)
	})
}

func (s *Server) showBooking(w http.ResponseWriter, r *http.Request, b booked) error {
	now, lang := s.Clock.Now(), readerLang(r, b.Language)
	v := page.Booking{
		Common: s.common(r), Event: b.event, Published: b.event.Window.Open(now), Over: b.event.Done(now), Booking: b.Booking, People: b.people,
	}
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Booking(w, lang, v) })
}

func (s *Server) askToCancelFor(w http.ResponseWriter, r *http.Request, b booked) error {
	p, err := b.place(r)
	if err != nil {
		return err
	}
	return s.cancelBooked(w, r, b, p, s.cancelState(p))
}

func (s *Server) cancelFor(w http.ResponseWriter, r *http.Request, b booked) error {
	p, err := b.place(r)
	if err != nil {
		return err
	}
	state, err := s.cancel(r, p)
	if err != nil {
		return err
	}
	return s.cancelBooked(w, r, b, p, state)
}

// place is the one of the booking that the path names. Who has registered anew by themselves does not belong to it any more.
func (b booked) place(r *http.Request) (place, error) {
	id, err := strconv.ParseInt(r.PathValue("person"), 10, 64)
	i := slices.IndexFunc(b.people, func(p mce.Registration) bool { return p.ID == id })
	if err != nil || i < 0 {
		return place{}, mce.NotFoundf("this person does not belong to the booking any more")
	}
	return place{b.people[i], b.event}, nil
}

func (s *Server) cancelBooked(w http.ResponseWriter, r *http.Request, b booked, p place, state page.State) error {
	p.Language = b.Language // who reads the page
	return s.cancelPage(w, r, p, state, page.Cancel{Booked: true, Page: "/booking/" + r.PathValue("token")})
}
