package scheduler

import (
	"context"
	"fmt"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// recorder stands between the scheduler and the stage, and notes what each cause brings about.
type recorder struct {
	Stage
	rehearsal Rehearsal
	clock     *standing
	plan      mce.Plan
	series    map[string]mce.Series // as they are kept, by slug
	voided    bool                  // an approval was taken back in this tick
}

// begin notes what stands already: the issues that wait for an editor, the series that nobody lets go on, and what editors withhold.
func (r *recorder) begin(ctx context.Context) error {
	all, err := r.AllSeries(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if err := r.paused(s); err != nil {
			return err
		}
		if s.Approval == mce.ApprovalAutomatic {
			continue
		}
		waiting, err := r.UnscheduledOf(ctx, s.ID)
		if err != nil {
			return err
		}
		for _, i := range waiting {
			why := "an editor must approve it"
			if i.State == mce.Approved {
				why = "it is approved; an editor must schedule it"
			}
			r.issue(i, mce.Waits, why)
		}
	}
	return r.withheld(ctx)
}

// withheld notes of which changes people are not told, because an editor says so.
func (r *recorder) withheld(ctx context.Context) error {
	now := r.clock.now
	all, err := r.WithheldNews(ctx, now)
	if err != nil {
		return err
	}
	for _, n := range all {
		most := n.For[0]
		most.Example.Language = mce.English
		mail, err := r.rehearsal.Letters.Change(most.Old, n.Event, most.Example, most.Changes, now)
		if err != nil {
			return err
		}
		r.plan.Add(mce.Planned{
			ID: n.Event.Slug + "/" + string(mce.ChangeOf), At: now, Zone: n.Event.TimeZone, Kind: mce.ChangeOf, Fate: mce.Waits, Event: n.Event.Slug,
			Subject: mail.Subject, People: n.People(), Why: "an editor withholds it: " + n.Withheld,
		})
	}
	return nil
}

func (r *recorder) paused(s mce.Series) error {
	schedule, err := s.Schedule()
	if err != nil || !s.Paused {
		return err
	}
	if slot := schedule.Next(r.clock.now); slot.Due.Before(r.plan.To) {
		r.plan.Add(mce.Planned{
			ID: s.Slug + "@" + slot.Wall, At: slot.Due, Zone: s.TimeZone, Kind: mce.Newsletter, Fate: mce.Skips, Series: s.Slug,
			Why: "the series is paused: neither this slot nor a later one has an issue",
		})
	}
	return nil
}

// AllSeries lets those that need an approval do without one, where the plan takes it for granted.
func (r *recorder) AllSeries(ctx context.Context) ([]mce.Series, error) {
	all, err := r.Stage.AllSeries(ctx)
	r.series = map[string]mce.Series{}
	for i, s := range all {
		r.series[s.Slug] = s
		if r.rehearsal.Approve {
			all[i].Approval = mce.ApprovalAutomatic
		}
	}
	return all, err
}

// Assemble notes an issue that does not go on by itself.
func (r *recorder) Assemble(ctx context.Context, series mce.Series, slot mce.Slot, submit bool, now time.Time) (mce.Issue, bool, error) {
	i, made, err := r.Stage.Assemble(ctx, series, slot, submit, now)
	switch {
	case err != nil || !made:
	case i.State == mce.Skipped:
		r.issue(i, mce.Skips, i.Reason)
	case series.Approval != mce.ApprovalAutomatic:
		r.issue(i, mce.Waits, "it is assembled at its slot; an editor must approve it")
	}
	return i, made, err
}

// VoidChanged notes the issues that need another approval.
func (r *recorder) VoidChanged(ctx context.Context, look string, now time.Time) ([]mce.Issue, error) {
	changed, err := r.Stage.VoidChanged(ctx, look, now)
	for _, i := range changed {
		r.voided = true
		if s := r.series[i.Series]; s.Approval != mce.ApprovalAutomatic && !r.rehearsal.Approve {
			r.issue(i, mce.Waits, i.Reason)
		}
	}
	return changed, err
}

// StartSending notes an issue that leaves.
func (r *recorder) StartSending(ctx context.Context, id int64, render mce.Renderer, domain string, now time.Time) (int, error) {
	n, err := r.Stage.StartSending(ctx, id, render, domain, now)
	if err != nil {
		return n, err
	}
	draft, err := r.Draft(ctx, id)
	if err != nil {
		return n, err
	}
	gone, err := r.Departures(ctx, r.rehearsal.People)
	fate, why := mce.Leaves, r.whyIssue(draft.Issue)
	if n == 0 {
		fate, why = mce.Nowhere, "nobody reads what is in it"
	}
	l := r.issueLine(draft.Issue, fate, why, shares(gone))
	l.Untranslated = untranslated(l.Shares, draft.Items...)
	r.plan.Add(l)
	return n, err
}

// untranslated counts the pieces that have no words in a language that somebody gets them in.
func untranslated(to []mce.Share, items ...mce.Item) map[mce.Lang]int {
	out := map[mce.Lang]int{}
	for _, s := range to {
		if _, counted := out[s.Lang]; counted {
			continue
		}
		for _, it := range items {
			if it.Lacks(s.Lang) {
				out[s.Lang]++
			}
		}
	}
	return out
}

func (r *recorder) whyIssue(i mce.Issue) string {
	s := r.series[i.Series]
	switch {
	case s.Approval == mce.ApprovalAutomatic:
		return "at its slot; the series needs no approval"
	case i.ApprovedBy == policy:
		return "at its slot, if an editor approves it in time"
	default:
		return "approved by " + i.ApprovedBy + " and scheduled"
	}
}

func (r *recorder) issue(i mce.Issue, fate mce.Fate, why string) {
	r.plan.Add(r.issueLine(i, fate, why, nil))
}

func (r *recorder) issueLine(i mce.Issue, fate mce.Fate, why string, to []mce.Share) mce.Planned {
	name := fmt.Sprintf("%s#%d", i.Series, i.Number)
	if i.Number == 0 {
		name = i.Series + "@" + i.Slot.Wall
	}
	s := r.series[i.Series]
	return mce.Planned{
		ID: name, At: r.clock.now, Zone: s.TimeZone, Kind: mce.Newsletter, Fate: fate, Series: i.Series, Number: i.Number,
		Subject: i.Subject[mce.English], Shares: to, Why: why, IssueID: i.ID,
		Asks: s.Approval != mce.ApprovalAutomatic && (i.ApprovedBy == policy || fate == mce.Waits),
	}
}

// TellChanges notes what delegates are told of.
func (r *recorder) TellChanges(ctx context.Context, notices mce.Notices, domain string, now time.Time) (int, error) {
	n, err := r.Stage.TellChanges(ctx, notices, domain, now)
	if err != nil {
		return n, err
	}
	return n, r.noteAll(ctx, "the event has changed since they heard of it")
}

// MoveUp notes who is told that a place has become free.
func (r *recorder) MoveUp(ctx context.Context, notices mce.Notices, domain string, now time.Time) (int, error) {
	n, err := r.Stage.MoveUp(ctx, notices, domain, now)
	if err != nil {
		return n, err
	}
	return n, r.noteAll(ctx, "there are places for some who wait for one")
}

// rest notes what left without a cause that has words of its own.
func (r *recorder) rest(ctx context.Context) error { return r.noteAll(ctx, "it is due") }

// noteAll notes what stands in the outbox: a line for each event and kind of mail.
func (r *recorder) noteAll(ctx context.Context, why string) error {
	gone, err := r.Departures(ctx, r.rehearsal.People)
	for len(gone) > 0 {
		first, n := gone[0], 1
		for n < len(gone) && gone[n].Kind == first.Kind && gone[n].Event == first.Event {
			n++
		}
		r.plan.Add(mce.Planned{
			ID: first.Event + "/" + string(first.Kind), At: r.clock.now, Zone: first.Zone, Kind: first.Kind, Fate: mce.Leaves, Event: first.Event,
			Shares: shares(gone[:n]), Why: why,
		})
		gone = gone[n:]
	}
	return err
}

// QueueReminder notes a reminder that leaves, and one that finds nobody when it is due.
func (r *recorder) QueueReminder(ctx context.Context, rule mce.ReminderRule, event mce.Event, due, latest, now time.Time,
	render func(mce.Lang) (mce.Edition, error), domain string,
) (int, error) {
	n, err := r.Stage.QueueReminder(ctx, rule, event, due, latest, now, render, domain)
	if err != nil {
		return n, err
	}
	return n, r.queued(ctx, rule, event, due, n)
}

// QueuePersonal notes what QueueReminder does.
func (r *recorder) QueuePersonal(ctx context.Context, rule mce.ReminderRule, event mce.Event, due, latest, now time.Time,
	render func(mce.Registration) (mce.Edition, error), domain string,
) (int, error) {
	n, err := r.Stage.QueuePersonal(ctx, rule, event, due, latest, now, render, domain)
	if err != nil {
		return n, err
	}
	return n, r.queued(ctx, rule, event, due, n)
}

func (r *recorder) queued(ctx context.Context, rule mce.ReminderRule, event mce.Event, due time.Time, letters int) error {
	now, why := r.clock.now, whyReminder(rule, event, due)
	if letters == 0 {
		if due.Equal(now) && !rule.Daily {
			return r.unsent(rule, event, mce.Nowhere, 0, why+"; there is nobody who has not had it")
		}
		return nil
	}
	if due.Before(now) {
		why += "; it was due on " + due.Format(onDay)
	}
	gone, err := r.Departures(ctx, r.rehearsal.People)
	l := reminder(rule, event, mce.Leaves, why)
	l.At, l.Shares = now, shares(gone)
	l.Untranslated = untranslated(l.Shares, mce.Item{Event: &event})
	if len(gone) > 0 {
		l.Kind = gone[0].Kind
	}
	r.plan.Add(l)
	return err
}

// DropReminder notes a reminder that is too late.
func (r *recorder) DropReminder(ctx context.Context, rule mce.ReminderRule, event mce.Event, due time.Time, reason string, now time.Time) (int, error) {
	n, err := r.Stage.DropReminder(ctx, rule, event, due, reason, now)
	if err != nil || n == 0 {
		return n, err
	}
	why := fmt.Sprintf("%s, was due on %s: %s", whyReminder(rule, event, due), due.Format(onDay), reason)
	return n, r.unsent(rule, event, mce.Drops, n, why)
}

const onDay = "2 January 2006 at 15:04"

func whyReminder(rule mce.ReminderRule, event mce.Event, due time.Time) string {
	when := rule.Words()
	if rule.Audience().OfReaders() && due.Equal(event.From) {
		when = "as soon as the event is published"
	}
	return when + ", for " + rule.Audience().Words()
}

// unsent notes a reminder that does not leave.
func (r *recorder) unsent(rule mce.ReminderRule, event mce.Event, fate mce.Fate, people int, why string) error {
	e, err := r.rehearsal.Letters.Reminder(rule, event, mce.Enclosures{}, mce.English)
	l := reminder(rule, event, fate, why)
	l.At, l.People, l.Subject = r.clock.now, people, e.Subject
	r.plan.Add(l)
	return err
}

func reminder(rule mce.ReminderRule, event mce.Event, fate mce.Fate, why string) mce.Planned {
	return mce.Planned{ID: event.Slug + "/" + rule.Slug, Zone: event.TimeZone, Kind: mce.Reminder, Fate: fate, Event: event.Slug, Rule: rule.Slug, Why: why}
}

func shares(all []mce.Departure) []mce.Share {
	out := make([]mce.Share, len(all))
	for i, d := range all {
		out[i] = d.Share
	}
	return out
}
