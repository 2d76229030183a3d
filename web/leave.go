package web

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

// askToLeave shows the page of a leave link. Only its buttons do anything.
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
	var tooLarge *http.MaxBytesError
	if err := r.ParseForm(); errors.As(err, &tooLarge) {
		return "", drain(r)
	}
	return mce.LeaveReason(r.PostForm.Get("reason")), drain(r)
}

// comeBack takes a leaving back, for as long as mce.UndoFor says.
func (s *Server) comeBack(w http.ResponseWriter, r *http.Request) error {
	if err := drain(r); err != nil {
		return err
	}
	sub, _, err := s.subscriber(r, mce.ForLeaving)
	if err != nil {
		return err
	}
	done, err := s.Store.Return(r.Context(), sub.ID, "leave page", clientAddress(r), s.Clock.Now())
	if err != nil {
		return err
	}
	if !done && sub.State != mce.Active {
		return s.showLeave(w, r, sub, page.Already)
	}
	return s.showLeave(w, r, sub, page.Undone)
}

func (s *Server) showLeave(w http.ResponseWriter, r *http.Request, sub mce.Subscriber, state page.State) error {
	lang := readerLang(r, sub.Language)
	v := page.Leave{
		Common: s.common(r), MaskedAddress: mce.MaskAddress(sub.Email), State: state, CanUndo: canUndo(sub, s.Clock.Now()), Choices: "/choices/" + r.PathValue("token"),
	}
	v.Path = "/leave/" + r.PathValue("token")
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Leave(w, lang, v) })
}

// canUndo reports whether somebody left so shortly ago that they may come back by the same page.
func canUndo(sub mce.Subscriber, now time.Time) bool {
	return sub.State == mce.Unsubscribed && sub.ChangedAt.After(now.Add(-mce.UndoFor))
}
