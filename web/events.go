package web

import (
	"io"
	"net/http"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

// events lists what is to come, and what was in the last year.
func (s *Server) events(w http.ResponseWriter, r *http.Request) error {
	offers, err := s.Store.Offers(r.Context(), s.Clock.Now())
	if err != nil {
		return err
	}
	lang, v := readerLang(r, ""), page.Events{Common: s.common(r), Offers: offers}
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Events(w, lang, v) })
}

// showEvent shows one, as it is published.
func (s *Server) showEvent(w http.ResponseWriter, r *http.Request) error {
	offer, err := s.offer(r)
	if err != nil {
		return err
	}
	return s.eventPage(w, r, http.StatusOK, page.Event{Offer: offer, Particulars: mce.Particulars{Language: readerLang(r, "")}})
}

// offer is the event that the path names.
func (s *Server) offer(r *http.Request) (mce.Offer, error) {
	slug := r.PathValue("event")
	notOffered := mce.NotFoundf("There is no such event on these pages.")
	if strings.Trim(slug, slugSigns) != "" {
		return mce.Offer{}, notOffered
	}
	offer, err := s.Store.Offer(r.Context(), slug, s.Clock.Now())
	if mce.ErrorCode(err) == mce.NotFound {
		err = notOffered
	}
	return offer, err
}

// eventPage completes the view with the event's own words, and with what the form says of us.
func (s *Server) eventPage(w http.ResponseWriter, r *http.Request, status int, v page.Event) error {
	topics, err := s.Store.Topics(r.Context())
	if err != nil {
		return err
	}
	lang := readerLang(r, "")
	text, in := v.Offer.Body.In(lang)
	if v.Body, err = s.Letters.Prose(text); err != nil {
		return err
	}
	v.Common, v.BodyLang, v.Topics, v.Months = s.common(r), in, v.Offer.TopicsOf(topics), s.Keep.Delegates
	v.Wording, v.Version = s.Site.ConsentWording(lang), mce.ConsentVersion
	return s.show(w, status, lang, func(w io.Writer) error { return s.Pages.Event(w, lang, v) })
}
