// Package scheduler turns time into letters: at each tick of the cron it assembles the issues that are due, sends those whose moment
// has come, and reconciles the reminders. A tick reads everything it decides on from the database, so any number of daemons may tick,
// at any moment, as often as they like. Once a night it removes what has been kept for its time.
package scheduler

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/majorcities/mce-mailer/mce"
)

// Store is what the scheduler needs of the database.
type Store interface {
	PreparePartitions(ctx context.Context, now time.Time) error

	AllSeries(ctx context.Context) ([]mce.Series, error)
	WatchedSince(ctx context.Context, seriesID int64) (time.Time, error)
	Assemble(ctx context.Context, series mce.Series, slot mce.Slot, submit bool, now time.Time) (issue mce.Issue, made bool, err error)
	UnscheduledOf(ctx context.Context, seriesID int64) ([]mce.Issue, error)
	Draft(ctx context.Context, id int64) (mce.Draft, error)
	Approve(ctx context.Context, id int64, by, look string, now time.Time) (mce.Issue, error)
	ApproveExamined(ctx context.Context, id int64, by, look string, r mce.Report, more []mce.Override) (mce.Issue, error)
	Overrides(ctx context.Context, id int64, r mce.Report) ([]mce.Override, error)
	Hold(ctx context.Context, id int64, reason string) error
	Schedule(ctx context.Context, id int64, at time.Time, look string) (mce.Issue, error)

	VoidChanged(ctx context.Context, look string, now time.Time) ([]mce.Issue, error)
	DueIssues(ctx context.Context, now time.Time) ([]mce.Issue, error)
	StartSending(ctx context.Context, id int64, render mce.Renderer, domain string, now time.Time) (letters int, err error)
	FinishIssues(ctx context.Context, now time.Time) ([]int64, error)

	GrantWish(ctx context.Context, render mce.WishLetters, domain string) (more bool, err error)
	Topics(ctx context.Context) ([]mce.Topic, error)

	TellChanges(ctx context.Context, notices mce.Notices, domain string, now time.Time) (letters int, err error)
	MoveUp(ctx context.Context, notices mce.Notices, domain string, now time.Time) (moved int, err error)

	ReminderRules(ctx context.Context) ([]mce.ReminderRule, error)
	EventsAround(ctx context.Context, now time.Time) ([]mce.Event, error)
	Handouts(ctx context.Context, eventID int64, now time.Time) ([]mce.Resource, error)
	NewHandouts(ctx context.Context, eventID int64, due, now time.Time) ([]mce.Resource, error)
	NextEvent(ctx context.Context, after mce.Event, now time.Time) (*mce.Event, error)
	QueueReminder(ctx context.Context, rule mce.ReminderRule, event mce.Event, due, latest, now time.Time,
		render func(mce.Lang) (mce.Edition, error), domain string) (letters int, err error)
	QueuePersonal(ctx context.Context, rule mce.ReminderRule, event mce.Event, due, latest, now time.Time,
		render func(mce.Registration) (mce.Edition, error), domain string) (letters int, err error)
	DropReminder(ctx context.Context, rule mce.ReminderRule, event mce.Event, due time.Time, reason string, now time.Time) (dropped int, err error)

	Purge(ctx context.Context, keep mce.Keep, now time.Time) (mce.Purged, error)
}

// Letters makes the editions.
type Letters interface {
	mce.Renderer
	mce.Notices
	OptIn(lang mce.Lang, topics []mce.Topic) (mce.Edition, error)
	Link(lang mce.Lang) (mce.Edition, error)
	Login(lang mce.Lang) (mce.Edition, error)
	Reminder(rule mce.ReminderRule, e mce.Event, with mce.Enclosures, lang mce.Lang) (mce.Edition, error)
	Certificate(rule mce.ReminderRule, e mce.Event, with mce.Enclosures, r mce.Registration, at time.Time) (mce.Edition, error)
}

// Scheduler decides what is due. Make it with New.
type Scheduler struct {
	Store   Store
	Letters Letters
	Domain  string // right half of Message-IDs
	Keep    mce.Keep
	Nightly string // when Run purges, as a cron expression on the machine's own clock
	Clock   mce.Clock
	Log     *slog.Logger
	// Examiner looks at the issues of automatic series before they are approved; nil: nobody does.
	Examiner Examiner

	wake chan struct{}
	held sync.Map // issues that the examiner would not let go → fingerprint of what they said, as []byte
}

// usualNight is a quiet time that no change of the clocks in Europe skips or repeats, and that is not a full hour, when backups begin.
const usualNight = "17 3 * * *"

// New makes a scheduler.
func New(store Store, letters Letters, domain string, keep mce.Keep, clock mce.Clock, log *slog.Logger) *Scheduler {
	return &Scheduler{
		Store: store, Letters: letters, Domain: domain, Keep: keep, Nightly: usualNight, Clock: clock, Log: log, wake: make(chan struct{}, 1),
	}
}

// Wake makes Run look for issues that are due and wishes, without waiting for the next tick.
func (s *Scheduler) Wake() {
	select {
	case s.wake <- struct{}{}:
	default: // it has been told already
	}
}

// Run ticks until ctx ends, by a cron expression or descriptor such as "@every 30s". While a tick takes longer than the pause
// the next ones are left out; nothing is lost by that. Nor by a night in which it did not run: the next one removes what that one would have.
func (s *Scheduler) Run(ctx context.Context, every string) error {
	runner := cron.New(cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger)))
	_, err := runner.AddFunc(every, func() {
		if err := s.Tick(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("tick", "err", err)
		}
	})
	if err != nil {
		return mce.Invalidf("tick %q is not understood: use a form such as \"@every 30s\"", every)
	}
	_, err = runner.AddFunc(s.Nightly, func() {
		if err := s.Retain(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("retention", "err", err)
		}
	})
	if err != nil {
		return mce.Invalidf("the time of the nightly work, %q, is not understood", s.Nightly)
	}
	runner.Start()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-s.wake:
			if err := errors.Join(s.send(ctx, s.Clock.Now()), s.grant(ctx)); err != nil && ctx.Err() == nil {
				s.Log.Error("wake", "err", err)
			}
		}
	}
	<-runner.Stop().Done()
	return nil
}

// Tick does all that is due now. A fault in one part does not keep the others from their work; all faults are returned together.
func (s *Scheduler) Tick(ctx context.Context) error {
	now := s.Clock.Now()
	return errors.Join(
		s.Store.PreparePartitions(ctx, now),
		s.assemble(ctx, now),
		s.send(ctx, now),
		s.grant(ctx),
		s.notify(ctx, now),
		s.remind(ctx, now),
	)
}
