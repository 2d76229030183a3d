package web

import (
	"errors"
	"io"
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/web/client"
)

// askToLeave shows the page of a leave link. Only its buttons do anything.
func (s *Server) askToLeave(w http.ResponseWriter, r *http.Request) error {
	sub, _, err := s.subscriber(r, mce.ForLeaving)
	if err != nil {
		return err
	}
	return s.showLeave(w, r, sub, leaveState(sub))
}

// leaveState is how far a leaving is that nobody has just now done or undone.
func leaveState(sub mce.Subscriber) page.State {
	if sub.State == mce.Unsubscribed || sub.State == mce.Erased {
		return page.Already
	}
	return page.Asking
}

// leave is RFC 8058 §3.2 and the page's button in one: any POST to the address ends the subscription, whatever its body says or
// whether it has one. A second one finds it ended and is answered with 200 too.
func (s *Server) leave(w http.ResponseWriter, r *http.Request) error {
	reason, err := leaveReason(r)
	if err != nil {
		return err
	}
	sub, _, err := s.subscriber(r, mce.ForLeaving)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	done, err := s.Store.Leave(r.Context(), sub.ID, "leave link", reason, now)
	if err != nil {
		return err
	}
	if s.Left != nil {
		s.Left(sub.ID)
	}
	state := page.Already
	if done {
		state, sub.ChangedAt, sub.State = page.Done, now, mce.Unsubscribed
	}
	return s.showLeave(w, r, sub, state)
}

// leaveReason is the reason in a body that is our form; nothing about a body is a reason to fail, but its size.
func leaveReason(r *http.Request) (string, error) {
	form, err := formOf(r)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return "", drain(r)
	}
	return mce.LeaveReason(form.Get("reason")), drain(r)
}

// masked is the address as a forwarded letter may show it; empty for a person who was erased.
func masked(sub mce.Subscriber) string {
	if sub.Email == "" {
		return ""
	}
	return mce.MaskAddress(sub.Email)
}

// comeBack takes a leaving back, for as long as mce.UndoFor says. Whoever comes too late, or never was a reader, sees the leave page.
func (s *Server) comeBack(w http.ResponseWriter, r *http.Request) error {
	if err := drain(r); err != nil {
		return err
	}
	sub, _, err := s.subscriber(r, mce.ForLeaving)
	if err != nil {
		return err
	}
	done, err := s.Store.Return(r.Context(), sub.ID, "leave page", client.Address(r), s.Clock.Now())
	if err != nil {
		return err
	}
	if !done && sub.State != mce.Active {
		return s.showLeave(w, r, sub, leaveState(sub))
	}
	return s.showLeave(w, r, sub, page.Undone)
}

func (s *Server) showLeave(w http.ResponseWriter, r *http.Request, sub mce.Subscriber, state page.State) error {
	record, err := s.Store.Consents(r.Context(), sub.ID)
	if err != nil {
		return err
	}
	lang := readerLang(r, sub.Language)
	v := page.Leave{
		Common: s.common(r), MaskedAddress: masked(sub), State: state, Reads: sub.State == mce.Active,
		CanUndo: sub.MayReturn(record, s.Clock.Now()), Choices: "/choices/" + r.PathValue("token"),
	}
	v.Path = "/leave/" + r.PathValue("token")
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Leave(w, lang, v) })
}
