package desk

import (
	"context"
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

// home shows what will go out: what waits for somebody, and every mail of the weeks to come.
func (d *Desk) home(w http.ResponseWriter, r *http.Request, v visit) error {
	ctx, look := r.Context(), d.outlookOf(r)
	series, err := d.store.AllSeries(ctx)
	if err != nil {
		return err
	}
	view := pages.Home{Weeks: look.weeks, Further: horizons()[1], Asked: r.URL.Query().Has("weeks")}
	if view.First, err = d.store.FirstSteps(ctx); err != nil {
		return err
	}
	issues, err := d.store.IssuesInWork(ctx)
	if err != nil {
		return err
	}
	if view.Work, err = d.waiting(ctx, issues, series); err != nil {
		return err
	}
	zone := homeZone(series)
	plan, err := look.see(ctx)
	if err != nil {
		return err
	}
	names, err := d.namesOf(ctx, plan.Plan, series, issues)
	if err != nil {
		return err
	}
	view.AsOf, view.Newer, view.Failed, view.Since = mce.InZone(plan.At, zone), plan.Newer, plan.Failed, mce.InZone(plan.Since, zone)
	view.Seen = !plan.At.IsZero()
	if !view.Seen && view.Newer {
		w.Header().Set("Refresh", "2") // until there is one
	}
	for i, l := range plan.Lines {
		if c := names.coming(l, i); c.Asks || !l.At.Before(d.clock.Now()) { // others have left since
			view.Mails = append(view.Mails, c)
		}
	}
	for _, s := range plan.Shifts {
		view.Shifts = append(view.Shifts, names.shift(s))
	}
	view.Today = mce.InZone(d.clock.Now(), zone)
	view.Common = d.common(w, r, v)
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

// waiting are the issues in work, each with what it lacks before it can leave.
func (d *Desk) waiting(ctx context.Context, issues []mce.Issue, series []mce.Series) ([]pages.Waiting, error) {
	var out []pages.Waiting
	for _, w := range inWork(issues, series) {
		x := pages.Waiting{Work: w}
		var err error
		if x.Blocks, err = d.blocked(ctx, w.Issue); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// blocked are the rules that hinder the approval of an issue in work: by its last check or, where nobody has had what it says now checked, by a glance that
// asks nobody else.
func (d *Desk) blocked(ctx context.Context, i mce.Issue) (rules []string, err error) {
	if i.State != mce.InReview && i.State != mce.Assembled {
		return nil, nil
	}
	draft, err := d.store.Draft(ctx, i.ID)
	if err != nil {
		return nil, err
	}
	seen, err := d.seen(draft)
	if err != nil {
		return nil, err
	}
	report, ok := d.reports.known(i.ID, unhex(seen))
	if !ok {
		if report, ok = d.glances.known(i.ID, unhex(seen)); !ok || d.clock.Now().Sub(report.At) > glanceFor {
			if report, err = d.atOnce.Examine(ctx, draft); err != nil { // the page of the check says it
				d.log.Warn("glance at an issue", "issue", i.ID, "err", err)
				return nil, nil //nolint:nilerr // said above
			}
			d.glances.keep(i.ID, report)
		}
	}
	overrides, err := d.store.Overrides(ctx, i.ID, report)
	return blocking(report, overrides), err
}

// glanceFor is how long a glance holds: with time, dates pass.
const glanceFor = time.Hour

// names are what a plan's lines are called, and where their pages are.
type names struct {
	series map[string]mce.Text
	events map[string]mce.ContentLine
	issues map[int64]mce.Issue // those in work
}

// maxEvents is how many events a plan is looked up in, the latest.
const maxEvents = 500

func (d *Desk) namesOf(ctx context.Context, plan mce.Plan, series []mce.Series, issues []mce.Issue) (names, error) {
	n := names{map[string]mce.Text{}, map[string]mce.ContentLine{}, map[int64]mce.Issue{}}
	for _, s := range series {
		n.series[s.Slug] = s.Name
	}
	for _, i := range issues {
		n.issues[i.ID] = i
	}
	if !slices.ContainsFunc(plan.Lines, func(l mce.Planned) bool { return l.Event != "" }) {
		return n, nil
	}
	events, err := d.store.ContentList(ctx, mce.ContentQuery{Kind: mce.KindEvent, Limit: maxEvents})
	for _, e := range events {
		n.events[e.Slug] = e
	}
	return n, err
}

// coming is a line of the plan as the page shows it.
func (n names) coming(l mce.Planned, number int) pages.Coming {
	c := pages.Coming{Planned: l, Number: number + 1, Of: n.series[l.Series]}
	if e, ok := n.events[l.Event]; ok {
		c.Of, c.Path = e.Title, pages.PiecePath(mce.KindEvent, e.ID)
		if l.Kind == mce.ChangeOf { // where one decides when people are told of it
			c.Path = pages.EventPath(e.ID)
		}
	}
	if i, ok := n.issues[l.IssueID]; ok {
		c.Path, c.State = pages.IssuePath(i.ID), i.State
	}
	c.Asks = l.Asks && c.State != mce.Scheduled
	return c
}

func (n names) shift(d mce.PlanDifference) pages.Shift {
	s := pages.Shift{PlanDifference: d}
	if d.Old != nil {
		s.Was = n.coming(*d.Old, 0)
	}
	if d.New != nil {
		s.Is = n.coming(*d.New, 0)
	}
	return s
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
