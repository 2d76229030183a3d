package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// AskToMove notes the new address that a subscriber wants, and queues the letter there that asks to confirm it. asked is false when nothing
// is sent: the address is their own already, was asked within a day, or must not be written to; callers answer people the same either way.
func (s *Store) AskToMove(ctx context.Context, subscriberID int64, email string, render func(mce.Subscriber) (mce.Edition, error), domain string, now time.Time) (asked bool, err error) {
	const add = `
		insert into moves (subscriber_id, email, at) select $1, $2, $3
		where not exists (select from moves m where lower(m.email) = lower($2) and m.at > $3::timestamptz - interval '1 day')
			and not exists (select from suppressions x where x.email = lower($2))
		returning id`
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		p, err := subscriber(ctx, tx, ` where s.id = $1 for update`, subscriberID)
		if err != nil {
			return err
		}
		if p.State != mce.Active {
			return mce.Conflictf("there is no subscription to change: it has ended, or was never confirmed")
		}
		if mce.AddressKey(p.Email) == mce.AddressKey(email) {
			return nil
		}
		if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtext(lower($1)))`, email); err != nil {
			return err
		}
		e, err := render(p) // also what is not going to be sent: the time of the answer must not tell
		if err != nil {
			return err
		}
		var id int64
		if err := tx.GetContext(ctx, &id, add, p.ID, email, now); errors.Is(err, sql.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		asked = true
		return queueLetter(ctx, tx, e, person{subscriber: p.ID, cause: id}, domain, now)
	})
	return asked && err == nil, err
}

// Moving is the subscriber who asked for a move, and the address that it leads to. The error is of code NotFound when it is done or over.
func (s *Store) Moving(ctx context.Context, subscriberID, moveID int64) (p mce.Subscriber, to string, err error) {
	if p, err = s.SubscriberByID(ctx, subscriberID); err != nil {
		return p, "", err
	}
	to, err = moveTo(ctx, s.db, subscriberID, moveID)
	return p, to, err
}

func moveTo(ctx context.Context, q sqlx.QueryerContext, subscriberID, moveID int64) (to string, err error) {
	err = sqlx.GetContext(ctx, q, &to, `select email from moves where id = $1 and subscriber_id = $2`, moveID, subscriberID)
	if errors.Is(err, sql.ErrNoRows) {
		err = mce.NotFoundf("there is nothing to confirm any more: the address was changed already, or this link is too old")
	}
	return to, err
}

// ConfirmMove gives a subscriber the new address: whoever confirms reads it. The error is of code Conflict when the address has a
// subscription of its own, or theirs has ended.
func (s *Store) ConfirmMove(ctx context.Context, subscriberID, moveID int64, consent mce.Consent) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		p, err := subscriber(ctx, tx, ` where s.id = $1 for update`, subscriberID) // first: of two clicks the second must see what the first did
		if err != nil {
			return err
		}
		to, err := moveTo(ctx, tx, subscriberID, moveID)
		if err != nil {
			return err
		}
		if p.State != mce.Active {
			return mce.Conflictf("there is no subscription to change: it has ended, or was never confirmed")
		}
		var taken bool
		err = tx.GetContext(ctx, &taken, `select exists (select from subscribers where lower(email) = lower($1) and id <> $2)`, to, subscriberID)
		if err != nil {
			return err
		}
		if taken {
			return addressTaken(to)
		}
		if _, err := tx.ExecContext(ctx, `update subscribers set email = $2 where id = $1`, subscriberID, to); overtaken(err) {
			return addressTaken(to)
		} else if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `delete from moves where subscriber_id = $1`, subscriberID); err != nil {
			return err
		}
		if err := s.unmark(ctx, tx, to); err != nil {
			return err
		}
		consent.Action, consent.Detail = "changed", "address"
		_, err = s.addConsent(ctx, tx, subscriberID, consent)
		return err
	})
}

func addressTaken(email string) error {
	return mce.Conflictf("%s is known here already, with choices of its own. Please use that one, and unsubscribe the other", email)
}
