package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// person is whom a single letter is to: a subscriber, a registration, who booked, or a user of the desk; and the second number of the letter's token.
type person struct {
	subscriber   int64
	registration int64
	booking      int64
	user         int64
	cause        int64
}

// queueLetter puts a mail of its own for one person onto the express lane, in the transaction of its cause.
func queueLetter(ctx context.Context, tx *sqlx.Tx, e mce.Edition, to person, domain string, now time.Time) error {
	id, err := insertEdition(ctx, tx, e, domain, now)
	if err != nil {
		return err
	}
	return queueLetterOf(ctx, tx, id, e.Kind, to, now)
}

// queueLetterOf is queueLetter for an edition that is kept already.
func queueLetterOf(ctx context.Context, tx *sqlx.Tx, edition int64, kind mce.LetterKind, to person, now time.Time) error {
	if err := ensurePartition(ctx, tx, now); err != nil {
		return err
	}
	const queue = `
		with letter as (
			insert into letters (born, created_at, kind, edition_id, subscriber_id, registration_id, booking_id, user_id, cause_id)
			values ($1, $2, $3, $4, nullif($5::bigint, 0), nullif($6::bigint, 0), nullif($7::bigint, 0), nullif($8::bigint, 0), $9)
			returning id, born, kind, registration_id
		)
		insert into express (letter_id, born, kind, due, registration_id) select id, born, kind, $2, registration_id from letter`
	if _, err := tx.ExecContext(ctx, queue, bornOn(now), now, kind, edition, to.subscriber, to.registration, to.booking, to.user, to.cause); err != nil {
		return err
	}
	return wake(ctx, tx)
}
