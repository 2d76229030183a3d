package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// Delegates lists people of an event by name, those who wait in the order of their turns. Erased ones are left out.
func (s *Store) Delegates(ctx context.Context, q mce.DelegateQuery) ([]mce.Registration, error) {
	const where = `
		where r.event_id = $1 and r.email is not null
			and case $2::text when 'place' then r.state = 'registered' when 'waiting' then r.state = 'waiting'
				when 'speaker' then r.state = 'registered' and r.role = 'speaker' when 'arrived' then r.arrived_at is not null
				when 'away' then r.state = 'registered' and r.arrived_at is null when 'cancelled' then r.state = 'cancelled' else r.state <> 'cancelled' or r.booking_id = $6 end
			and ($6 = 0 or r.booking_id = $6)
			and ($3 = '' or strpos(lower(concat_ws(' ', r.name, r.email, r.organisation, r.code)), lower($3)) > 0)
		order by case when $2 = 'waiting' then r.created_at end, lower(r.name), r.id limit $4 offset $5`
	return registrations(ctx, s.db, where, q.EventID, q.Standing, q.Search, q.Limit, q.Skip, q.Booking)
}

// UndoCheckIn takes back that somebody has arrived. Who has not gives an error of code Conflict.
func (s *Store) UndoCheckIn(ctx context.Context, id int64) (r mce.Registration, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if r, _, err = lockRegistration(ctx, tx, id); err != nil {
			return err
		}
		if r.Arrived.IsZero() {
			return mce.Conflictf("%s has not arrived", r.Name)
		}
		r.Arrived = time.Time{}
		if _, err := tx.ExecContext(ctx, `update registrations set arrived_at = null where id = $1`, id); err != nil {
			return err
		}
		return auditDeed(ctx, tx, mce.UndidArrival, mce.OnRegistration, id, r.Event)
	})
	return r, err
}
