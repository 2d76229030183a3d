package web

import (
	"errors"
	"io"
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/web/client"
)

// One's own page: what needs proof that one reads the mailbox. Its link works for a day and comes by mail alone.

// ownHandler answers a request of a person who has shown that they are the one.
type ownHandler func(w http.ResponseWriter, r *http.Request, sub mce.Subscriber) error

// own opens one's own pages. A link whose time is over, and one of a person who was erased, are answered by pages of their own.
func (s *Server) own(h ownHandler) http.Handler {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		id, err := s.Keys.OpenSelf(r.PathValue("token"), s.Clock.Now())
		if errors.Is(err, mce.ErrOver) {
			lang := readerLang(r, "")
			return s.show(w, http.StatusGone, lang, func(w io.Writer) error { return s.Pages.Over(w, lang, s.common(r)) })
		}
		if err != nil {
			return err
		}
		sub, err := s.Store.SubscriberByID(r.Context(), id)
		if err != nil {
			return err
		}
		if sub.State == mce.Erased {
			return s.showErase(w, r, http.StatusGone, sub, page.Erase{State: page.Already})
		}
		return h(w, r, sub)
	})
}

// selfPath is the path of one's own page, below which the others are.
func selfPath(r *http.Request) string { return "/me/" + r.PathValue("token") }

func (s *Server) showSelf(w http.ResponseWriter, r *http.Request, sub mce.Subscriber) error {
	return s.selfPage(w, r, http.StatusOK, sub, page.Self{Details: sub.Details})
}

// changeSelf takes one of the page's two forms.
func (s *Server) changeSelf(w http.ResponseWriter, r *http.Request, sub mce.Subscriber) error {
	form, err := formOf(r)
	if err != nil {
		return err
	}
	if sub.State != mce.Active { // the page says so
		return s.selfPage(w, r, http.StatusConflict, sub, page.Self{})
	}
	switch form.Get("form") {
	case "details":
		return s.changeDetails(w, r, sub)
	case "move":
		return s.askToMove(w, r, sub)
	}
	return mce.Invalidf("What was sent is not a form of ours. Please try again.")
}

func (s *Server) changeDetails(w http.ResponseWriter, r *http.Request, sub mce.Subscriber) error {
	entered := mce.Details{Name: r.PostForm.Get("name"), Organisation: r.PostForm.Get("organisation"), Country: r.PostForm.Get("country")}
	details, fault := mce.CleanDetails(entered)
	if fault != nil {
		return s.selfPage(w, r, http.StatusUnprocessableEntity, sub, page.Self{Details: entered, FaultIn: fault.Field})
	}
	if _, err := s.Store.SaveDetails(r.Context(), sub.ID, details, s.consent(r, sub, "own page")); err != nil {
		return err
	}
	return s.selfPage(w, r, http.StatusOK, sub, page.Self{Details: details, Saved: true})
}

// askToMove answers the same whether the new address is free, has a subscription of its own, or must not be written to.
func (s *Server) askToMove(w http.ResponseWriter, r *http.Request, sub mce.Subscriber) error {
	v := page.Self{Details: sub.Details, NewEmail: r.PostForm.Get("email")}
	if better := r.PostForm.Get("better"); better != "" { // the button of a suggestion
		v.NewEmail = better
	}
	to, err := mce.ParseAddress(v.NewEmail)
	switch better, slip := mce.SuggestAddress(to); {
	case err != nil:
		v.FaultIn, v.Fault = "email", mce.ErrorMessage(err)
	case mce.AddressKey(to) == mce.AddressKey(sub.Email):
		v.FaultIn = "same"
	case slip && r.PostForm.Get("sure") != v.NewEmail:
		v.Better = better
	}
	if v.FaultIn != "" || v.Better != "" {
		return s.selfPage(w, r, http.StatusUnprocessableEntity, sub, v)
	}
	if !s.forms.Allow(client.Address(r)) {
		return errThrottled()
	}
	if _, err := s.Store.AskToMove(r.Context(), sub.ID, to, s.Letters.Move, s.Site.Domain(), s.Clock.Now()); err != nil {
		return err
	}
	return s.selfPage(w, r, http.StatusOK, sub, page.Self{Details: sub.Details, NewEmail: to, Asked: true})
}

// consent is what the record says of a change that is made here and now. The words are those under which the subscription goes on.
func (s *Server) consent(r *http.Request, sub mce.Subscriber, source string) mce.Consent {
	return mce.Consent{
		Wording: s.Site.ConsentWording(readerLang(r, sub.Language)), Version: mce.ConsentVersion, Source: source, Origin: client.Address(r), At: s.Clock.Now(),
	}
}

func (s *Server) selfPage(w http.ResponseWriter, r *http.Request, status int, sub mce.Subscriber, v page.Self) error {
	lang := readerLang(r, sub.Language)
	v.Common, v.Email, v.Active = s.common(r), sub.Email, sub.State == mce.Active
	v.LeaveToken = s.Keys.Token(mce.ForLeaving, sub.ID, 0)
	return s.show(w, status, lang, func(w io.Writer) error { return s.Pages.Self(w, lang, v) })
}
