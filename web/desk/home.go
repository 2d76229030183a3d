package desk

import (
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// enter leads who left the last slash out.
func (d *Desk) enter(w http.ResponseWriter, r *http.Request, _ visit) error {
	return d.redirect(w, r, "/desk/")
}

// home shows what will go out: the issues in work, and when the series are due.
func (d *Desk) home(w http.ResponseWriter, r *http.Request, v visit) error {
	issues, err := d.store.IssuesInWork(r.Context())
	if err != nil {
		return err
	}
	series, err := d.store.AllSeries(r.Context())
	if err != nil {
		return err
	}
	view := pages.Home{Common: d.common(w, r, v), Work: inWork(issues, series)}
	if view.Next, err = nextSlots(series, d.clock.Now()); err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Home(w, lang, view) })
}

func inWork(issues []mce.Issue, series []mce.Series) []pages.Work {
	of := map[int64]mce.Series{}
	for _, s := range series {
		of[s.ID] = s
	}
	out := make([]pages.Work, len(issues))
	for n, i := range issues {
		at := i.ScheduledFor
		if at.IsZero() {
			at = i.Slot.Due
		}
		out[n] = pages.Work{Issue: i, Series: of[i.SeriesID].Name, At: mce.InZone(at, of[i.SeriesID].TimeZone)}
	}
	return out
}

// nextSlots are when the series are due, those that are paused last.
func nextSlots(series []mce.Series, now time.Time) ([]pages.Slot, error) {
	var out []pages.Slot
	for _, s := range series {
		schedule, err := mce.ParseSchedule(s.Cron, s.TimeZone)
		if err != nil {
			return nil, err
		}
		next := schedule.Next(later(now, s.From))
		out = append(out, pages.Slot{Series: s.Name, At: mce.InZone(next.Due, s.TimeZone), Paused: s.Paused})
	}
	slices.SortStableFunc(out, func(a, b pages.Slot) int {
		if a.Paused != b.Paused {
			if a.Paused {
				return 1
			}
			return -1
		}
		return a.At.Compare(b.At)
	})
	return out, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
