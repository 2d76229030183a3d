package desk

import (
	"context"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// reminderStore keeps the rules by which people of events are reminded.
type reminderStore interface {
	ReminderRules(ctx context.Context) ([]mce.ReminderRule, error)
	ReminderRule(ctx context.Context, slug string) (mce.ReminderRule, error)
	SaveReminderRule(ctx context.Context, r mce.ReminderRule, seen string) error
	RemoveReminderRule(ctx context.Context, slug, seen string) error
}

// reminderRoutes are the rules of reminders.
func (d *Desk) reminderRoutes() []route {
	const one = "/desk/reminders/{slug}"
	return []route{
		{http.MethodGet, "/desk/reminders", mce.SeePeople, false, d.reminderList},
		{http.MethodGet, "/desk/new-reminder", mce.SendIssues, false, d.newReminder},
		{http.MethodPost, "/desk/new-reminder", mce.SendIssues, true, d.addReminder},
		{http.MethodGet, one, mce.SeePeople, false, d.showReminder},
		{http.MethodPost, one, mce.SendIssues, true, d.saveReminder},
		{http.MethodGet, one + "/remove", mce.SendIssues, false, d.askToRemoveReminder},
		{http.MethodPost, one + "/remove", mce.SendIssues, false, d.removeReminder},
	}
}

func (d *Desk) reminderList(w http.ResponseWriter, r *http.Request, v visit) error {
	rules, err := d.store.ReminderRules(r.Context())
	if err != nil {
		return err
	}
	events, err := d.store.Events(r.Context())
	if err != nil {
		return err
	}
	view := pages.Reminders{Common: d.common(w, r, v)}
	for _, rule := range rules {
		line := pages.ReminderLine{Rule: rule}
		if i := slices.IndexFunc(events, func(e mce.Event) bool { return e.Slug == rule.Event }); i >= 0 {
			line.Event = events[i]
		}
		if line.Coming, err = momentsOf(rule, events, d.clock.Now()); err != nil {
			return err
		}
		view.All = append(view.All, line)
	}
	return d.show(w, r, v, http.StatusOK, func(w io.Writer, lang mce.Lang) error { return d.pages.Reminders(w, lang, view) })
}

// momentsOf are when a rule's mails leave next, on the clocks of each venue, the next first. Those that are through are not among them.
func momentsOf(rule mce.ReminderRule, events []mce.Event, now time.Time) ([]pages.ReminderMoment, error) {
	var out []pages.ReminderMoment
	for _, e := range events {
		if !rule.Concerns(e) {
			continue
		}
		due, err := rule.NextDue(e, now)
		if err != nil {
			return nil, err
		}
		if rule.Daily && due.After(e.Ends.AddDate(0, 0, mce.DigestDays)) || !due.After(now) {
			continue
		}
		out = append(out, pages.ReminderMoment{Event: e, At: due.In(e.Zone())})
	}
	slices.SortStableFunc(out, func(a, b pages.ReminderMoment) int { return a.At.Compare(b.At) })
	return out, nil
}

// usualReminder is what most of them are: to delegates, a week before, in the morning.
func usualReminder() mce.ReminderRule {
	return mce.ReminderRule{Slug: "reminder", For: mce.ForDelegates, Anchor: mce.AtStart, Days: -7, At: "09:00", Useful: 48, Show: []mce.Show{mce.ShowFacts}}
}

func (d *Desk) newReminder(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.reminderPage(w, r, v, http.StatusOK, pages.WrittenReminder(usualReminder()))
}

func (d *Desk) showReminder(w http.ResponseWriter, r *http.Request, v visit) error {
	rule, err := d.store.ReminderRule(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	view := pages.WrittenReminder(rule)
	view.Seen, view.Shown = rule.Mark(), true
	return d.reminderPage(w, r, v, http.StatusOK, view)
}

func (d *Desk) addReminder(w http.ResponseWriter, r *http.Request, v visit) error {
	rules, err := d.store.ReminderRules(r.Context())
	if err != nil {
		return err
	}
	rule := mce.ReminderRule{Slug: mce.FreeSlug(r.PostForm.Get("subject-en"), "reminder", func(slug string) bool {
		return slices.ContainsFunc(rules, func(other mce.ReminderRule) bool { return other.Slug == slug })
	})}
	return d.takeReminder(w, r, v, rule)
}

func (d *Desk) saveReminder(w http.ResponseWriter, r *http.Request, v visit) error {
	rule, err := d.store.ReminderRule(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	return d.takeReminder(w, r, v, rule)
}

// takeReminder takes the form of a rule, and shows it again with what it would do, or with what is wrong.
func (d *Desk) takeReminder(w http.ResponseWriter, r *http.Request, v visit, rule mce.ReminderRule) error {
	view, fault := d.writtenReminder(r, rule)
	reason, err := reasonOf(view.Reason)
	if err != nil && fault == nil {
		fault = &mce.FieldError{Field: "reason", Err: err}
	}
	if fault == nil {
		fault, err = d.faultOf(r.Context(), view.Rule)
		if err != nil {
			return err
		}
	}
	switch {
	case fault != nil:
		view.Fault, view.FaultIn = fault.Error(), fault.Field
		return d.reminderPage(w, r, v, http.StatusUnprocessableEntity, view)
	case r.PostForm.Get("do") == "preview":
		view.Shown = true
		return d.reminderPage(w, r, v, http.StatusOK, view)
	}
	err = d.store.SaveReminderRule(mce.WithDeed(r.Context(), mce.Deed{By: v.actor(r), Reason: reason, At: d.clock.Now()}), view.Rule, view.Seen)
	if mce.ErrorCode(err) == mce.Conflict {
		view.Fault, view.Shown, view.Clash = mce.ErrorMessage(err), true, true
		return d.reminderPage(w, r, v, http.StatusConflict, view)
	} else if err != nil {
		return err
	}
	return d.done(w, r, "reminder-saved", view.Rule.Subject[mce.English], pages.ReminderPath(rule.Slug))
}

// writtenReminder reads the form of a rule.
func (d *Desk) writtenReminder(r *http.Request, rule mce.ReminderRule) (pages.ReminderForm, *mce.FieldError) {
	form := r.PostForm
	rule.Kinds, rule.Show = nil, nil
	for _, k := range form["kinds"] {
		rule.Kinds = append(rule.Kinds, mce.EventKind(legible(k)))
	}
	for _, s := range form["show"] {
		rule.Show = append(rule.Show, mce.Show(legible(s)))
	}
	rule.Event, rule.For, rule.Anchor = legible(form.Get("event")), mce.Audience(legible(form.Get("audience"))), mce.Anchor(legible(form.Get("anchor")))
	rule.At, rule.Daily = strings.TrimSpace(legible(form.Get("at"))), form.Get("daily") != ""
	rule.Subject, rule.Body = textIn(r, "subject-"), textIn(r, "body-")
	view := pages.ReminderForm{
		Days: strings.TrimSpace(legible(form.Get("days"))), Side: legible(form.Get("side")), Useful: strings.TrimSpace(legible(form.Get("useful_hours"))),
		Seen: legible(form.Get("seen")), Reason: legible(form.Get("reason")),
	}
	fault := (*mce.FieldError)(nil)
	days, err := strconv.Atoi(view.Days)
	switch {
	case view.Side == pages.OnTheDay:
		days = 0
	case err != nil || days < 0 || days > maxReminderDays:
		fault = &mce.FieldError{Field: "days", Err: mce.Invalidf("how many days is a number from 0 to %d", maxReminderDays)}
	}
	if view.Side == pages.Before {
		days = -days
	}
	useful, err := strconv.Atoi(view.Useful)
	if fault == nil && (err != nil || useful < 1 || useful > maxUseful) {
		fault = &mce.FieldError{Field: "useful_hours", Err: mce.Invalidf("for how many hours it is of use is a number from 1 to %d", maxUseful)}
	}
	rule.Days, rule.Useful = days, useful
	view.Rule = rule
	return view, fault
}

// What nobody means: a reminder that is years away, or of use for longer than an event is looked at.
const (
	maxReminderDays = 730
	maxUseful       = 24 * mce.DigestDays
)

// faultOf says what is wrong with a rule that was entered, if anything: what an import refuses, and an event that there is not.
func (d *Desk) faultOf(ctx context.Context, rule mce.ReminderRule) (*mce.FieldError, error) {
	fault := rule.Fault()
	if fault != nil || rule.Event == "" {
		return fault, nil
	}
	events, err := d.store.Events(ctx)
	if err != nil || slices.ContainsFunc(events, func(e mce.Event) bool { return e.Slug == rule.Event }) {
		return nil, err
	}
	return &mce.FieldError{Field: "event", Err: mce.Invalidf("there is no event %q", rule.Event)}, nil
}

func (d *Desk) reminderPage(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.ReminderForm) error {
	events, err := d.store.Events(r.Context())
	if err != nil {
		return err
	}
	slices.Reverse(events) // the latest first
	view.Events = events
	if view.Shown {
		if view.Coming, err = momentsOf(view.Rule, events, d.clock.Now()); err != nil {
			return err
		}
		view.Previews = map[mce.Lang]template.HTML{}
		for lang, words := range view.Rule.Body {
			html, err := d.letters.Prose(words)
			if err != nil {
				return err
			}
			view.Previews[lang] = template.HTML(html) //nolint:gosec // the renderer has cleaned it
		}
	}
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.Reminder(w, lang, view) })
}

func (d *Desk) askToRemoveReminder(w http.ResponseWriter, r *http.Request, v visit) error {
	rule, err := d.store.ReminderRule(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	return d.removalPage(w, r, v, http.StatusOK, pages.ReminderRemoval{Rule: rule})
}

func (d *Desk) removeReminder(w http.ResponseWriter, r *http.Request, v visit) error {
	rule, err := d.store.ReminderRule(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	view := pages.ReminderRemoval{Rule: rule, Reason: legible(r.PostForm.Get("reason"))}
	reason, err := reasonOf(view.Reason)
	if err == nil {
		deed := mce.WithDeed(r.Context(), mce.Deed{By: v.actor(r), Reason: reason, At: d.clock.Now()})
		err = d.store.RemoveReminderRule(deed, rule.Slug, r.PostForm.Get("seen"))
	}
	switch code := mce.ErrorCode(err); {
	case err == nil:
		return d.done(w, r, "reminder-removed", rule.Subject[mce.English], "/desk/reminders")
	case code == mce.Conflict || code == mce.Invalid:
		view.Fault = mce.ErrorMessage(err)
		return d.removalPage(w, r, v, statusOf(err), view)
	}
	return err
}

func (d *Desk) removalPage(w http.ResponseWriter, r *http.Request, v visit, status int, view pages.ReminderRemoval) error {
	view.Seen = view.Rule.Mark()
	view.Common = d.common(w, r, v)
	return d.show(w, r, v, status, func(w io.Writer, lang mce.Lang) error { return d.pages.ReminderRemoval(w, lang, view) })
}
