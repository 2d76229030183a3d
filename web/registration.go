package web

import (
	"errors"
	"io"
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/letter"
	"github.com/majorcities/mce-mailer/templates/page"
)

// The page of a registration, opened by the link in the mails about it. The link works as long as the registration is kept.

// place is a registration that a link has opened.
type place struct {
	mce.Registration
	event mce.Event
}

// placeHandler answers a request about a registration.
type placeHandler func(w http.ResponseWriter, r *http.Request, p place) error

// placed opens the pages of a registration. One that nothing is kept of any more has a page of its own.
func (s *Server) placed(h placeHandler) http.Handler {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		id, _, err := s.Keys.Open(mce.ForDelegate, r.PathValue("token"))
		if err != nil {
			return err
		}
		p, err := s.place(r, id)
		if mce.ErrorCode(err) == mce.NotFound {
			return s.forgotten(w, r)
		}
		if err != nil {
			return err
		}
		return h(w, r, p)
	})
}

func (s *Server) place(r *http.Request, id int64) (p place, err error) {
	if p.Registration, err = s.Store.RegistrationByID(r.Context(), id); err != nil {
		return p, err
	}
	p.event, err = s.Store.Event(r.Context(), p.Event)
	return p, err
}

func (s *Server) forgotten(w http.ResponseWriter, r *http.Request) error {
	lang := readerLang(r, "")
	return s.show(w, http.StatusGone, lang, func(w io.Writer) error { return s.Pages.Forgotten(w, lang, s.common(r)) })
}

func (s *Server) showRegistration(w http.ResponseWriter, r *http.Request, p place) error {
	return s.registrationPage(w, r, http.StatusOK, p, page.Registration{Particulars: p.Particulars()})
}

// changeRegistration takes the form. What of it stands in our mails is told by a new one.
func (s *Server) changeRegistration(w http.ResponseWriter, r *http.Request, p place) error {
	form, err := formOf(r)
	if err != nil {
		return err
	}
	v := page.Registration{Particulars: entered(form)}
	to, fault := v.Particulars.Clean()
	if fault != nil {
		v.FaultIn = fault.Field
		return s.registrationPage(w, r, http.StatusUnprocessableEntity, p, v)
	}
	changed, err := s.Store.ChangeRegistration(r.Context(), p.ID, to, s.Letters, s.Site.Domain(), s.Clock.Now())
	switch {
	case errors.As(err, &fault):
		v.FaultIn = fault.Field
		return s.registrationPage(w, r, http.StatusUnprocessableEntity, p, v)
	case mce.ErrorCode(err) == mce.Conflict: // the page says why: it is over, off, or was cancelled
		if p, err = s.place(r, p.ID); err != nil {
			return err
		}
		return s.registrationPage(w, r, http.StatusConflict, p, page.Registration{Particulars: p.Particulars()})
	case err != nil:
		return err
	}
	p.Registration = changed
	return s.registrationPage(w, r, http.StatusOK, p, page.Registration{Particulars: changed.Particulars(), Saved: true})
}

func (s *Server) registrationPage(w http.ResponseWriter, r *http.Request, status int, p place, v page.Registration) error {
	now := s.Clock.Now()
	v.Common, v.Event, v.Person, v.Published, v.Over = s.common(r), p.event, p.Registration, p.event.Window.Open(now), p.event.Done(now)
	if v.Stands() == "registered" && p.event.HasDesk() && p.Code != "" {
		var err error
		if v.Picture, err = letter.DrawCode(p.Code); err != nil {
			return err
		}
	}
	lang := readerLang(r, p.Language)
	return s.show(w, status, lang, func(w io.Writer) error { return s.Pages.Registration(w, lang, v) })
}

// askToCancel shows what would end. Only its button ends it.
func (s *Server) askToCancel(w http.ResponseWriter, r *http.Request, p place) error {
	return s.cancelPage(w, r, p, s.cancelState(p), page.Cancel{})
}

func (s *Server) cancelOwn(w http.ResponseWriter, r *http.Request, p place) error {
	state, err := s.cancel(r, p)
	if err != nil {
		return err
	}
	return s.cancelPage(w, r, p, state, page.Cancel{})
}

// cancelState is how far an ending is that nobody has just now brought about.
func (s *Server) cancelState(p place) page.State {
	switch {
	case p.State == mce.Withdrawn:
		return page.Already
	case p.event.Done(s.Clock.Now()) || !p.Arrived.IsZero():
		return page.TooLate
	}
	return page.Asking
}

// cancel ends a registration that can be ended. Another click, or the desk, may have been faster.
func (s *Server) cancel(r *http.Request, p place) (page.State, error) {
	if err := drain(r); err != nil {
		return "", err
	}
	if state := s.cancelState(p); state != page.Asking {
		return state, nil
	}
	err := s.Store.CancelByID(r.Context(), p.ID, s.Letters, s.Site.Domain(), s.Clock.Now())
	if mce.ErrorCode(err) == mce.Conflict {
		if p, err = s.place(r, p.ID); err != nil {
			return "", err
		}
		return s.cancelState(p), nil
	}
	return page.Done, err
}

// cancelPage completes the view; Booked and Page are there already when it is who booked that asks.
func (s *Server) cancelPage(w http.ResponseWriter, r *http.Request, p place, state page.State, v page.Cancel) error {
	v.Common, v.Event, v.Person, v.State, v.Published = s.common(r), p.event, p.Registration, state, p.event.Window.Open(s.Clock.Now())
	if !v.Booked {
		v.Page = "/registration/" + r.PathValue("token")
	}
	lang := readerLang(r, p.Language)
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Cancel(w, lang, v) })
}
