package web

import (
	"io"
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/web/client"
)

// askForLink shows the form of who lost the link to their own page.
func (s *Server) askForLink(w http.ResponseWriter, r *http.Request) error {
	return s.linkPage(w, r, http.StatusOK, page.Link{})
}

// sendLink takes it. Known, unknown and suppressed addresses are answered alike, as wishes to subscribe are.
func (s *Server) sendLink(w http.ResponseWriter, r *http.Request) error {
	form, err := formOf(r)
	if err != nil {
		return err
	}
	v := page.Link{Email: meant(form)}
	email, err := mce.ParseAddress(v.Email)
	if err != nil {
		v.FaultIn, v.Fault = "email", mce.ErrorMessage(err)
		return s.linkPage(w, r, http.StatusUnprocessableEntity, v)
	}
	if better, slip := mce.SuggestAddress(email); slip && form.Get("sure") != v.Email {
		v.Better = better
		return s.linkPage(w, r, http.StatusUnprocessableEntity, v)
	}
	if err := s.wishForLink(r, email, "link page"); err != nil {
		return err
	}
	v.Done = true
	return s.linkPage(w, r, http.StatusOK, v)
}

// wishForLink notes the wish for the link, bounded for each client.
func (s *Server) wishForLink(r *http.Request, email, source string) error {
	if !s.forms.Allow(client.Address(r)) {
		return errThrottled()
	}
	return s.Store.AddWish(r.Context(), mce.Wish{
		Kind: mce.ForLink, Subscriber: mce.Subscriber{Email: email, Choices: mce.Choices{Language: readerLang(r, "")}},
		Consent: mce.Consent{Source: source, Origin: client.Address(r), At: s.Clock.Now()},
	})
}

func (s *Server) linkPage(w http.ResponseWriter, r *http.Request, status int, v page.Link) error {
	lang := readerLang(r, "")
	v.Common = s.common(r)
	return s.show(w, status, lang, func(w io.Writer) error { return s.Pages.Link(w, lang, v) })
}
