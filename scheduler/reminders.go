package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// remind queues every reminder that is due by the events' dates as they stand now. After an outage, one whose latest useful moment has
// passed is recorded as dropped and never sent.
func (s *Scheduler) remind(ctx context.Context, now time.Time) error {
	rules, err := s.Store.ReminderRules(ctx)
	if err != nil {
		return fmt.Errorf("read reminder rules: %w", err)
	}
	events, err := s.Store.EventsAround(ctx, now)
	if err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	var faults error
	for _, e := range events {
		for _, r := range rules {
			if !r.Concerns(e) {
				continue
			}
			if err := s.remindOf(ctx, r, e, now); err != nil {
				faults = errors.Join(faults, fmt.Errorf("reminder %s of %s: %w", r.Slug, e.Slug, err))
			}
		}
	}
	return faults
}

func (s *Scheduler) remindOf(ctx context.Context, rule mce.ReminderRule, event mce.Event, now time.Time) error {
	due, latest, err := rule.DueBy(event, now)
	if err != nil || due.After(now) || rule.Daily && now.After(latest) { // the next day brings what this one has not
		return err
	}
	if now.After(latest) {
		dropped, err := s.Store.DropReminder(ctx, rule, event, due, "its latest useful moment had passed", now)
		if dropped > 0 {
			s.Log.Warn("reminder dropped", "rule", rule.Slug, "event", event.Slug, "delegates", dropped, "due", due)
		}
		return err
	}
	with, err := s.enclosures(ctx, rule, event, due, now)
	if err != nil || rule.Daily && len(with.Handouts) == 0 {
		return err
	}
	var queued int
	if rule.Personal() {
		queued, err = s.Store.QueuePersonal(ctx, rule, event, due, latest, now, func(r mce.Registration) (mce.Edition, error) {
			return s.Letters.Certificate(rule, event, with, r, now)
		}, s.Domain)
	} else {
		queued, err = s.Store.QueueReminder(ctx, rule, event, due, latest, now, func(lang mce.Lang) (mce.Edition, error) {
			return s.Letters.Reminder(rule, event, with, lang)
		}, s.Domain)
	}
	if queued > 0 {
		s.Log.Info("reminder queued", "rule", rule.Slug, "event", event.Slug, "letters", queued)
	}
	return err
}

// enclosures reads what a rule shows beside its event: of a daily one, the handouts that nobody was told of before it was due.
func (s *Scheduler) enclosures(ctx context.Context, rule mce.ReminderRule, event mce.Event, due, now time.Time) (with mce.Enclosures, err error) {
	switch {
	case rule.Daily:
		with.Handouts, err = s.Store.NewHandouts(ctx, event.ID, due, now)
	case rule.Shows(mce.ShowHandouts):
		with.Handouts, err = s.Store.Handouts(ctx, event.ID, now)
	}
	if err == nil && rule.Shows(mce.ShowNext) {
		with.Next, err = s.Store.NextEvent(ctx, event, now)
	}
	return with, err
}
