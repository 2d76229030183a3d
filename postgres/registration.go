package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

type registrationRow struct {
	ID           int64
	Event        string
	Email        string
	Name         string
	Organisation string
	Country      string
	Language     mce.Lang
	Role         mce.Role
	Zone         string
	Sessions     pq.StringArray
	State        mce.RegistrationState
	Code         string
	Sequence     int
	Told         int
	BookingID    int64      `db:"booking_id"`
	CreatedAt    time.Time  `db:"created_at"`
	ArrivedAt    *time.Time `db:"arrived_at"`
}

const selectRegistrations = `
	select r.id, e.slug as event, coalesce(r.email, '') as email, r.name, r.organisation, r.country, r.language, r.role,
		r.zone, r.sessions, r.state, r.code, r.sequence, r.told, coalesce(r.booking_id, 0) as booking_id, r.created_at, r.arrived_at
	from registrations r join events e on e.id = r.event_id`

func (r registrationRow) registration() mce.Registration {
	return mce.Registration{
		ID: r.ID, Event: r.Event, Email: r.Email, Name: r.Name, Organisation: r.Organisation, Country: r.Country, Language: r.Language,
		Role: r.Role, Zone: r.Zone, Sessions: r.Sessions, State: r.State, Code: r.Code, Sequence: r.Sequence, Told: r.Told, BookingID: r.BookingID,
		CreatedAt: r.CreatedAt.UTC(), ArrivedAt: orZero(r.ArrivedAt),
	}
}

// Registrations lists the places in an event, by name.
func (s *Store) Registrations(ctx context.Context, event string) ([]mce.Registration, error) {
	var rows []registrationRow
	err := s.db.SelectContext(ctx, &rows, selectRegistrations+` where e.slug = $1 and r.email is not null order by r.name, r.id`, event)
	out := make([]mce.Registration, len(rows))
	for i, r := range rows {
		out[i] = r.registration()
	}
	return out, err
}

// Confirmer makes the mail that confirms a registration.
type Confirmer func(mce.Event, mce.Registration, time.Time) (mce.Edition, error)

// Register takes the registrations and queues their confirmations: all of them, or none. A person who had cancelled comes back with a
// calendar entry of a higher sequence; one who is registered already gives an error of code Conflict.
func (s *Store) Register(ctx context.Context, people []mce.Registration, confirm Confirmer, domain string, now time.Time) ([]mce.Registration, error) {
	out := make([]mce.Registration, 0, len(people))
	err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		for _, p := range people {
			event, err := eventBySlug(ctx, tx, p.Event)
			if err != nil {
				return err
			}
			if !event.Ends.After(now) {
				return mce.Conflictf("%s is over", event.Title[mce.English])
			}
			if event.State != mce.EventOpen {
				return mce.Conflictf("%s is not open for registration", event.Title[mce.English])
			}
			reg, err := saveRegistration(ctx, tx, event, p, now)
			if err != nil {
				return err
			}
			e, err := confirm(event, reg, now)
			if err != nil {
				return err
			}
			if err := queueLetter(ctx, tx, e, person{registration: reg.ID}, domain, now); err != nil {
				return err
			}
			out = append(out, reg)
		}
		return nil
	})
	return out, err
}

func saveRegistration(ctx context.Context, tx *sqlx.Tx, event mce.Event, p mce.Registration, now time.Time) (mce.Registration, error) {
	const upsert = `
		insert into registrations (event_id, email, name, organisation, country, language, role, zone, sessions, told, state, code, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'registered', $11, $12)
		on conflict (event_id, lower(email)) do update set name = excluded.name, organisation = excluded.organisation,
			country = excluded.country, language = excluded.language, role = excluded.role, zone = excluded.zone,
			sessions = excluded.sessions, told = excluded.told, state = 'registered', sequence = registrations.sequence + 1,
			created_at = excluded.created_at, cancelled_at = null
		where registrations.state = 'cancelled'
		returning id`
	role := p.Role
	if role == "" {
		role = mce.AsDelegate
	}
	var id int64
	err := tx.GetContext(ctx, &id, upsert, event.ID, p.Email, p.Name, p.Organisation, p.Country, p.Language, role, p.Zone,
		pq.Array(strs(p.Sessions)), event.Version, newCode(), now)
	if errors.Is(err, sql.ErrNoRows) {
		return p, mce.Conflictf("%s is registered for %s already", p.Email, event.Title[mce.English])
	}
	if err != nil {
		return p, err
	}
	var row registrationRow
	err = tx.GetContext(ctx, &row, selectRegistrations+` where r.id = $1`, id)
	return row.registration(), err
}

// newCode is what a delegate may type at the desk: 8 of 25 signs, none of which looks like another.
func newCode() string {
	const signs = "ACDEFGHJKLMNPQRTUVWXY3479"
	raw := make([]byte, 8)
	rand.Read(raw)
	for i, b := range raw {
		raw[i] = signs[int(b)%len(signs)]
	}
	return string(raw)
}

// CancelRegistration gives a place back. Reminders stop, also those in the outbox.
func (s *Store) CancelRegistration(ctx context.Context, event, email string, now time.Time) error {
	const cancel = `
		update registrations r set state = 'cancelled', sequence = r.sequence + 1, cancelled_at = $3
		from events e where e.id = r.event_id and e.slug = $1 and lower(r.email) = lower($2) and r.state = 'registered'`
	res, err := s.db.ExecContext(ctx, cancel, event, email, now)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, mce.NotFoundf("%s is not registered for %s", email, event))
	}
	return nil
}
