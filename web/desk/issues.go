package desk

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// issuePage is how many issues a page of the list has.
const issuePage = 50

func (d *Desk) issues(w http.ResponseWriter, r *http.Request, v visit) error {
	var before int64
	if from := r.URL.Query().Get("before"); from != "" {
		var err error
		if before, err = strconv.ParseInt(from, 10, 64); err != nil || before <= 0 {
			return &mce.Error{Code: mce.NotFound, Err: err}
		}
	}
	list, err := d.store.IssuesBefore(r.Context(), before, issuePage+1)
	if err != nil {
		return err
	}
	series, err := d.store.AllSeries(r.Context())
	if err != nil {
		return err
	}
	view := pages.Issues{Common: d.common(w, r, v), Newest: before == 0}
	if len(list) > issuePage {
		list = list[:issuePage]
		view.Older = list[issuePage-1].ID
	}
	view.Issues = inWork(list, series)
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Issues(w, lang, view) })
}

// draftOf is what the issue of the address would say now.
func (d *Desk) draftOf(r *http.Request) (mce.Draft, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return mce.Draft{}, &mce.Error{Code: mce.NotFound, Err: err}
	}
	return d.store.Draft(r.Context(), id)
}

func (d *Desk) showIssue(w http.ResponseWriter, r *http.Request, v visit) error {
	draft, err := d.draftOf(r)
	if err != nil {
		return err
	}
	return d.issuePage(w, r, v, draft, http.StatusOK, pages.Issue{})
}

// issuePage shows an issue, and what can be done with it by who asks.
func (d *Desk) issuePage(w http.ResponseWriter, r *http.Request, v visit, draft mce.Draft, status int, view pages.Issue) error {
	var err error
	if view.Items, err = d.store.Explain(r.Context(), draft.Issue.ID); err != nil {
		return err
	}
	if view.Log, err = d.store.AuditLog(r.Context(), mce.AuditQuery{Object: mce.OnIssue, Of: draft.Issue.ID, Limit: auditPage}); err != nil {
		return err
	}
	if view.Seen, err = d.seen(draft); err != nil {
		return err
	}
	view.Common = d.common(w, r, v)
	view.Path = "/desk/issues/" + strconv.FormatInt(draft.Issue.ID, 10)
	view.Work = inWork([]mce.Issue{draft.Issue}, []mce.Series{draft.Series})[0]
	view.Suggested = later(view.At, mce.InZone(d.clock.Now(), draft.Series.TimeZone).Truncate(time.Hour).Add(2*time.Hour))
	view.Zone, view.Languages = draft.Series.TimeZone, draft.Series.Languages
	view.Lang = draft.Series.Languages[0]
	if lang, err := mce.ParseLang(r.URL.Query().Get("lang")); err == nil && r.URL.Query().Has("lang") {
		view.Lang = lang
	}
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.Issue(w, lang, view) })
}

// mailPolicy is for a mail that is shown within the desk: its own styles, pictures from wherever editors took them, no script, and no way out.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'none'; frame-ancestors 'self'; sandbox"

// preview is the issue as it would leave, in a language, for a reader of all topics.
func (d *Desk) preview(w http.ResponseWriter, r *http.Request, _ visit) error {
	draft, err := d.draftOf(r)
	if err != nil {
		return err
	}
	lang, err := mce.ParseLang(r.URL.Query().Get("lang"))
	if err != nil {
		return &mce.Error{Code: mce.NotFound, Err: err}
	}
	e, err := d.letters.Newsletter(draft, lang)
	if err != nil {
		return err
	}
	e = e.Filled(map[string]string{mce.SlotGreeting: d.letters.Greeting(lang, "Anna Rossi"), mce.SlotToken: "preview"})
	h := w.Header()
	h.Set("Content-Security-Policy", mailPolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(e.Lang))
	h.Set("Cache-Control", "no-store")
	_, err = io.WriteString(w, e.HTML)
	if err != nil {
		d.log.Debug("reader gone", "err", err)
	}
	return nil
}

// parseMoment reads what a form says about when an issue goes out: now, or a time on the wall clock of its zone.
func parseMoment(when, at, zone string, now time.Time) (time.Time, error) {
	if when == "now" {
		return now, nil
	}
	if at == "" {
		return time.Time{}, mce.Invalidf("choose a day and a time, or now")
	}
	t, err := mce.ParseMoment(at, mce.InZone(now, zone).Location())
	if err != nil {
		return t, err
	}
	if t.Before(now) {
		return t, mce.Invalidf("this moment has passed; choose one to come, or now")
	}
	return t, nil
}
