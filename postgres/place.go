package postgres

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// placeFor is the state that a new registration has: a place, or a turn on the waiting list.
func placeFor(ctx context.Context, tx *sqlx.Tx, e mce.Event, p mce.Registration, now time.Time) (mce.RegistrationState, error) {
	var taken int
	const count = `select count(*) from registrations where event_id = $1 and role = 'delegate' and state in ('registered', 'waiting')`
	if err := tx.GetContext(ctx, &taken, count, e.ID); err != nil {
		return "", err
	}
	standing := e.Standing(taken, now)
	if err := e.Admits(standing); err != nil {
		return "", &mce.FieldError{Field: "event", Err: err}
	}
	if err := e.Offers(p.Sessions); err != nil {
		return "", &mce.FieldError{Field: "sessions", Err: err}
	}
	if e.Admission == mce.ForMembers {
		if member, err := isMember(ctx, tx, p.Email); err != nil {
			return "", err
		} else if !member {
			return "", &mce.FieldError{Field: "email", Err: mce.Conflictf("%s is for members of the association, and %s does not belong to one that we know. "+
				"Please use the address at your member city, or ask us to add yours", e.Title[mce.English], p.Email)}
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
			if err := lockEvents(ctx, tx, slug); err != nil {
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

// CheckIn notes that the person with a code has arrived at an event; first is false when that was known already. The code is taken as it is typed:
// blanks and small letters do not matter. One that nobody has is an error of code NotFound; of who has no place, of code Conflict.
func (s *Store) CheckIn(ctx context.Context, event, code string, now time.Time) (r mce.Registration, first bool, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		code = strings.ToUpper(strings.Join(strings.FieldsFunc(code, func(c rune) bool { return c == '-' || c == ' ' }), ""))
		var id int64
		err := tx.GetContext(ctx, &id, `select r.id from registrations r join events e on e.id = r.event_id where e.slug = $1 and r.code = $2`, event, code)
		if errors.Is(err, sql.ErrNoRows) {
			return mce.NotFoundf("nobody at %s has the code %q", event, code)
		}
		if err != nil {
			return err
		}
		var e mce.Event
		if r, e, err = lockRegistration(ctx, tx, id); err != nil {
			return err
		}
		switch {
		case e.Off():
			return mce.Conflictf("%s was called off", e.Title[mce.English])
		case r.State == mce.OnWaitingList:
			return mce.Conflictf("%s is on the waiting list and has no place", r.Name)
		case r.State == mce.Withdrawn:
			return mce.Conflictf("the registration of %s was cancelled", r.Name)
		case !r.Arrived.IsZero():
			return nil
		}
		r.Arrived, first = now.UTC(), true
		if _, err = tx.ExecContext(ctx, `update registrations set arrived_at = $2 where id = $1`, r.ID, now); err != nil {
			return err
		}
		return auditDeed(ctx, tx, mce.Arrival, mce.OnRegistration, r.ID, event)
	})
	return r, first, err
}
