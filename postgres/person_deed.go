package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// What is done at the desk on a person's behalf is in the audit log as done to them: to a subscriber where they are one, else to their latest
// registration or booking. The log has numbers; no address.

// objectOf is a person in the audit log.
func objectOf(ref mce.PersonRef) mce.AuditObject {
	switch ref.As {
	case mce.KnownDelegate:
		return mce.OnRegistration
	case mce.KnownBooker:
		return mce.OnBooking
	case mce.KnownReader:
	}
	return mce.OnSubscriber
}

// auditPerson is auditDeed for who has an address.
func auditPerson(ctx context.Context, tx *sqlx.Tx, action mce.AuditAction, email string) error {
	if _, ok := mce.DeedOf(ctx); !ok {
		return nil
	}
	ref, err := refOf(ctx, tx, email)
	if err != nil {
		return err
	}
	return auditDeed(ctx, tx, action, objectOf(ref), ref.ID, "")
}

// NotePerson writes a line of the audit log about a person of whom nothing changes.
func (s *Store) NotePerson(ctx context.Context, email string, action mce.AuditAction) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error { return auditPerson(ctx, tx, action, email) })
}

// PersonDeeds are the lines of the audit log about a person who has a dossier, the newest first, at most a hundred.
func (s *Store) PersonDeeds(ctx context.Context, ref mce.PersonRef, d mce.Dossier) ([]mce.Audit, error) {
	const read = `
		select a.id, a.at, coalesce(a.user_id, 0) as user_id, a.actor, a.action, a.object, a.object_id, a.detail, a.reason,
			coalesce(b.email, '') as by_email, coalesce(b.name, '') as by_name, coalesce(b.role, '') as by_role
		from audit a left join users b on b.id = a.user_id
		where (a.object = 'subscriber' and a.object_id = $1) or (a.object = 'registration' and a.object_id = any($2))
			or (a.object = 'booking' and a.object_id = any($3))
		order by a.id desc limit 100`
	var reader int64
	if ref.As == mce.KnownReader {
		reader = ref.ID
	}
	var places, bookings pq.Int64Array
	for _, r := range d.Registrations {
		places = append(places, r.ID)
	}
	for _, b := range d.Bookings {
		bookings = append(bookings, b.ID)
	}
	var rows []auditRow
	err := s.db.SelectContext(ctx, &rows, read, reader, places, bookings)
	out := make([]mce.Audit, len(rows))
	for i, r := range rows {
		out[i] = r.audit()
	}
	return out, err
}

// TellAgain mails somebody anew that they have a place in an event, or wait for one. The error is of code Conflict when they have cancelled or the event
// is over or off.
func (s *Store) TellAgain(ctx context.Context, id int64, notices mce.Notices, domain string, now time.Time) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		r, e, err := lockRegistration(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case r.State == mce.Withdrawn:
			return mce.Conflictf("the registration for %s was cancelled", r.Event)
		case e.Done(now):
			return mce.Conflictf("%s is over or was called off", r.Event)
		}
		if err := queueNotice(ctx, tx, notices, e, r, domain, now); err != nil {
			return err
		}
		return auditDeed(ctx, tx, mce.ToldAgain, mce.OnRegistration, id, "")
	})
}
