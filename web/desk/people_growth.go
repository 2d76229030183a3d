package desk

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// growthStore counts who came and who left.
type growthStore interface {
	Growth(ctx context.Context, months int, now time.Time) ([]mce.GrowthMonth, error)
}

// grownMonths is how far back the page looks.
const grownMonths = 13

func (d *Desk) growth(w http.ResponseWriter, r *http.Request, v visit) error {
	view := pages.Growth{Common: d.common(w, r, v)}
	var err error
	if view.Months, err = d.store.Growth(r.Context(), grownMonths, d.clock.Now()); err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Growth(w, lang, view) })
}

// growthTable is the same as a table to download.
func (d *Desk) growthTable(w http.ResponseWriter, r *http.Request, _ visit) error {
	months, err := d.store.Growth(r.Context(), grownMonths, d.clock.Now())
	if err != nil {
		return err
	}
	return sendTable(w, "growth.csv", mce.GrowthRows(months))
}
