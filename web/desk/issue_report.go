package desk

import (
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// comparedIssues is with how many issues a report compares, its own among them.
const comparedIssues = 8

// reportOf are the reports of an issue and of those before it, the latest first.
func (d *Desk) reportOf(r *http.Request, draft mce.Draft) ([]mce.IssueReport, error) {
	if draft.Issue.StartedAt.IsZero() {
		return nil, nil
	}
	all, err := d.store.IssueReports(r.Context(), draft.Issue, comparedIssues)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	if all[0].Refused, err = d.store.Refusals(r.Context(), draft.Issue.ID); err != nil {
		return nil, err
	}
	all[0].Clicks, err = d.store.Clicks(r.Context(), draft.Issue.ID)
	return all, err
}

func (d *Desk) reportView(r *http.Request, head pages.Issue, draft mce.Draft) (func(io.Writer, mce.Lang) error, error) {
	view := pages.IssueReport{Issue: head, Counted: draft.Series.Clicks}
	all, err := d.reportOf(r, draft)
	if err != nil {
		return nil, err
	}
	if len(all) > 0 {
		view.Report = all[0]
		slices.Reverse(all)
		view.Compared = all
	}
	return func(w io.Writer, lang mce.Lang) error { return d.pages.IssueReport(w, lang, view) }, nil
}

// reportTable is the report as a table to download.
func (d *Desk) reportTable(w http.ResponseWriter, r *http.Request, _ visit) error {
	draft, err := d.draftOf(r)
	if err != nil {
		return err
	}
	all, err := d.reportOf(r, draft)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return mce.NotFoundf("this issue has not left, so there is no report yet")
	}
	return sendTable(w, fmt.Sprintf("issue-%d.csv", draft.Issue.ID), all[0].Rows())
}
