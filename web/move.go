package web

import (
	"io"
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

// showMove shows the page of the link in a letter to a new address. Only its button moves.
func (s *Server) showMove(w http.ResponseWriter, r *http.Request) error {
	sub, move, err := s.subscriber(r, mce.ForMoving)
	if err != nil {
		return err
	}
	_, to, err := s.Store.Moving(r.Context(), sub.ID, move)
	switch {
	case mce.ErrorCode(err) == mce.NotFound:
		return s.movePage(w, r, http.StatusGone, sub, page.Move{State: page.Already})
	case err != nil:
		return err
	case sub.State != mce.Active:
		return s.movePage(w, r, http.StatusConflict, sub, page.Move{State: page.Ended})
	}
	return s.movePage(w, r, http.StatusOK, sub, page.Move{State: page.Asking, MaskedAddress: mce.MaskAddress(sub.Email), NewEmail: to})
}

func (s *Server) move(w http.ResponseWriter, r *http.Request) error {
	if err := drain(r); err != nil {
		return err
	}
	sub, move, err := s.subscriber(r, mce.ForMoving)
	if err != nil {
		return err
	}
	_, to, err := s.Store.Moving(r.Context(), sub.ID, move)
	if err == nil {
		err = s.Store.ConfirmMove(r.Context(), sub.ID, move, s.consent(r, sub, "new address"))
	}
	switch code := mce.ErrorCode(err); {
	case code == mce.NotFound:
		return s.movePage(w, r, http.StatusGone, sub, page.Move{State: page.Already})
	case code == mce.Conflict && sub.State != mce.Active:
		return s.movePage(w, r, http.StatusConflict, sub, page.Move{State: page.Ended})
	case code == mce.Conflict:
		return s.movePage(w, r, http.StatusConflict, sub, page.Move{State: page.Taken, NewEmail: to})
	case err != nil:
		return err
	}
	return s.movePage(w, r, http.StatusOK, sub, page.Move{State: page.Done, NewEmail: to})
}

func (s *Server) movePage(w http.ResponseWriter, r *http.Request, status int, sub mce.Subscriber, v page.Move) error {
	lang := readerLang(r, sub.Language)
	v.Common = s.common(r)
	return s.show(w, status, lang, func(w io.Writer) error { return s.Pages.Move(w, lang, v) })
}
