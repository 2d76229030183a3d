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
	sub, _, err := s.subscriber(r, mce.ForLeaving)
	if err != nil {
		return err
	}
	state := page.Asking
	if sub.State == mce.Unsubscribed || sub.State == mce.Erased {
		state = page.Already
	}
	return s.showLeave(w, r, sub, state)
}

// leave is RFC 8058 §3.2 and the page's button in one: any POST to the address ends the subscription, whatever its body says or
// whether it has one. A second one finds it ended and is answered with 200 too.
func (s *Server) leave(w http.ResponseWriter, r *http.Request) error {
	if err := drain(r); err != nil {
		return err
	}
	sub, _, err := s.subscriber(r, mce.ForLeaving)
	if err != nil {
		return err
	}
	done, err := s.Store.Leave(r.Context(), sub.ID, "leave link", s.Clock.Now())
	if err != nil {
		return err
	}
	if s.Left != nil {
		s.Left(sub.ID)
	}
	state := page.Already
	if done {
		state = page.Done
	}
	return s.showLeave(w, r, sub, state)
}

func (s *Server) showLeave(w http.ResponseWriter, r *http.Request, sub mce.Subscriber, state page.State) error {
	lang := readerLang(r, sub.Language)
	v := page.Leave{Common: s.common(r), MaskedAddress: mce.MaskAddress(sub.Email), State: state}
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Leave(w, lang, v) })
}

// askToConfirm shows the page of the link in an opt-in letter. Only its button confirms.
func (s *Server) askToConfirm(w http.ResponseWriter, r *http.Request) error {
	sub, consent, err := s.subscriber(r, mce.ForConfirming)
	if err != nil {
		return err
	}
	state := page.Asking
	switch sub.State {
	case mce.Active:
		state = page.Already
	case mce.Unsubscribed, mce.Erased:
		return ended()
	case mce.Pending:
	}
	return s.showConfirm(w, r, sub, consent, state)
}

// ended answers whoever comes with the link of a subscription that they have left since.
func ended() error {
	return mce.Conflictf("This subscription has ended since. An old link does not bring it back; please subscribe again.")
}

func (s *Server) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := drain(r); err != nil {
		return err
	}
	sub, consent, err := s.subscriber(r, mce.ForConfirming)
	if err != nil {
		return err
	}
	done, err := s.Store.Confirm(r.Context(), sub.ID, consent, "confirmation link", clientAddress(r), s.Clock.Now())
	if err != nil {
		return err
	}
	if !done && sub.State == mce.Unsubscribed {
		return ended()
	}
	state := page.Already
	if done {
		state = page.Done
	}
	return s.showConfirm(w, r, sub, consent, state)
}

func (s *Server) showConfirm(w http.ResponseWriter, r *http.Request, sub mce.Subscriber, consent int64, state page.State) error {
	lang := readerLang(r, sub.Language)
	v := page.Confirm{Common: s.common(r), MaskedAddress: mce.MaskAddress(sub.Email), State: state}
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
		if c.ID == consent {
			v.Wording, v.WordingLang = c.Wording, s.languageOf(c.Wording, sub.Language)
		}
	}
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Confirm(w, lang, v) })
}

// subscriber is whom the token in the address stands for, and the token's second number: the issue, or the consent asked.
func (s *Server) subscriber(r *http.Request, p mce.Purpose) (sub mce.Subscriber, cause int64, err error) {
	id, cause, err := s.Keys.Open(p, r.PathValue("token"))
	if err != nil {
		return sub, 0, err
	}
	sub, err = s.Store.SubscriberByID(r.Context(), id)
	return sub, cause, err
}

// languageOf is the language of a wording of ours; usual for any other.
func (s *Server) languageOf(wording string, usual mce.Lang) mce.Lang {
	for _, lang := range mce.Languages() {
		if s.Site.ConsentWording(lang) == wording {
			return lang
		}
	}
	return usual
}
