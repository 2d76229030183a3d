package web

import (
	"io"
	"net/http"
	"slices"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

// askToLeave shows the page of a leave link. Only its button leaves.
func (s *Server) askToLeave(w http.ResponseWriter, r *http.Request) error {
	sub, err := s.subscriber(r, mce.ForLeaving)
	if err != nil {
		return err
	}
	state := page.Asking
	if sub.State == mce.Unsubscribed {
		state = page.Already
	}
	return s.showLeave(w, r, sub, state)
}

// leave is RFC 8058 §3.2 and the page's button in one: any POST to the address ends the subscription, whatever its body says or
// whether it has one. A second one finds it ended and is answered with 200 too.
func (s *Server) leave(w http.ResponseWriter, r *http.Request) error {
	// The body is read to its end, so that a client that is still sending it gets our answer.
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return err
	}
	sub, err := s.subscriber(r, mce.ForLeaving)
	if err != nil {
		return err
	}
	done, err := s.Store.Leave(r.Context(), sub.ID, "leave link", s.Clock.Now())
	if err != nil {
		return err
	}
	state := page.Already
	if done {
		state = page.Done
	}
	return s.showLeave(w, r, sub, state)
}

func (s *Server) showLeave(w http.ResponseWriter, r *http.Request, sub mce.Subscriber, state page.State) error {
	lang := readerLang(r, sub.Language)
	v := page.Leave{Common: common(r), MaskedAddress: mce.MaskAddress(sub.Email), State: state}
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Leave(w, lang, v) })
}

// askToConfirm shows the page of the link in an opt-in letter. Only its button confirms.
func (s *Server) askToConfirm(w http.ResponseWriter, r *http.Request) error {
	sub, err := s.subscriber(r, mce.ForConfirming)
	if err != nil {
		return err
	}
	state := page.Asking
	if sub.State == mce.Active {
		state = page.Already
	}
	return s.showConfirm(w, r, sub, state)
}

func (s *Server) confirm(w http.ResponseWriter, r *http.Request) error {
	sub, err := s.subscriber(r, mce.ForConfirming)
	if err != nil {
		return err
	}
	_, consent, err := s.Keys.Open(mce.ForConfirming, r.PathValue("token"))
	if err != nil {
		return err
	}
	done, err := s.Store.Confirm(r.Context(), sub.ID, consent, "confirmation link", s.Clock.Now())
	if err != nil {
		return err
	}
	if !done && sub.State == mce.Unsubscribed {
		return mce.Conflictf("This subscription has ended since. An old link does not bring it back; please subscribe again.")
	}
	state := page.Already
	if done {
		state = page.Done
	}
	return s.showConfirm(w, r, sub, state)
}

func (s *Server) showConfirm(w http.ResponseWriter, r *http.Request, sub mce.Subscriber, state page.State) error {
	lang := readerLang(r, sub.Language)
	v := page.Confirm{Common: common(r), MaskedAddress: mce.MaskAddress(sub.Email), State: state}
	topics, err := s.Store.Topics(r.Context())
	if err != nil {
		return err
	}
	for _, t := range topics {
		if slices.Contains(sub.Topics, t.Slug) {
			v.Topics = append(v.Topics, t.Name)
		}
	}
	record, err := s.Store.Consents(r.Context(), sub.ID)
	if err != nil {
		return err
	}
	for _, c := range record {
		if c.Action == "asked" {
			v.Wording, v.WordingLang = c.Wording, mce.English
		}
	}
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Confirm(w, lang, v) })
}

// subscriber is whom the token in the address stands for.
func (s *Server) subscriber(r *http.Request, p mce.Purpose) (mce.Subscriber, error) {
	id, _, err := s.Keys.Open(p, r.PathValue("token"))
	if err != nil {
		return mce.Subscriber{}, err
	}
	return s.Store.SubscriberByID(r.Context(), id)
}
