package desk

import (
	"io"
	"net/http"
	"strconv"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// auditPage is how many lines of the log a page has.
const auditPage = 50

func (d *Desk) audit(w http.ResponseWriter, r *http.Request, v visit) error {
	q := mce.AuditQuery{Search: asked(r, "q"), Limit: auditPage + 1}
	if before := r.URL.Query().Get("before"); before != "" {
		var err error
		if q.Before, err = strconv.ParseInt(before, 10, 64); err != nil || q.Before <= 0 {
			return &mce.Error{Code: mce.NotFound, Err: err}
		}
	}
	lines, err := d.store.AuditLog(r.Context(), q)
	if err != nil {
		return err
	}
	view := pages.Audit{Common: d.common(w, r, v), Search: q.Search, Newest: q.Before == 0}
	if len(lines) > auditPage {
		lines = lines[:auditPage]
		view.Older = lines[auditPage-1].ID
	}
	view.Lines = lines
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Audit(w, lang, view) })
}
