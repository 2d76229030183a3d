package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
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
	Booking      int64      `db:"booking_id"`
	ArrivedAt    *time.Time `db:"arrived_at"`
	CreatedAt    time.Time  `db:"created_at"`
}

const selectRegistrations = `
	select r.id, e.slug as event, coalesce(r.email, '') as email, r.name, r.organisation, r.country, r.language, r.role,
		r.zone, r.sessions, r.state, r.code, r.sequence, r.told, coalesce(r.booking_id, 0) as booking_id, r.arrived_at, r.created_at
	from registrations r join events e on e.id = r.event_id`

func (r registrationRow) registration() mce.Registration {
	return mce.Registration{
		ID: r.ID, Event: r.Event, Email: r.Email, Name: r.Name, Organisation: r.Organisation, Country: r.Country, Language: r.Language,
		Role: r.Role, Zone: r.Zone, Sessions: r.Sessions, State: r.State, Code: r.Code, Sequence: r.Sequence, Told: r.Told,
		Booking: r.Booking, Arrived: orZero(r.ArrivedAt), CreatedAt: r.CreatedAt.UTC(),
	}
}

// Registrations lists the places in an event and its waiting list, by name.
func (s *Store) Registrations(ctx context.Context, event string) ([]mce.Registration, error) {
	return registrations(ctx, s.db, ` where e.slug = $1 and r.email is not null order by r.name, r.id`, event)
}

// RegistrationsAfter lists the registrations for an event in whatever state, a page at a time: at most limit of those that came later than the one
// with the id after, in order of their ids.
func (s *Store) RegistrationsAfter(ctx context.Context, event string, after int64, limit int) ([]mce.Registration, error) {
	return registrations(ctx, s.db, ` where e.slug = $1 and r.id > $2 and r.email is not null order by r.id limit $3`, event, after, limit)
}

func registrations(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) ([]mce.Registration, error) {
	var rows []registrationRow
	err := sqlx.SelectContext(ctx, q, &rows, selectRegistrations+where, args...)
	out := make([]mce.Registration, len(rows))
	for i, r := range rows {
		out[i] = r.registration()
	}
	return out, err
}

// Register takes the places that an order asks for and queues what tells each person where they stand, and who booked: all of them, or none. Where
// all places are taken, or others wait already, they go on the waiting list. A person who had cancelled comes back with a calendar entry of a
// higher sequence; one who is registered or waits already gives an error of code Conflict, as does an event that takes nobody, or not this
// person. A fault that lies with one of the people is an *mce.FieldError such as "people/1/email". An order under a key that was carried out
// already is not carried out anew: its registrations are given back as they stand.
func (s *Store) Register(ctx context.Context, order mce.Order, notices mce.Notices, domain string, now time.Time) (out []mce.Registration, err error) {
	return s.RegisterAll(ctx, []mce.Order{order}, notices, domain, now)
}

// RegisterAll is Register for many orders: all of them, or none.
func (s *Store) RegisterAll(ctx context.Context, orders []mce.Order, notices mce.Notices, domain string, now time.Time) (out []mce.Registration, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		out = nil
		if err := lockEvents(ctx, tx, eventsOf(orders)...); err != nil {
			return err
		}
		for _, o := range orders {
			people, err := registerOnce(ctx, tx, o, notices, domain, now)
			if err != nil {
				return err
			}
			out = append(out, people...)
		}
		return nil
	})
	return out, err
}

// register takes the places of an order in events that are locked.
func register(ctx context.Context, tx *sqlx.Tx, order mce.Order, notices mce.Notices, domain string, now time.Time) ([]mce.Registration, error) {
	booking, err := saveBooking(ctx, tx, order, now)
	if err != nil {
		return nil, err
	}
	out := make([]mce.Registration, len(order.People))
	for i, p := range order.People {
		p.Booking = booking.ID
		if out[i], err = registerOne(ctx, tx, p, notices, domain, now); err != nil {
			return nil, faultOf(i, err)
		}
	}
	if order.Booker == nil {
		return out, nil
	}
	return out, queueBooked(ctx, tx, notices, booking, out, domain, now)
}

// faultOf says of which person a fault in one of their fields is.
func faultOf(i int, err error) error {
	var fault *mce.FieldError
	if errors.As(err, &fault) && fault.Field != "event" {
		return &mce.FieldError{Field: fmt.Sprintf("people/%d/%s", i, fault.Field), Err: fault.Err}
	}
	return err
}

func registerOne(ctx context.Context, tx *sqlx.Tx, p mce.Registration, notices mce.Notices, domain string, now time.Time) (mce.Registration, error) {
	event, err := eventBySlug(ctx, tx, p.Event)
	if err != nil {
		return p, &mce.FieldError{Field: "event", Err: err}
	}
	if p.State, err = placeFor(ctx, tx, event, p, now); err != nil {
		return p, err
	}
	r, err := saveRegistration(ctx, tx, event, p, now)
	if err != nil {
		return p, err
	}
	if err := auditDeed(ctx, tx, mce.Enrolled, mce.OnRegistration, r.ID, event.Slug); err != nil {
		return r, err
	}
	return r, queueNotice(ctx, tx, notices, event, r, domain, now)
}

func eventsOf(orders []mce.Order) (slugs []string) {
	for _, o := range orders {
		for _, p := range o.People {
			slugs = append(slugs, p.Event)
		}
	}
	return slugs
}

// lockEvents makes those who want places in the same events come one after the other: always in the same order, so that none waits for each other.
func lockEvents(ctx context.Context, tx *sqlx.Tx, slugs ...string) error {
	_, err := tx.ExecContext(ctx, `select from events where slug = any($1) order by id for no key update`, pq.Array(slugs))
	return err
}

func saveRegistration(ctx context.Context, tx *sqlx.Tx, event mce.Event, p mce.Registration, now time.Time) (mce.Registration, error) {
	const upsert = `
		insert into registrations (event_id, email, name, organisation, country, language, role, zone, sessions, told, state, code, created_at, booking_id)
		values ($1, $2, $3, $4, $5, $6, coalesce(nullif($7, ''), 'delegate'), $8, $9, $10, $11, $12, $13, nullif($14::bigint, 0))
		on conflict (event_id, lower(email)) do update set name = excluded.name, organisation = excluded.organisation,
			country = excluded.country, language = excluded.language, role = excluded.role, zone = excluded.zone,
			sessions = excluded.sessions, told = excluded.told, state = excluded.state, sequence = registrations.sequence + 1,
			created_at = excluded.created_at, booking_id = excluded.booking_id, cancelled_at = null, arrived_at = null
		where registrations.state = 'cancelled'
		returning id`
	var id int64
	err := tx.GetContext(ctx, &id, upsert, event.ID, p.Email, p.Name, p.Organisation, p.Country, p.Language, p.Role, p.Zone,
		pq.Array(strs(p.Sessions)), event.Version, p.State, newCode(), now, p.Booking)
	if errors.Is(err, sql.ErrNoRows) {
		return p, &mce.FieldError{Field: "email", Err: mce.Conflictf("%s is registered for %s already", p.Email, event.Title[mce.English])}
	}
	if err != nil {
		return p, err
	}
	return registrationByID(ctx, tx, id, "")
}

// RegistrationByID is one registration, in whatever state; the error is of code NotFound when there is none, or its person was erased.
func (s *Store) RegistrationByID(ctx context.Context, id int64) (mce.Registration, error) {
	return registrationByID(ctx, s.db, id, "")
}

// registrationByID is RegistrationByID with a lock, such as " for update of r".
func registrationByID(ctx context.Context, q sqlx.QueryerContext, id int64, lock string) (mce.Registration, error) {
	found, err := registrations(ctx, q, ` where r.id = $1 and r.email is not null`+lock, id)
	if err == nil && len(found) == 0 {
		err = mce.NotFoundf("there is no such registration")
	}
	if err != nil {
		return mce.Registration{}, err
	}
	return found[0], nil
}

// queueNotice queues what tells somebody that they have a place, or wait for one.
func queueNotice(ctx context.Context, tx *sqlx.Tx, notices mce.Notices, e mce.Event, r mce.Registration, domain string, now time.Time) error {
	edition, err := noticeOf(notices, e, r, now)
	if err != nil {
		return err
	}
	return queueLetter(ctx, tx, edition, person{registration: r.ID}, domain, now)
}

// noticeOf is the mail that tells somebody that they have a place, or wait for one.
func noticeOf(notices mce.Notices, e mce.Event, r mce.Registration, now time.Time) (mce.Edition, error) {
	if r.State == mce.OnWaitingList {
		return notices.Waiting(e, r, now)
	}
	return notices.Confirmation(e, r, now)
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

// CancelRegistration is CancelByID for an event and an address.
func (s *Store) CancelRegistration(ctx context.Context, event, email string, notices mce.Notices, domain string, now time.Time) error {
	var id int64
	err := s.db.GetContext(ctx, &id, `
		select r.id from registrations r join events e on e.id = r.event_id where e.slug = $1 and lower(r.email) = lower($2) and r.state <> 'cancelled'`, event, email)
	if errors.Is(err, sql.ErrNoRows) {
		return mce.NotFoundf("%s is not registered for %s", email, event)
	}
	if err != nil {
		return err
	}
	return s.CancelByID(ctx, id, notices, domain, now)
}

// CancelByID gives a place back, or a turn on the waiting list, and tells the person; the first who wait get the places that are free. Reminders
// stop, also those in the outbox. Of an event that is over or off nobody is told. Who has cancelled already gives an error of code Conflict, as does
// who has arrived.
func (s *Store) CancelByID(ctx context.Context, id int64, notices mce.Notices, domain string, now time.Time) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		r, e, err := lockRegistration(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case r.State == mce.Withdrawn:
			return mce.Conflictf("the registration of %s for %s was cancelled already", r.Email, r.Event)
		case !r.Arrived.IsZero():
			return mce.Conflictf("%s has arrived at %s; what has begun cannot be cancelled", r.Name, r.Event)
		}
		r.Sequence++
		const cancel = `update registrations set state = 'cancelled', sequence = $2, cancelled_at = $3 where id = $1`
		if _, err := tx.ExecContext(ctx, cancel, r.ID, r.Sequence, now); err != nil {
			return err
		}
		if err := auditDeed(ctx, tx, mce.CancelledPlace, mce.OnRegistration, r.ID, e.Slug); err != nil || e.Done(now) {
			return err
		}
		edition, err := notices.Cancellation(e, r, now)
		if err != nil {
			return err
		}
		if err := queueLetter(ctx, tx, edition, person{registration: r.ID}, domain, now); err != nil {
			return err
		}
		_, err = moveUp(ctx, tx, e, notices, domain, now)
		return err
	})
}

// lockRegistration gives a registration and its event, both locked: the event first, as everywhere.
func lockRegistration(ctx context.Context, tx *sqlx.Tx, id int64) (r mce.Registration, e mce.Event, err error) {
	if r, err = registrationByID(ctx, tx, id, ""); err != nil {
		return r, e, err
	}
	if err = lockEvents(ctx, tx, r.Event); err != nil {
		return r, e, err
	}
	if r, err = registrationByID(ctx, tx, id, ` for update of r`); err != nil {
		return r, e, err
	}
	e, err = eventBySlug(ctx, tx, r.Event)
	return r, e, err
}

// ChangeRegistration gives a registration the particulars that its person wants, and tells them what stands where it shows in what they were
// told. An event that is over or off, and a registration that was cancelled, give an error of code Conflict; a session that cannot be chosen is an
// *mce.FieldError of the field sessions.
func (s *Store) ChangeRegistration(ctx context.Context, id int64, to mce.Particulars, notices mce.Notices, domain string, now time.Time) (r mce.Registration, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		old, e, err := lockRegistration(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := changeable(old, e, to, now); err != nil {
			return err
		}
		const change = `
			update registrations set name = $2, organisation = $3, country = $4, language = $5, zone = $6, sessions = $7 where id = $1`
		if _, err := tx.ExecContext(ctx, change, id, to.Name, to.Organisation, to.Country, to.Language, to.Zone, pq.Array(strs(to.Sessions))); err != nil {
			return err
		}
		if err := auditDeed(ctx, tx, mce.ChangedPlace, mce.OnRegistration, id, e.Slug); err != nil {
			return err
		}
		r = old.With(to)
		if r.State != mce.Registered || !old.SeenIn(r) {
			return nil
		}
		edition, err := notices.Update(e, old, r, now)
		if err != nil {
			return err
		}
		return queueLetter(ctx, tx, edition, person{registration: id}, domain, now)
	})
	return r, err
}

func changeable(r mce.Registration, e mce.Event, to mce.Particulars, now time.Time) error {
	switch {
	case r.State == mce.Withdrawn:
		return mce.Conflictf("the registration for %s was cancelled", e.Title[mce.English])
	case e.Done(now):
		return mce.Conflictf("%s is over or was called off; registrations for it cannot be changed any more", e.Title[mce.English])
	}
	if err := e.Offers(to.Sessions); err != nil {
		return &mce.FieldError{Field: "sessions", Err: err}
	}
	return nil
}
