package web

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

// showData is Article 15 GDPR: all that is kept, to be read.
func (s *Server) showData(w http.ResponseWriter, r *http.Request, sub mce.Subscriber) error {
	dossier, err := s.Store.Dossier(r.Context(), sub.ID, s.Clock.Now())
	if err != nil {
		return err
	}
	topics, err := s.Store.Topics(r.Context())
	if err != nil {
		return err
	}
	lang := readerLang(r, sub.Language)
	v := page.Data{Common: s.common(r), Dossier: dossier, Topics: topics, Self: selfPath(r)}
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Data(w, lang, v) })
}

// downloadData is Article 20 GDPR: the same for programs.
func (s *Server) downloadData(w http.ResponseWriter, r *http.Request, sub mce.Subscriber) error {
	dossier, err := s.Store.Dossier(r.Context(), sub.ID, s.Clock.Now())
	if err != nil {
		return err
	}
	content, err := json.MarshalIndent(dossier, "", "  ")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="my-data.json"`)
	h.Set("Cache-Control", "no-store")
	w.Write(append(content, '\n')) //nolint:errcheck // the reader has gone
	return nil
}

// askToErase shows what would go and what would remain. Only its button erases.
func (s *Server) askToErase(w http.ResponseWriter, r *http.Request, sub mce.Subscriber) error {
	return s.mayErase(w, r, http.StatusOK, sub)
}

func (s *Server) mayErase(w http.ResponseWriter, r *http.Request, status int, sub mce.Subscriber) error {
	now := s.Clock.Now()
	dossier, err := s.Store.Dossier(r.Context(), sub.ID, now)
	if err != nil {
		return err
	}
	return s.showErase(w, r, status, sub, page.Erase{State: page.Asking, Email: sub.Email, Ahead: dossier.Ahead(now)})
}

// erase is Article 17 GDPR. A place in an event to come stands in its way: the page then says which, and whom to write to.
func (s *Server) erase(w http.ResponseWriter, r *http.Request, sub mce.Subscriber) error {
	if err := drain(r); err != nil {
		return err
	}
	err := s.Store.Erase(r.Context(), sub.Email, "own page", s.Clock.Now())
	if mce.ErrorCode(err) == mce.Conflict {
		return s.mayErase(w, r, http.StatusConflict, sub)
	}
	if err != nil {
		return err
	}
	return s.showErase(w, r, http.StatusOK, sub, page.Erase{State: page.Done})
}

func (s *Server) showErase(w http.ResponseWriter, r *http.Request, status int, sub mce.Subscriber, v page.Erase) error {
	lang := readerLang(r, sub.Language)
	v.Common, v.Self = s.common(r), selfPath(r)
	return s.show(w, status, lang, func(w io.Writer) error { return s.Pages.Erase(w, lang, v) })
}
