package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// EditEvent writes an event as edit makes it of the one that stands, which nobody else changes meanwhile; of nil where there is none, and then it is
// added. An error of edit leaves everything as it is. What edit makes must have passed its Check; a topic that there is not gives an error of code
// Invalid.
func (s *Store) EditEvent(ctx context.Context, slug string, edit func(old *mce.Event) (mce.Event, error), now time.Time) (e mce.Event, added bool, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		old, err := lockEvent(ctx, tx, slug)
		if err != nil {
			return err
		}
		if e, err = edit(old); err != nil {
			return err
		}
		lib := mce.Library{Events: []mce.Event{e}}
		if err := checkTopics(ctx, tx, lib); err != nil {
			return err
		}
		if err := eventsAt(now)(ctx, tx, lib); err != nil {
			return err
		}
		added = old == nil
		e, err = eventBySlug(ctx, tx, slug)
		return err
	})
	return e, added, err
}

// lockEvent gives an event, locked, or nil. Two who would add one of the same slug come one after the other.
func lockEvent(ctx context.Context, tx *sqlx.Tx, slug string) (*mce.Event, error) {
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtextextended('event ' || $1, 0))`, slug); err != nil {
		return nil, err
	}
	found, err := events(ctx, tx, ` where slug = $1 for no key update`, slug)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}
