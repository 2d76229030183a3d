package inbox

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
)

//go:embed pages
var files embed.FS

func parsePages() (*template.Template, error) {
	return template.ParseFS(files, "pages/*.html")
}

// site serves an inbox's pages below a base path.
type site struct {
	inbox *Inbox
	base  string
}

// page is what every page needs.
type page struct {
	Base, Title string
	Live        bool // reloads itself every five seconds
}

// Handler serves the inbox's pages and its JSON below a plain path such as "/inbox"; "" or "/" is the root.
// Requests come with that path in front, so it is mounted as
//
//	mux.Handle("/inbox/", in.Handler("/inbox"))
//
// The pages change nothing and ask nobody to log in: whoever serves them decides who may read the mails.
func (in *Inbox) Handler(base string) http.Handler {
	s := &site{inbox: in, base: strings.TrimSuffix(base, "/")}
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request) error{
		"/{$}":                       s.list,
		"/mail/{id}":                 s.mail,
		"/mail/{id}/{view}":          s.mail,
		"/mail/{id}/frame":           s.frame,
		"/mail/{id}/raw":             s.raw,
		"/mail/{id}/attachments/{n}": s.attachment,
		"/api/mails":                 s.api,
		"/style.css":                 s.style,
		"/":                          func(http.ResponseWriter, *http.Request) error { return ErrNoMail },
	} {
		mux.Handle("GET "+s.base+pattern, s.handle(serve))
	}
	return mux
}

// handle sets the headers that every answer has and turns an error into a page: "not found" says so, of
// anything else the reader sees one line and the log the detail.
func (s *site) handle(serve func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy(""))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		err := serve(w, r)
		switch {
		case err == nil:
		case errors.Is(err, ErrNoMail):
			s.fail(w, http.StatusNotFound, "There is no such mail or page.")
		default:
			s.inbox.log.Error("inbox page failed", "path", r.URL.Path, "error", err)
			s.fail(w, http.StatusInternalServerError, "This page could not be made. The log says why.")
		}
	})
}

// pagePolicy lets a page use its own style sheet and frame, and send forms to itself and to one more
// origin, if any.
func pagePolicy(formOrigin string) string {
	return strings.TrimSpace("default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; base-uri 'none'; " +
		"frame-ancestors 'none'; form-action 'self' " + formOrigin)
}

func (s *site) fail(w http.ResponseWriter, status int, sentence string) {
	err := s.render(w, status, "error", struct {
		page
		Sentence string
	}{page{Base: s.base, Title: http.StatusText(status)}, sentence})
	if err != nil {
		s.inbox.log.Error("inbox error page failed", "error", err)
	}
}

// render makes the whole page before it sends the first byte, so that a failing template is a 500.
func (s *site) render(w http.ResponseWriter, status int, name string, data any) error {
	var out bytes.Buffer
	if err := s.inbox.pages.ExecuteTemplate(&out, name, data); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	return write(w, status, "text/html; charset=utf-8", out.Bytes())
}

// write sends an answer. A reader who went away is nobody's error.
func write(w http.ResponseWriter, status int, contentType string, body []byte) error {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) //nolint:gosec // made by our templates, or a mail as it came, which is sent as plain text
	return nil
}

func (s *site) style(w http.ResponseWriter, _ *http.Request) error {
	css, err := files.ReadFile("pages/style.css")
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, "text/css; charset=utf-8", css)
}
