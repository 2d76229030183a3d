package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"
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
	CreatedAt    time.Time `db:"created_at"`
}

const selectRegistrations = `
	select r.id, e.slug as event, coalesce(r.email, '') as email, r.name, r.organisation, r.country, r.language, r.role,
		r.zone, r.sessions, r.state, r.code, r.sequence, r.told, r.created_at
	from registrations r join events e on e.id = r.event_id`

func (r registrationRow) registration() mce.Registration {
	return mce.Registration{
		ID: r.ID, Event: r.Event, Email: r.Email, Name: r.Name, Organisation: r.Organisation, Country: r.Country, Language: r.Language,
		Role: r.Role, Zone: r.Zone, Sessions: r.Sessions, State: r.State, Code: r.Code, Sequence: r.Sequence, Told: r.Told,
		CreatedAt: r.CreatedAt.UTC(),
	}
}

// Registrations lists the places in an event and its waiting list, by name.
func (s *Store) Registrations(ctx context.Context, event string) ([]mce.Registration, error) {
	return registrations(ctx, s.db, ` where e.slug = $1 and r.email is not null order by r.name, r.id`, event)
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

// Register takes the registrations and queues what tells each person where they stand: all of them, or none. Where all places are taken, or
// others wait already, they go on the waiting list. A person who had cancelled comes back with a calendar entry of a higher sequence; one who
// is registered or waits already gives an error of code Conflict, as does an event that takes nobody, or not this person.
func (s *Store) Register(ctx context.Context, people []mce.Registration, notices mce.Notices, domain string, now time.Time) ([]mce.Registration, error) {
	out := make([]mce.Registration, 0, len(people))
	err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := lockEvents(ctx, tx, people); err != nil {
			return err
		}
		for _, p := range people {
			event, err := eventBySlug(ctx, tx, p.Event)
			if err != nil {
				return err
			}
			if p.State, err = placeFor(ctx, tx, event, p, now); err != nil {
				return err
			}
			reg, err := saveRegistration(ctx, tx, event, p, now)
			if err != nil {
				return err
			}
			if err := queueNotice(ctx, tx, notices, event, reg, domain, now); err != nil {
				return err
			}
			out = append(out, reg)
		}
		return nil
	})
	return out, err
}

// lockEvents makes those who want places in the same events come one after the other: always in the same order, so that none waits for each other.
func lockEvents(ctx context.Context, tx *sqlx.Tx, people []mce.Registration) error {
	var slugs []string
	for _, p := range people {
		slugs = append(slugs, p.Event)
	}
	_, err := tx.ExecContext(ctx, `select from events where slug = any($1) order by id for no key update`, pq.Array(slugs))
	return err
}

// placeFor is the state that a new registration has: a place, or a turn on the waiting list.
func placeFor(ctx context.Context, tx *sqlx.Tx, e mce.Event, p mce.Registration, now time.Time) (mce.RegistrationState, error) {
	var taken int
	const count = `select count(*) from registrations where event_id = $1 and role = 'delegate' and state in ('registered', 'waiting')`
	if err := tx.GetContext(ctx, &taken, count, e.ID); err != nil {
		return "", err
	}
	standing := e.Standing(taken, now)
	if err := e.Admits(standing, p); err != nil {
		return "", err
	}
	if e.Admission == mce.ForMembers {
		if member, err := isMember(ctx, tx, p.Email); err != nil {
			return "", err
		} else if !member {
			return "", mce.Conflictf("%s is for members of the association, and %s does not belong to one that we know. Please use the address at "+
				"your member city, or ask us to add yours", e.Title[mce.English], p.Email)
		}
	}
	if standing == mce.Full && p.Role != mce.AsSpeaker {
		return mce.OnWaitingList, nil
	}
	return mce.Registered, nil
}

// isMember reports whether an address belongs to a member.
func isMember(ctx context.Context, q sqlx.QueryerContext, email string) (bool, error) {
	theirs, err := organisationsOf(ctx, q, email)
	return slices.ContainsFunc(theirs, func(o mce.Organisation) bool { return o.Membership == mce.Member }), err
}

func saveRegistration(ctx context.Context, tx *sqlx.Tx, event mce.Event, p mce.Registration, now time.Time) (mce.Registration, error) {
	const upsert = `
		insert into registrations (event_id, email, name, organisation, country, language, role, zone, sessions, told, state, code, created_at)
		values ($1, $2, $3, $4, $5, $6, coalesce(nullif($7, ''), 'delegate'), $8, $9, $10, $11, $12, $13)
		on conflict (event_id, lower(email)) do update set name = excluded.name, organisation = excluded.organisation,
			country = excluded.country, language = excluded.language, role = excluded.role, zone = excluded.zone,
			sessions = excluded.sessions, told = excluded.told, state = excluded.state, sequence = registrations.sequence + 1,
			created_at = excluded.created_at, cancelled_at = null
		where registrations.state = 'cancelled'
		returning id`
	var id int64
	err := tx.GetContext(ctx, &id, upsert, event.ID, p.Email, p.Name, p.Organisation, p.Country, p.Language, p.Role, p.Zone,
		pq.Array(strs(p.Sessions)), event.Version, p.State, newCode(), now)
	if errors.Is(err, sql.ErrNoRows) {
		return p, mce.Conflictf("%s is registered for %s already", p.Email, event.Title[mce.English])
	}
	if err != nil {
		return p, err
	}
	found, err := registrations(ctx, tx, ` where r.id = $1`, id)
	if err != nil {
		return p, err
	}
	return found[0], nil
}

// queueNotice queues what tells somebody that they have a place, or wait for one.
func queueNotice(ctx context.Context, tx *sqlx.Tx, notices mce.Notices, e mce.Event, r mce.Registration, domain string, now time.Time) error {
	tell := notices.Confirmation
	if r.State == mce.OnWaitingList {
		tell = notices.Waiting
	}
	edition, err := tell(e, r, now)
	if err != nil {
		return err
	}
	return queueLetter(ctx, tx, edition, person{registration: r.ID}, domain, now)
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

// CancelRegistration gives a place back, or a turn on the waiting list, and tells the person; the first who wait get the places that are free.
// Reminders stop, also those in the outbox. Of an event that is over or off nobody is told.
func (s *Store) CancelRegistration(ctx context.Context, event, email string, notices mce.Notices, domain string, now time.Time) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := lockEvents(ctx, tx, []mce.Registration{{Event: event}}); err != nil {
			return err
		}
		found, err := registrations(ctx, tx, ` where e.slug = $1 and lower(r.email) = lower($2) and r.state <> 'cancelled' for update of r`, event, email)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return mce.NotFoundf("%s is not registered for %s", email, event)
		}
		r := found[0]
		r.Sequence++
		const cancel = `update registrations set state = 'cancelled', sequence = $2, cancelled_at = $3 where id = $1`
		if _, err := tx.ExecContext(ctx, cancel, r.ID, r.Sequence, now); err != nil {
			return err
		}
		e, err := eventBySlug(ctx, tx, event)
		if err != nil || e.Off() || !e.Ends.After(now) {
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

// MoveUp gives places that have become free, because an event has more of them now, to the first who wait for one.
func (s *Store) MoveUp(ctx context.Context, notices mce.Notices, domain string, now time.Time) (moved int, err error) {
	const waited = `
		select e.slug from events e
		where e.starts > $1 and e.state not in ('cancelled', 'moved')
			and exists (select from registrations r where r.event_id = e.id and r.state = 'waiting')
			and (e.capacity = 0 or e.capacity > (
				select count(*) from registrations r where r.event_id = e.id and r.state = 'registered' and r.role = 'delegate'))
		order by e.id`
	var slugs []string
	if err := s.db.SelectContext(ctx, &slugs, waited, now); err != nil {
		return 0, err
	}
	for _, slug := range slugs {
		err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
			if err := lockEvents(ctx, tx, []mce.Registration{{Event: slug}}); err != nil {
				return err
			}
			e, err := eventBySlug(ctx, tx, slug)
			if err != nil {
				return err
			}
			n, err := moveUp(ctx, tx, e, notices, domain, now)
			moved += n
			return err
		})
		if err != nil {
			return moved, err
		}
	}
	return moved, nil
}

// moveUp gives the free places of an event, whose row is locked, to the first who wait. From then on they are registered: what was due before is
// not for them. An event that has begun or is off gives none.
func moveUp(ctx context.Context, tx *sqlx.Tx, e mce.Event, notices mce.Notices, domain string, now time.Time) (moved int, err error) {
	if e.Off() || !e.Starts.After(now) {
		return 0, nil
	}
	const next = `
		with free as (
			select case when $2 = 0 then null else greatest($2 - count(*), 0) end as places
			from registrations where event_id = $1 and state = 'registered' and role = 'delegate'
		), first as (
			select id from registrations where event_id = $1 and state = 'waiting' order by created_at, id limit (select places from free) for update
		)
		update registrations r set state = 'registered', created_at = $3, told = $4 from first where r.id = first.id returning r.id`
	var ids []int64
	if err := tx.SelectContext(ctx, &ids, next, e.ID, e.Capacity, now, e.Version); err != nil || len(ids) == 0 {
		return 0, err
	}
	found, err := registrations(ctx, tx, ` where r.id = any($1) order by r.id`, pq.Array(ids))
	if err != nil {
		return 0, err
	}
	for _, r := range found {
		if err := queueNotice(ctx, tx, notices, e, r, domain, now); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}
