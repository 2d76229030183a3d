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

// saveBooking keeps who registers the people of an order; nothing where nobody but they themselves does.
func saveBooking(ctx context.Context, tx *sqlx.Tx, order mce.Order, now time.Time) (b mce.Booking, err error) {
	if order.Booker == nil {
		return b, nil
	}
	b = *order.Booker
	b.CreatedAt = now.UTC()
	for _, p := range order.People {
		if p.Event != b.Event {
			return b, &mce.FieldError{Field: "event", Err: mce.Invalidf("a booking is for one event, not for %s and %s", b.Event, p.Event)}
		}
	}
	const insert = `
		insert into bookings (event_id, email, name, language, created_at)
		select id, $2, $3, $4, $5 from events where slug = $1 returning id`
	err = tx.GetContext(ctx, &b.ID, insert, b.Event, b.Email, b.Name, b.Language, now)
	if errors.Is(err, sql.ErrNoRows) {
		err = &mce.FieldError{Field: "event", Err: mce.NotFoundf("there is no event %q", b.Event)}
	}
	return b, err
}

// queueBooked tells who booked how each of the people stands.
func queueBooked(ctx context.Context, tx *sqlx.Tx, notices mce.Notices, b mce.Booking, people []mce.Registration, domain string, now time.Time) error {
	e, err := eventBySlug(ctx, tx, b.Event)
	if err != nil {
		return err
	}
	edition, err := notices.Booked(e, b, people)
	if err != nil {
		return err
	}
	return queueLetter(ctx, tx, edition, person{booking: b.ID}, domain, now)
}

// Bookings are those of some ids, by them. One that there is not, or whose booker was erased, is left out.
func (s *Store) Bookings(ctx context.Context, ids []int64) (map[int64]mce.Booking, error) {
	rows, err := s.db.QueryxContext(ctx, `
		select b.id, e.slug, b.email, b.name, b.language, b.created_at from bookings b join events e on e.id = b.event_id
		where b.id = any($1) and b.email is not null`, pq.Array(ids))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64]mce.Booking{}
	for rows.Next() {
		var b mce.Booking
		if err := rows.Scan(&b.ID, &b.Event, &b.Email, &b.Name, &b.Language, &b.CreatedAt); err != nil {
			return nil, err
		}
		b.CreatedAt = b.CreatedAt.UTC()
		out[b.ID] = b
	}
	return out, rows.Err()
}

// BookingByID is a booking with its registrations as they stand, by name; the error is of code NotFound when there is none, or who booked was erased.
// Registrations whose person was erased are left out.
func (s *Store) BookingByID(ctx context.Context, id int64) (b mce.Booking, people []mce.Registration, err error) {
	err = s.inTx(ctx, sql.LevelRepeatableRead, func(tx *sqlx.Tx) error {
		err := tx.QueryRowxContext(ctx, `
			select b.id, e.slug, b.email, b.name, b.language, b.created_at from bookings b join events e on e.id = b.event_id
			where b.id = $1 and b.email is not null`, id).Scan(&b.ID, &b.Event, &b.Email, &b.Name, &b.Language, &b.CreatedAt)
		if errors.Is(err, sql.ErrNoRows) {
			return mce.NotFoundf("there is no such booking")
		}
		if err != nil {
			return err
		}
		b.CreatedAt = b.CreatedAt.UTC()
		people, err = registrations(ctx, tx, ` where r.booking_id = $1 and r.email is not null order by r.name, r.id`, id)
		return err
	})
	return b, people, err
}
