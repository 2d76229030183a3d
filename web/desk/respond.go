package desk

import (
	"context"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
	"github.com/majorcities/mce-mailer/web/client"
	"github.com/majorcities/mce-mailer/web/reply"
)

// fail shows what went wrong.
func (d *Desk) fail(w http.ResponseWriter, r *http.Request, v visit, err error) {
	if r.Context().Err() != nil { // there is nobody to show it to
		d.log.Debug("reader gone", "route", r.Pattern, "err", err)
		return
	}
	status := statusOf(err)
	if status >= http.StatusInternalServerError {
		d.log.Error("desk", "route", r.Pattern, "err", err) // the pattern, not the address: that may carry a token
	}
	view := pages.Error{Common: d.common(w, r, v), Status: status}
	var refused *forbiddenError
	switch {
	case errors.As(err, &refused):
		view.Message = refused.sentence
	case mce.ErrorCode(err) == mce.NotFound: // says where to look on the command line; the page's own words say it for the desk
	case status < http.StatusInternalServerError:
		view.Message = mce.ErrorMessage(err)
	}
	if err := d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.Error(w, lang, view) }); err != nil {
		d.log.Error("error page", "err", err)
		http.Error(w, mce.ErrorMessage(err), http.StatusInternalServerError)
	}
}

// statusOf is reply.Status, but for what the desk itself refuses, and for entries that are to be mended: the form is shown with them.
func statusOf(err error) int {
	var refused *forbiddenError
	if errors.As(err, &refused) {
		return http.StatusForbidden
	}
	status := reply.Status(err)
	if status == http.StatusBadRequest {
		status = http.StatusUnprocessableEntity
	}
	return status
}

// show sends a page, in the user's language or, where nobody is in, the browser's.
func (d *Desk) show(w http.ResponseWriter, r *http.Request, v visit, status int, render func(io.Writer, mce.Lang) error) error {
	lang := client.Language(r)
	if v.in() {
		lang = v.session.User.Language
	}
	return reply.Page(w, status, lang, d.log, func(w io.Writer) error { return render(w, lang) })
}

// common is what every page is told. A message that was left for it is said once.
func (d *Desk) common(w http.ResponseWriter, r *http.Request, v visit) pages.Common {
	c := pages.Common{Path: strings.TrimPrefix(r.URL.Path, d.base), User: v.session.User, Token: v.token()}
	if v.in() && !v.session.Fresh(d.wall.Now()) {
		c.Stale = d.here(r)
	}
	id, name, _ := strings.Cut(d.cookie(r, saidCookie), ".")
	if id == "" {
		return c
	}
	d.dropCookie(w, saidCookie)
	if whom, err := base64.RawURLEncoding.DecodeString(name); err == nil && slices.Contains(pages.Saids(), id) {
		c.Said = pages.Said{ID: id, Name: string(whom)}
		if v.in() {
			c.Said.Next = d.nextStep(r.Context(), v.session.User)
		}
	}
	return c
}

// guided is where to go on to: to Home, which says what comes next, until an issue was begun.
func (d *Desk) guided(r *http.Request, usual string) (string, error) {
	steps, err := d.store.FirstSteps(r.Context())
	if err != nil || steps.Done() {
		return usual, err
	}
	return "/desk/", nil
}

// nextStep is what a first issue needs next, as far as that can be told.
func (d *Desk) nextStep(ctx context.Context, u mce.User) pages.FirstStep {
	steps, err := d.store.FirstSteps(ctx)
	if err != nil {
		d.log.Warn("first steps", "err", err)
		return pages.FirstStep{}
	}
	return pages.NextStep(steps, u)
}

// done is said after something that may change what will go out.
func (d *Desk) done(w http.ResponseWriter, r *http.Request, id, whom, to string) error {
	for _, o := range d.outlooks {
		o.changed()
	}
	return d.said(w, r, id, whom, to)
}

// said leads on to a path of ours, where a message is said about whom.
func (d *Desk) said(w http.ResponseWriter, r *http.Request, id, whom, to string) error {
	d.setCookie(w, saidCookie, id+"."+base64.RawURLEncoding.EncodeToString([]byte(short(whom))), time.Minute)
	return d.redirect(w, r, to)
}

// redirect leads on to a path of ours, by GET.
func (d *Desk) redirect(w http.ResponseWriter, r *http.Request, to string) error {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, d.base+to, http.StatusSeeOther) //nolint:gosec // a path of ours, or what nextOf made of it
	return nil
}

// here is the path and query of a request, below the public address: where to come back to.
func (d *Desk) here(r *http.Request) string {
	here := strings.TrimPrefix(r.URL.EscapedPath(), d.base)
	if r.Method != http.MethodPost && r.URL.RawQuery != "" {
		here += "?" + r.URL.RawQuery
	}
	return here
}

// nextOf is a page of the desk to go on to; "/desk/" for whatever is none: a link must never lead to another site.
func nextOf(next string) string {
	const home = "/desk/"
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.Opaque != "" || len(next) > 2000 || strings.ContainsAny(next, "\\\r\n") {
		return home
	}
	if at := path.Clean(u.Path); !strings.HasPrefix(at, home) || at != u.Path || strings.HasPrefix(at, "/desk/login") || strings.HasPrefix(at, "/desk/fresh") || strings.HasPrefix(at, "/desk/oidc") {
		return home
	}
	return next
}

// sendTable answers with a table to download.
func sendTable(w http.ResponseWriter, name string, rows [][]string) error {
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	h.Set("Cache-Control", "no-store")
	csv.NewWriter(w).WriteAll(rows) //nolint:errcheck // the reader has gone
	return nil
}

// short is a name that travels in a cookie.
func short(s string) string {
	if runes := []rune(s); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return s
}

// sendMail answers with a mail, to be shown in a frame of ours: body is its HTML, cleaned by the letters, and the policy lets it run nothing.
func (d *Desk) sendMail(w http.ResponseWriter, lang mce.Lang, policy, body string) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(lang))
	h.Set("Cache-Control", "no-store")
	if _, err := io.WriteString(w, body); err != nil { //nolint:gosec // as said above
		d.log.Debug("reader gone", "err", err)
	}
}
