package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// againAfter is how long whoever is registered already is not told of it once more, however often somebody enters their address.
const againAfter = time.Hour

// Enrol is Register for a page that anybody may use, on which no answer may tell who is registered. Whoever is so already, or waits, is told again
// where they stand, at most once in an hour; nothing of their registration changes. A fault is an *mce.FieldError of the field email, sessions or
// event, and the same for every address that may come.
func (s *Store) Enrol(ctx context.Context, p mce.Registration, notices mce.Notices, domain string, now time.Time) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := lockEvents(ctx, tx, p.Event); err != nil {
			return err
		}
		known, err := registrations(ctx, tx, ` where e.slug = $1 and lower(r.email) = lower($2) and r.state <> 'cancelled'`, p.Event, p.Email)
		if err != nil {
			return err
		}
		if len(known) == 0 {
			_, err := registerOne(ctx, tx, p, notices, domain, now)
			return err
		}
		return tellAgain(ctx, tx, known[0], p, notices, domain, now)
	})
}

// tellAgain tells somebody where they stand, unless they were told within the hour. It refuses what a stranger would be refused, and makes the mail
// in any case, so that the time says little.
func tellAgain(ctx context.Context, tx *sqlx.Tx, known, wanted mce.Registration, notices mce.Notices, domain string, now time.Time) error {
	event, err := eventBySlug(ctx, tx, known.Event)
	if err != nil {
		return err
	}
	if _, err := placeFor(ctx, tx, event, wanted, now); err != nil {
		return err
	}
	edition, err := noticeOf(notices, event, known, now)
	if err != nil {
		return err
	}
	const recently = `
		select exists (select from letters where registration_id = $1 and kind in ('confirmation', 'waiting') and created_at > $2 and born >= $3)`
	var told bool
	since := now.Add(-againAfter)
	if err := tx.GetContext(ctx, &told, recently, known.ID, since, bornOn(since)); err != nil || told {
		return err
	}
	return queueLetter(ctx, tx, edition, person{registration: known.ID}, domain, now)
}
