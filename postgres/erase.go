package postgres

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// Erase removes everything that is known of the person with an address: as a reader and as a delegate of what is over or was cancelled.
// What remains is a keyed mark, so that no list brings the address back, and the record of consent without the person. A place in an event
// to come is refused with an error of code Conflict: the delegate would be turned away at the door.
func (s *Store) Erase(ctx context.Context, email, source string, now time.Time) error {
	if s.keys == nil {
		return errors.New("erase: the store has no keys")
	}
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := refuseDelegates(ctx, tx, email, now); err != nil {
			return err
		}
		var readers, delegates []int64
		if err := tx.SelectContext(ctx, &readers, `select id from subscribers where lower(email) = lower($1) for update`, email); err != nil {
			return err
		}
		if err := tx.SelectContext(ctx, &delegates, `select id from registrations where lower(email) = lower($1) for update`, email); err != nil {
			return err
		}
		if len(readers)+len(delegates) == 0 {
			return mce.NotFoundf("nothing is known of %s", email)
		}
		if _, err := tx.ExecContext(ctx, `insert into erasures (mark, at) values ($1, $2) on conflict do nothing`, s.keys.Mark(email), now); err != nil {
			return err
		}
		if err := eraseTraces(ctx, tx, email, readers, delegates); err != nil {
			return err
		}
		for _, id := range readers {
			if _, err := s.addConsent(ctx, tx, id, mce.Consent{Action: "erased", Source: source, At: now}); err != nil {
				return err
			}
		}
		return nil
	})
}

func refuseDelegates(ctx context.Context, tx *sqlx.Tx, email string, now time.Time) error {
	var events []string
	err := tx.SelectContext(ctx, &events, `
		select e.slug from registrations r join events e on e.id = r.event_id
		where lower(r.email) = lower($1) and r.state = 'registered' and e.state <> 'cancelled' and e.ends > $2 order by e.starts`, email, now)
	if err == nil && len(events) > 0 {
		err = mce.Conflictf("%s has a place in %s, which is still to come; cancel that first (registration cancel)", email, strings.Join(events, ", "))
	}
	return err
}

// step is a statement of a list that is done in order.
type step struct {
	statement string
	args      []any
}

func inOrder(ctx context.Context, tx *sqlx.Tx, steps []step) error {
	for _, s := range steps {
		if _, err := tx.ExecContext(ctx, s.statement, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// eraseTraces takes the person out of every table, wherever the address stands. Of a delegate's place nothing but its number remains.
func eraseTraces(ctx context.Context, tx *sqlx.Tx, email string, readers, delegates []int64) error {
	if err := eraseReaders(ctx, tx, readers); err != nil {
		return err
	}
	if err := eraseDelegates(ctx, tx, delegates); err != nil {
		return err
	}
	return inOrder(ctx, tx, []step{
		{`update registrations set state = 'cancelled' where id = any($1)`, []any{pq.Array(delegates)}},
		{`delete from suppressions where email = lower($1)`, []any{email}},
		{`delete from moves where lower(email) = lower($1)`, []any{email}},
		{`delete from contacts where lower(email) = lower($1)`, []any{email}},
		{`delete from wishes where lower(email) = lower($1)`, []any{email}},
	})
}

// eraseReaders takes what is personal from subscribers and their record of consent. A mail of their own (an edition that nobody else has)
// loses its words; in what servers said about letters the address may stand.
func eraseReaders(ctx context.Context, tx *sqlx.Tx, ids []int64) error {
	who := []any{pq.Array(ids)}
	return inOrder(ctx, tx, []step{
		{`delete from consent_details d using consents c where c.id = d.consent_id and c.subscriber_id = any($1)`, who},
		{`delete from consent_people where subscriber_id = any($1)`, who},
		{`delete from moves where subscriber_id = any($1)`, who},
		{noWords + ` where id in (
			select edition_id from letters where issue_id is null and subscriber_id = any($1) and kind in ('opt_in', 'move'))`, who},
		{`update letters set detail = '' where subscriber_id = any($1) and detail <> ''`, who},
		{`update subscribers set email = null, name = '', organisation = '', country = '', topics = '{}', pace = 'each', paused_until = null,
			linked_at = null, state = 'erased' where id = any($1)`, who},
	})
}

// eraseDelegates takes what is personal from registrations, as eraseReaders does. Whether the place was taken stays.
func eraseDelegates(ctx context.Context, tx *sqlx.Tx, ids []int64) error {
	who := []any{pq.Array(ids)}
	return inOrder(ctx, tx, []step{
		{noWords + ` where id in (
			select edition_id from letters where issue_id is null and subscriber_id is null and registration_id = any($1) and kind = 'confirmation')`, who},
		{`update letters set detail = '' where issue_id is null and subscriber_id is null and registration_id = any($1) and detail <> ''`, who},
		{`update registrations set email = null, name = '', organisation = '', country = '' where id = any($1)`, who},
	})
}

// noWords empties mails. Those of kinds that many share must not be among them.
const noWords = `update editions set subject = '', html = '', plain = '', calendar = ''`

// ErasedAt is when an address was erased; ok is false when it was not.
func (s *Store) ErasedAt(ctx context.Context, email string) (at time.Time, ok bool, err error) {
	if s.keys == nil {
		return at, false, errors.New("erasures: the store has no keys")
	}
	err = s.db.GetContext(ctx, &at, `select at from erasures where mark = $1`, s.keys.Mark(email))
	if errors.Is(err, sql.ErrNoRows) {
		return at, false, nil
	}
	return at.UTC(), err == nil, err
}
