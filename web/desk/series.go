package desk

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// seriesStore keeps the newsletters, and begins their issues.
type seriesStore interface {
	AllSeries(ctx context.Context) ([]mce.Series, error)
	Series(ctx context.Context, slug string) (mce.Series, error)
	SaveSeries(ctx context.Context, s mce.Series, seen string, now time.Time) error
	Begin(ctx context.Context, s mce.Series, now time.Time) (mce.Issue, error)
}

// seriesRoutes are the newsletters: when they come, of what they are made, and the button that begins an issue.
func (d *Desk) seriesRoutes() []route {
	const one = "/desk/series/{slug}"
	return []route{
		{http.MethodGet, "/desk/series", mce.UseDesk, false, d.seriesList},
		{http.MethodGet, "/desk/new-series", mce.ManageSeries, false, d.newSeries},
		{http.MethodPost, "/desk/new-series", mce.ManageSeries, true, d.addSeries},
		{http.MethodGet, one, mce.ManageSeries, false, d.showSeries},
		{http.MethodPost, one, mce.ManageSeries, true, d.saveSeries},
		{http.MethodGet, one + "/begin", mce.UseDesk, false, d.seriesList},
		{http.MethodPost, one + "/begin", mce.EditIssues, false, d.begin},
	}
}

func (d *Desk) seriesList(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.seriesPage(w, r, v, nil)
}

// seriesPage lists the newsletters, with why no issue was begun, if anybody tried.
func (d *Desk) seriesPage(w http.ResponseWriter, r *http.Request, v visit, fault error) error {
	all, err := d.store.AllSeries(r.Context())
	if err != nil {
		return err
	}
	view, status := pages.SeriesList{Common: d.common(w, r, v)}, http.StatusOK
	if fault != nil {
		view.Fault, status = mce.ErrorMessage(fault), statusOf(fault)
	}
	for _, s := range all {
		line := pages.SeriesLine{Series: s}
		if schedule, err := s.Schedule(); err == nil && !s.Paused {
			line.Next = mce.InZone(schedule.Next(d.clock.Now()).Due, s.TimeZone)
		}
		view.All = append(view.All, line)
	}
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.SeriesList(w, lang, view) })
}

// begin makes an issue now, and leads to it.
func (d *Desk) begin(w http.ResponseWriter, r *http.Request, v visit) error {
	s, err := d.store.Series(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	now := d.clock.Now()
	issue, err := d.store.Begin(mce.WithDeed(r.Context(), mce.Deed{By: v.actor(r), At: now}), s, now)
	if mce.ErrorCode(err) == mce.Conflict {
		return d.seriesPage(w, r, v, err)
	} else if err != nil {
		return err
	}
	return d.done(w, r, "begun", "", "/desk/issues/"+strconv.FormatInt(issue.ID, 10))
}

func (d *Desk) newSeries(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.seriesForm(w, r, v, http.StatusOK, pages.SeriesForm{Entered: mce.UsualSeries(d.clock.Now()), Time: "10:00"})
}

func (d *Desk) showSeries(w http.ResponseWriter, r *http.Request, v visit) error {
	s, err := d.store.Series(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	_, at := mce.SplitCron(s.Cron)
	return d.seriesForm(w, r, v, http.StatusOK, pages.SeriesForm{Entered: s, Seen: s.Mark(), Time: at})
}

func (d *Desk) addSeries(w http.ResponseWriter, r *http.Request, v visit) error {
	all, err := d.store.AllSeries(r.Context())
	if err != nil {
		return err
	}
	s := mce.UsualSeries(d.clock.Now())
	s.Slug = mce.FreeSlug(r.PostForm.Get("name-en"), s.Slug, func(slug string) bool {
		return slices.ContainsFunc(all, func(other mce.Series) bool { return other.Slug == slug })
	})
	return d.takeSeries(w, r, v, s)
}

func (d *Desk) saveSeries(w http.ResponseWriter, r *http.Request, v visit) error {
	s, err := d.store.Series(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	return d.takeSeries(w, r, v, s)
}

// takeSeries takes the form of a newsletter, and shows it again with what is wrong. What the form does not have stays.
func (d *Desk) takeSeries(w http.ResponseWriter, r *http.Request, v visit, s mce.Series) error {
	form := r.PostForm
	s.Name, s.TimeZone, s.Approval = textIn(r, "name-"), strings.TrimSpace(form.Get("zone")), mce.Approval(form.Get("approval"))
	s.Clicks, s.Paused = form.Get("clicks") != "", form.Get("paused") != ""
	view := pages.SeriesForm{Time: strings.TrimSpace(form.Get("time")), Reason: form.Get("reason"), Seen: form.Get("seen")}
	reason, fault := reasonOf(view.Reason)
	cron, err := mce.JoinCron(form.Get("days"), view.Time)
	if err != nil {
		fault = err
	} else {
		s.Cron = cron
	}
	s.Sections = slices.Clone(s.Sections)
	for i, sec := range s.Sections {
		quota, err := strconv.Atoi(strings.TrimSpace(form.Get("quota-" + sec.Slug)))
		if err != nil || quota > maxQuota {
			fault = mce.Invalidf("how many of a section there may be is a number from 1 to %d", maxQuota)
		}
		s.Sections[i].Quota = quota
	}
	if fault == nil {
		fault = s.Check()
	}
	if fault == nil {
		now := d.clock.Now()
		fault = d.store.SaveSeries(mce.WithDeed(r.Context(), mce.Deed{By: v.actor(r), Reason: reason, At: now}), s, view.Seen, now)
	}
	switch mce.ErrorCode(fault) {
	case "":
	case mce.Invalid, mce.Conflict:
		view.Entered, view.Fault = s, mce.ErrorMessage(fault)
		return d.seriesForm(w, r, v, statusOf(fault), view)
	default:
		return fault
	}
	to, err := d.guided(r, "/desk/series")
	if err != nil {
		return err
	}
	return d.done(w, r, "series-saved", s.Name[mce.English], to)
}

// maxQuota is more than anybody reads in a section.
const maxQuota = 50

func (d *Desk) seriesForm(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.SeriesForm) error {
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.SeriesForm(w, lang, view) })
}
