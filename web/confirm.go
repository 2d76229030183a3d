package web

import (
	"io"
	"net/http"
	"slices"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/web/client"
)

// askToConfirm shows the page of the link in an opt-in letter. Only its button confirms.
func (s *Server) askToConfirm(w http.ResponseWriter, r *http.Request) error {
	sub, consent, err := s.subscriber(r, mce.ForConfirming)
	if err != nil {
		return err
	}
	state := confirmState(sub)
	if sub.State == mce.Pending {
		state = page.Asking
	}
	return s.showConfirm(w, r, sub, consent, state)
}

// confirmState is what a link that confirms nothing any more meets: whoever left since, or did not confirm in time, has to subscribe anew.
func confirmState(sub mce.Subscriber) page.State {
	if sub.State == mce.Active {
		return page.Already
	}
	return page.Ended
}

func (s *Server) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := drain(r); err != nil {
		return err
	}
	sub, consent, err := s.subscriber(r, mce.ForConfirming)
	if err != nil {
		return err
	}
	done, err := s.Store.Confirm(r.Context(), sub.ID, consent, "confirmation link", client.Address(r), s.Letters, s.Site.Domain(), s.Clock.Now())
	if err != nil {
		return err
	}
	state := page.Done
	if !done {
		if sub, err = s.Store.SubscriberByID(r.Context(), sub.ID); err != nil { // another click may have been faster
			return err
		}
		state = confirmState(sub)
	}
	return s.showConfirm(w, r, sub, consent, state)
}

func (s *Server) showConfirm(w http.ResponseWriter, r *http.Request, sub mce.Subscriber, consent int64, state page.State) error {
	lang := readerLang(r, sub.Language)
	if state == page.Ended {
		v := page.Confirm{Common: s.common(r), State: state}
		return s.show(w, http.StatusGone, lang, func(w io.Writer) error { return s.Pages.Confirm(w, lang, v) })
	}
	v := page.Confirm{Common: s.common(r), MaskedAddress: masked(sub), State: state}
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
