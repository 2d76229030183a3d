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
	due, latest, err := rule.Due(event)
	if err != nil || due.After(now) {
		return err
	}
	if now.After(latest) {
		dropped, err := s.Store.DropReminder(ctx, rule, event, due, "its latest useful moment had passed", now)
		if dropped > 0 {
			s.Log.Warn("reminder dropped", "rule", rule.Slug, "event", event.Slug, "delegates", dropped, "due", due)
		}
		return err
	}
	queued, err := s.Store.QueueReminder(ctx, rule, event, due, latest, now, func(lang mce.Lang) (mce.Edition, error) {
		handouts, err := s.Store.Handouts(ctx, event.ID, now)
		if err != nil {
			return mce.Edition{}, err
		}
		return s.Letters.Reminder(rule, event, handouts, lang)
	}, s.Domain)
	if queued > 0 {
		s.Log.Info("reminder queued", "rule", rule.Slug, "event", event.Slug, "letters", queued)
	}
	return err
}
