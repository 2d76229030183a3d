package desk

import (
	"io"
	"slices"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// SeriesList is the view of the newsletters.
type SeriesList struct {
	Common
	All   []SeriesLine
	Fault string // why no issue was begun, in English; empty: nobody tried
}

// SeriesLine is a newsletter and when its next issue is due.
type SeriesLine struct {
	mce.Series
	Next time.Time // on its wall clock; zero while it is paused
}

// SeriesForm is the view of the form of a newsletter.
type SeriesForm struct {
	Common
	Entered mce.Series // ID 0: a new one
	Seen    string     // mark of the newsletter as it was opened; empty: a new one
	Time    string     // of day, as it was entered
	Reason  string
	Fault   string // in English
}

// usualDays are the days on which newsletters come, as a cron has them, and their messages.
func usualDays() []Option {
	return []Option{
		{Value: "1 * *", Label: "days.first"}, {Value: "15 * *", Label: "days.middle"}, {Value: "1,15 * *", Label: "days.twice"},
		{Value: "* * 1", Label: "days.monday"}, {Value: "* * 2", Label: "days.tuesday"}, {Value: "* * 3", Label: "days.wednesday"},
		{Value: "* * 4", Label: "days.thursday"}, {Value: "* * 5", Label: "days.friday"},
	}
}

// Days is the name of the message of the days on which it comes; empty for days that have none.
func (l SeriesLine) Days() string {
	days, at := mce.SplitCron(l.Cron)
	for _, o := range usualDays() {
		if o.Value == days && at != "" {
			return "option." + o.Label
		}
	}
	return ""
}

// New reports whether there is no such newsletter yet.
func (v SeriesForm) New() bool { return v.Entered.ID == 0 }

// Fields are the form's first entries: how it is called, and on which days it comes.
func (v SeriesForm) Fields() []Field {
	s := v.Entered
	days, _ := mce.SplitCron(s.Cron)
	options := usualDays()
	if !slices.ContainsFunc(options, func(o Option) bool { return o.Value == days }) {
		options = append(options, Option{Value: days, Name: days}) // as the command line set it
	}
	var out []Field
	for _, lang := range mce.Languages() {
		out = append(out, Field{
			Name: "name-" + string(lang), Label: "series.name", Lang: lang, Type: "text", Value: s.Name[lang], Autocomplete: "off", Optional: lang != mce.English,
		})
	}
	return append(out, Field{Name: "days", Label: "series.days", Type: "pick", Value: days, Options: options, Hint: v.New()})
}

// Further are those that a new newsletter has usual values in.
func (v SeriesForm) Further() []Field {
	s := v.Entered
	out := []Field{
		{Name: "time", Label: "series.time", Type: "text", Value: v.Time, Autocomplete: "off", Hint: true},
		{Name: "zone", Label: "series.zone", Type: "pick", Value: s.TimeZone, Options: zones(s.TimeZone), Hint: true},
		{Name: "approval", Label: "series.approval", Type: "choice", Value: string(s.Approval), Options: []Option{
			{Value: string(mce.ApprovalRequired), Label: "approval.required"}, {Value: string(mce.ApprovalSecond), Label: "approval.second"},
			{Value: string(mce.ApprovalAutomatic), Label: "approval.automatic"},
		}},
		{Name: "clicks", Label: "series.clicks", Type: "box", Value: box(s.Clicks), Hint: true},
	}
	if v.New() {
		return out
	}
	return append(out, Field{Name: "paused", Label: "series.paused", Type: "box", Value: box(s.Paused), Hint: true},
		Field{Name: "reason", Type: "text", Value: v.Reason, Autocomplete: "off", Hint: true, Optional: true})
}

// box is the value of a box.
func box(ticked bool) string {
	if ticked {
		return "yes"
	}
	return ""
}

// SeriesList writes the list of newsletters.
func (p *Pages) SeriesList(w io.Writer, lang mce.Lang, v SeriesList) error {
	return p.write(w, "series", lang, v.Common, v)
}

// SeriesForm writes the form of a newsletter.
func (p *Pages) SeriesForm(w io.Writer, lang mce.Lang, v SeriesForm) error {
	return p.write(w, "series_form", lang, v.Common, v)
}
