package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/web/client"
	"github.com/majorcities/mce-mailer/web/reply"
)

// handler answers a request or returns an error, which page shows.
type handler func(w http.ResponseWriter, r *http.Request) error

// page runs a handler; whatever goes wrong is turned into the error page here and nowhere else.
func (s *Server) page(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		status := reply.Status(err)
		if status >= http.StatusInternalServerError {
			// The pattern, not the address: that may carry a token.
			s.Log.Error("page", "route", r.Pattern, "err", err)
		}
		lang := readerLang(r, "")
		v := page.Error{Common: s.common(r), Status: status}
		if status < http.StatusInternalServerError {
			v.Message = mce.ErrorMessage(err)
		}
		if err := s.show(w, status, lang, func(w io.Writer) error { return s.Pages.Error(w, lang, v) }); err != nil {
			s.Log.Error("error page", "err", err)
			http.Error(w, mce.ErrorMessage(err), http.StatusInternalServerError)
		}
	})
}

// show sends a page.
func (s *Server) show(w http.ResponseWriter, status int, lang mce.Lang, render func(io.Writer) error) error {
	return reply.Page(w, status, lang, s.Log, render)
}

func (s *Server) common(r *http.Request) page.Common {
	return page.Common{Path: strings.TrimPrefix(r.URL.Path, s.basePath()), Display: page.ParseDisplay(r.URL.Query())}
}

// formOf reads a form of either kind. What can be read of one with a fault comes with the error.
func formOf(r *http.Request) (url.Values, error) {
	err := r.ParseForm()
	if err == nil {
		err = r.ParseMultipartForm(bodyLimit) //nolint:gosec // the body is bounded
	}
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return r.PostForm, &mce.Error{Code: mce.Invalid, Message: "What was sent is not a form of ours. Please try again.", Err: err}
	}
	return r.PostForm, nil
}

// drain reads the body to its end, so that a client that is still sending it gets our answer. Whatever goes wrong is the client's doing.
func drain(r *http.Request) error {
	_, err := io.Copy(io.Discard, r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return &mce.Error{Code: mce.Invalid, Message: "More was sent than any form of ours sends.", Err: err}
	case err != nil:
		return &mce.Error{Code: mce.Invalid, Message: "What was sent was cut off on its way. Please try again.", Err: err}
	}
	return nil
}

// readerLang is the language asked for by ?lang, else the person's own, else the browser's first that we have.
func readerLang(r *http.Request, own mce.Lang) mce.Lang {
	if lang, err := mce.ParseLang(r.URL.Query().Get("lang")); err == nil && r.URL.Query().Has("lang") {
		return lang
	}
	if own != "" {
		return own
	}
	return client.Language(r)
}

func (s *Server) missing(http.ResponseWriter, *http.Request) error {
	return &mce.Error{Code: mce.NotFound}
}

func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	lang := readerLang(r, "")
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Home(w, lang, s.common(r)) })
}

func (s *Server) help(w http.ResponseWriter, r *http.Request) error {
	lang := readerLang(r, "")
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Help(w, lang, s.common(r)) })
}

func (s *Server) privacy(w http.ResponseWriter, r *http.Request) error {
	lang, v := readerLang(r, ""), page.Privacy{Common: s.common(r), Keep: s.Keep}
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Privacy(w, lang, v) })
}

func (s *Server) accessibility(w http.ResponseWriter, r *http.Request) error {
	lang := readerLang(r, "")
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Accessibility(w, lang, s.common(r)) })
}

func (s *Server) stylesheet(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // its name changes with its content
	w.Write(s.Pages.Stylesheet())                                          //nolint:errcheck // the reader has gone
}
