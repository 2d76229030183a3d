package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Stage is the store of a rehearsal: a daemon's, but what is written to it is gone afterwards.
type Stage interface {
	Store
	Draft(ctx context.Context, id int64) (mce.Draft, error)
	// Departures empties the outbox, as if all had been delivered, and tells what was in it.
	Departures(ctx context.Context, people bool) ([]mce.Departure, error)
	// WithheldNews is what editors withhold from the people of events.
	WithheldNews(ctx context.Context, now time.Time) ([]mce.News, error)
	// NextMoment is the earliest moment after now that something waits for by its own date; zero when nothing does.
	NextMoment(ctx context.Context, now time.Time) (time.Time, error)
}

// Rehearsal is a look ahead: the scheduler itself on a stage and a clock of its own.
type Rehearsal struct {
	Stage    Stage
	Letters  Letters
	Domain   string
	Now      time.Time // the clock begins here, or at From where that is earlier
	From, To time.Time // what is looked at; To is the first moment that is not
	Approve  bool      // every issue is approved in time
	People   bool      // name who gets a mail

	every time.Duration // between two ticks; zero: from one moment at which something is due to the next
}

// Plan lets the scheduler tick through the time, and tells what would have left. What is overdue when the clock begins leaves then.
func (r Rehearsal) Plan(ctx context.Context) (mce.Plan, error) {
	clock := &standing{now: r.Begin()}
	rec := &recorder{Stage: r.Stage, rehearsal: r, clock: clock, plan: mce.Plan{From: r.From, To: r.To, Approved: r.Approve, Lines: []mce.Planned{}}}
	s := New(rec, r.Letters, r.Domain, mce.Keep{}, clock, slog.New(slog.DiscardHandler))
	if err := rec.begin(ctx); err != nil {
		return rec.plan, err
	}
	for clock.now.Before(r.To) {
		rec.voided = false
		if err := s.Tick(ctx); err != nil {
			return rec.plan, fmt.Errorf("at %s: %w", clock.now.Format(time.RFC3339), err)
		}
		if err := rec.rest(ctx); err != nil {
			return rec.plan, err
		}
		next, err := r.after(ctx, s, rec)
		if err != nil {
			return rec.plan, err
		}
		clock.now = next
	}
	rec.plan.Begin(r.From)
	return rec.plan, nil
}

// Begin is where the clock of the rehearsal begins.
func (r Rehearsal) Begin() time.Time {
	if r.Now.IsZero() || r.From.Before(r.Now) {
		return r.From
	}
	return r.Now
}

// standing is a clock that stands until it is set.
type standing struct{ now time.Time }

func (c *standing) Now() time.Time { return c.now }

// usualTick is how soon a daemon looks again.
const usualTick = 30 * time.Second

// after is when to tick next.
func (r Rehearsal) after(ctx context.Context, s *Scheduler, rec *recorder) (time.Time, error) {
	now := rec.clock.now
	switch {
	case r.every > 0:
		return now.Add(r.every), nil
	case rec.voided: // what one tick takes back the next one may let go anew
		return now.Add(usualTick), nil
	}
	next, err := s.next(ctx, now, r.To)
	if err != nil {
		return next, err
	}
	waited, err := r.Stage.NextMoment(ctx, now)
	return earlier(next, waited, now), err
}

// next is the first moment after now, and at the latest end, at which the clock alone gives a tick something to do: a slot of a series, or a
// reminder that falls due. It may be one at which there is nothing after all, but none is left out, for between two of them nothing that a
// reminder goes by comes about: who moves up or registers after it was due does not get it.
func (s *Scheduler) next(ctx context.Context, now, end time.Time) (time.Time, error) {
	first := end
	all, err := s.Store.AllSeries(ctx)
	if err != nil {
		return first, err
	}
	for _, series := range all {
		schedule, err := series.Schedule()
		if err != nil {
			return first, err
		}
		if !series.Paused {
			first = earlier(first, schedule.Next(now).Due, now)
		}
	}
	rules, err := s.Store.ReminderRules(ctx)
	if err != nil {
		return first, err
	}
	events, err := s.Store.EventsAround(ctx, now)
	for _, e := range events {
		for _, rule := range rules {
			if due, err := rule.NextDue(e, now); err != nil {
				return first, err
			} else if rule.Concerns(e) {
				first = earlier(first, due, now)
			}
		}
	}
	return first, err
}

// earlier is t where that is after now and before first.
func earlier(first, t, now time.Time) time.Time {
	if t.After(now) && t.Before(first) {
		return t
	}
	return first
}
