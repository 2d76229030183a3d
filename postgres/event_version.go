package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// keepVersions notes what has changed of events that are not over: also what the association's web site wrote into the tables by itself. Those that
// stand as they did, which is nearly always all of them, are not locked.
func (s *Store) keepVersions(ctx context.Context, now time.Time) error {
	upcoming, err := events(ctx, s.db, ` where ends > $1 order by id`, now)
	if err != nil {
		return err
	}
	for _, e := range upcoming {
		if _, _, same, err := lastVersion(ctx, s.db, e); err != nil {
			return err
		} else if same {
			continue
		}
		err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error { return keepVersion(ctx, tx, e.ID, now) })
		if err != nil {
			return err
		}
	}
	return nil
}

// keepVersion adds a version of an event where it is not as the last one has it: what a delegate is told of is found by comparing the version
// that they know with what stands. A material change raises the sequence of the calendar entries.
func keepVersion(ctx context.Context, tx *sqlx.Tx, id int64, now time.Time) error {
	// Two who note the same event come one after the other.
	if _, err := tx.ExecContext(ctx, `select from events where id = $1 for no key update`, id); err != nil {
		return err
	}
	found, err := events(ctx, tx, ` where id = $1`, id)
	if err != nil || len(found) == 0 {
		return err
	}
	e := found[0]
	old, known, same, err := lastVersion(ctx, tx, e)
	if err != nil || same {
		return err
	}
	e.Version++
	if known && old.MaterialChange(e) {
		e.Sequence++
	}
	return inOrder(ctx, tx, []step{
		{`insert into event_versions (event_id, version, event, at) values ($1, $2, $3, $4)`, []any{id, e.Version, jsonb[mce.Event]{e}, now}},
		{`update events set version = $2, sequence = $3 where id = $1`, []any{id, e.Version, e.Sequence}},
		// Whoever registered before versions were kept knows the first one.
		{`update registrations set told = $2 where event_id = $1 and told = 0`, []any{id, e.Version}},
	})
}

// lastVersion is an event as its last version has it, if one is known, and whether it still stands so.
func lastVersion(ctx context.Context, q sqlx.QueryerContext, e mce.Event) (old mce.Event, known, same bool, err error) {
	var row jsonb[mce.Event]
	err = sqlx.GetContext(ctx, q, &row, `select event from event_versions where event_id = $1 and version = $2`, e.ID, e.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return old, false, false, nil
	}
	if err != nil {
		return old, false, false, err
	}
	same, err = sameEvent(row.V, e)
	return row.V, true, same, err
}

func sameEvent(a, b mce.Event) (bool, error) {
	x, err := json.Marshal(a)
	if err != nil {
		return false, err
	}
	y, err := json.Marshal(b)
	return bytes.Equal(x, y), err
}
