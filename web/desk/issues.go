package desk

import (
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// issuePage is how many issues a page of the list has.
const issuePage = 50

// The pages of an issue, by the names that their addresses end with.
const (
	contentPage = ""
	viewPage    = "view"
	checkPage   = "check"
	sendPage    = "send"
	reportPage  = "report"
)

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

// issueID is that of the address.
func issueID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, &mce.Error{Code: mce.NotFound, Err: err}
	}
	return id, nil
}

// draftOf is what the issue of the address would say now.
func (d *Desk) draftOf(r *http.Request) (mce.Draft, error) {
	id, err := issueID(r)
	if err != nil {
		return mce.Draft{}, err
	}
	return d.store.Draft(r.Context(), id)
}

func (d *Desk) showIssue(page string) handler {
	return func(w http.ResponseWriter, r *http.Request, v visit) error {
		draft, err := d.draftOf(r)
		if err != nil {
			return err
		}
		return d.issuePage(w, r, v, draft, page, nil)
	}
}

// imminent is how long before it leaves the pages of an issue wait for that.
const imminent = 2 * time.Minute

// issuePage shows a page of an issue, with what could not be done, if anything.
func (d *Desk) issuePage(w http.ResponseWriter, r *http.Request, v visit, draft mce.Draft, page string, fault error) error {
	show := map[string]func(*http.Request, pages.Issue, mce.Draft) (func(io.Writer, mce.Lang) error, error){
		contentPage: d.contentView, viewPage: d.previewView, checkPage: d.checkView, sendPage: d.sendView, reportPage: d.reportView,
	}[page]
	view := pages.Issue{
		Common: d.common(w, r, v), Work: inWork([]mce.Issue{draft.Issue}, []mce.Series{draft.Series})[0], Here: page,
		Zone: draft.Series.TimeZone, Languages: draft.Series.Languages, Approval: draft.Series.Approval,
	}
	view.Imminent = draft.Issue.State == mce.Scheduled && !draft.Issue.ScheduledFor.After(d.clock.Now().Add(imminent))
	view.Path = "/desk/issues/" + strconv.FormatInt(draft.Issue.ID, 10)
	status := http.StatusOK
	if fault != nil {
		view.Fault, status = mce.ErrorMessage(fault), statusOf(fault)
	}
	render, err := show(r, view, draft)
	if err != nil {
		return err
	}
	return d.show(w, r, v, status, render)
}

// seen names what an issue says now, to be sent along with an approval: one approves what one saw.
func (d *Desk) seen(draft mce.Draft) (string, error) {
	hash, err := mce.SealOf(draft, d.letters.Look(), time.Time{})
	return hex.EncodeToString(hash), err
}
