package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// paceOf is a pace as the database keeps it.
func paceOf(p mce.ReadingPace) mce.ReadingPace {
	if p == "" {
		return mce.EachIssue
	}
	return p
}

// SaveChoices keeps what a subscriber chose, and records it. The consent has the wording, how and from where. changed is false when it is
// what they had chosen before. The error is of code Conflict when they are not subscribed. The choices must have passed their check.
func (s *Store) SaveChoices(ctx context.Context, subscriberID int64, c mce.Choices, consent mce.Consent) (changed bool, err error) {
	const save = `update subscribers set language = $2, topics = $3, pace = $4, paused_until = $5 where id = $1`
	c.Pace, c.Topics = paceOf(c.Pace), sorted(c.Topics)
	return s.change(ctx, subscriberID, consent, func(tx *sqlx.Tx, before mce.Subscriber) (string, error) {
		_, err := tx.ExecContext(ctx, save, subscriberID, c.Language, pq.Array(c.Topics), c.Pace, orNull(c.PausedUntil))
		return c.Difference(before.Choices), err
	})
}

// SaveDetails keeps what a subscriber tells of themselves, as SaveChoices does.
func (s *Store) SaveDetails(ctx context.Context, subscriberID int64, d mce.Details, consent mce.Consent) (changed bool, err error) {
	const save = `update subscribers set name = $2, organisation = $3, country = $4 where id = $1`
	return s.change(ctx, subscriberID, consent, func(tx *sqlx.Tx, before mce.Subscriber) (string, error) {
		_, err := tx.ExecContext(ctx, save, subscriberID, d.Name, d.Organisation, d.Country)
		return d.Difference(before.Details), err
	})
}

// change lets save change an active subscriber, and records the difference that it tells; none, no record.
func (s *Store) change(ctx context.Context, subscriberID int64, consent mce.Consent, save func(*sqlx.Tx, mce.Subscriber) (string, error)) (changed bool, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		before, err := subscriber(ctx, tx, ` where s.id = $1 for update`, subscriberID)
		if err != nil {
			return err
		}
		if before.State != mce.Active {
			return mce.Conflictf("there is no subscription to change: it has ended, or was never confirmed")
		}
		consent.Action = "changed"
		if consent.Detail, err = save(tx, before); err != nil || consent.Detail == "" {
			return err
		}
		changed = true
		if _, err = s.addConsent(ctx, tx, subscriberID, consent); err != nil {
			return err
		}
		return auditDeed(ctx, tx, mce.ChangedPerson, mce.OnSubscriber, subscriberID, consent.Detail)
	})
	return changed && err == nil, err
}

// Return takes a leaving back, within mce.UndoFor of it. done is false when there is nothing to take back: they are subscribed, never were,
// or left too long ago. The record repeats the words that they had agreed to.
func (s *Store) Return(ctx context.Context, subscriberID int64, source, origin string, now time.Time) (done bool, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		var agreed struct{ Wording, Version string }
		err := tx.GetContext(ctx, &agreed, `
			select last.wording, last.version
			from subscribers s cross join lateral (
				select c.action, c.wording, c.version from consents c
				where c.subscriber_id = s.id and c.action in ('asked', 'confirmed', 'imported', 'returned')
				order by c.at desc, c.id desc limit 1) last
			where s.id = $1 and s.state = 'unsubscribed' and s.changed_at > $2 and last.action <> 'asked'`, subscriberID, now.Add(-mce.UndoFor))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if done, err = changeState(ctx, tx, subscriberID, mce.Unsubscribed, mce.Active, now); err != nil || !done {
			return err
		}
		_, err = s.addConsent(ctx, tx, subscriberID, mce.Consent{
			Action: "returned", Wording: agreed.Wording, Version: agreed.Version, Source: source, Origin: origin, At: now,
		})
		return err
	})
	return done && err == nil, err
}
