package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// Purge removes what has been kept for its time: letters by the month; people who did not confirm, or left, or whose event is over; and what
// was left lying. Whatever is one day kept for a time only belongs here, with its time in mce.Keep. Several daemons may purge at once. A
// fault with one kind of data does not keep the others from their turn; what was removed before it is in the result.
func (s *Store) Purge(ctx context.Context, keep mce.Keep, now time.Time) (mce.Purged, error) {
	p := mce.Purged{Removed: []mce.PurgedMonth{}, Kept: []mce.KeptMonth{}}
	if fault := keep.Check(); fault != nil {
		return p, fault
	}
	faults := s.purgeLetters(ctx, keep, now, &p)
	for _, kind := range []struct {
		name    string
		removed *int
		portion func(ctx context.Context, tx *sqlx.Tx) (removed int, err error)
	}{
		{"send back who left before and did not confirm", &p.Lapsed, func(ctx context.Context, tx *sqlx.Tx) (int, error) {
			return execCount(ctx, tx, lapse, keep.UnconfirmedFrom(now), purgePortion)
		}},
		{"forget who did not confirm", &p.Unconfirmed, func(ctx context.Context, tx *sqlx.Tx) (int, error) {
			return s.forget(ctx, tx, pickUnconfirmed, keep.UnconfirmedFrom(now), false, now)
		}},
		{"erase who left", &p.Unsubscribed, func(ctx context.Context, tx *sqlx.Tx) (int, error) {
			return s.forget(ctx, tx, pickUnsubscribed, keep.UnsubscribedFrom(now), true, now)
		}},
		{"erase delegates", &p.Delegates, func(ctx context.Context, tx *sqlx.Tx) (int, error) {
			return forgetDelegates(ctx, tx, keep.DelegatesFrom(now))
		}},
		{"erase who booked", &p.Bookers, func(ctx context.Context, tx *sqlx.Tx) (int, error) {
			return forgetBookers(ctx, tx, keep.DelegatesFrom(now))
		}},
		{"remove invitations", &p.Invitations, func(ctx context.Context, tx *sqlx.Tx) (int, error) {
			return execCount(ctx, tx, removeInvitations, keep.DelegatesFrom(now), purgePortion)
		}},
		{"remove moves", &p.Moves, func(ctx context.Context, tx *sqlx.Tx) (int, error) {
			return execCount(ctx, tx, removeOld("moves"), now.Add(-mce.KeepMoves), purgePortion)
		}},
		{"remove wishes", &p.Wishes, func(ctx context.Context, tx *sqlx.Tx) (int, error) {
			return execCount(ctx, tx, removeOld("wishes"), now.Add(-mce.KeepWishes), purgePortion)
		}},
	} {
		removed, err := s.inPortions(ctx, kind.portion)
		*kind.removed = removed
		if err != nil {
			faults = errors.Join(faults, fmt.Errorf("%s: %w", kind.name, err))
		}
	}
	return p, faults
}

// purgePortion is how many people or lines are removed in one transaction, so that none of them is locked for long.
const purgePortion = 500

// inPortions repeats a portion, each in a transaction of its own, until there is less left than a whole one. Portions pass over what
// somebody else has locked: another daemon, which removes it, or the person, who has just come back.
func (s *Store) inPortions(ctx context.Context, portion func(context.Context, *sqlx.Tx) (int, error)) (total int, err error) {
	for n := purgePortion; n == purgePortion; total += n {
		err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) (err error) {
			n, err = portion(ctx, tx)
			return err
		})
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

func execCount(ctx context.Context, tx *sqlx.Tx, statement string, args ...any) (int, error) {
	res, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// Of pending subscribers changed_at is when they were last asked; of those who left, when that was.
const (
	unconfirmed  = `s.state = 'pending' and s.changed_at < $1`
	unsubscribed = `s.state = 'unsubscribed' and s.changed_at < $1`
	// hasLeft: they were subscribed once, and withdrew that.
	hasLeft = `exists (
		select from consents w join consents y on y.subscriber_id = w.subscriber_id and (y.at, y.id) < (w.at, w.id)
		where w.subscriber_id = s.id and w.action = 'withdrawn' and y.action in ('confirmed', 'imported'))`
	leftAt = `(select max(w.at) from consents w where w.subscriber_id = s.id and w.action = 'withdrawn')`

	pick = ` order by s.changed_at, s.id limit $2 for update of s skip locked`
)

const (
	pickUnconfirmed  = `select s.id from subscribers s where ` + unconfirmed + ` and not ` + hasLeft + pick
	pickUnsubscribed = `select s.id from subscribers s where ` + unsubscribed + pick

	// lapse lets an unanswered question be as if it had not been asked: whoever left stays known as such, or an import would bring them back.
	lapse = `
		with picked as (select s.id from subscribers s where ` + unconfirmed + ` and ` + hasLeft + pick + `)
		update subscribers s set state = 'unsubscribed', changed_at = ` + leftAt + ` from picked where s.id = picked.id`
)

// removeOld removes from a table of passing things what is older than $1.
func removeOld(table string) string {
	return `delete from ` + table + ` where id in (select id from ` + table + ` where at < $1 order by id limit $2 for update skip locked)`
}

// forget erases the subscribers that a statement picks, as Erase does, but for what is kept of the address by others: the office's contacts,
// a delegate's place, and that a server refused it. With a mark no import brings them back, also not under an address they had before.
func (s *Store) forget(ctx context.Context, tx *sqlx.Tx, pick string, before time.Time, mark bool, now time.Time) (int, error) {
	var ids []int64
	if err := tx.SelectContext(ctx, &ids, pick, before, purgePortion); err != nil || len(ids) == 0 {
		return 0, err
	}
	if s.keys == nil {
		return 0, errors.New("the store has no keys")
	}
	if mark {
		addresses, err := addressesOf(ctx, tx, "", ids)
		if err != nil {
			return 0, err
		}
		if err := s.mark(ctx, tx, addresses, now); err != nil {
			return 0, err
		}
	}
	if err := erasePeople(ctx, tx, traces{readers: ids}); err != nil {
		return 0, err
	}
	const record = `
		insert into consents (subscriber_id, action, wording, source, at) select unnest($1::bigint[]), 'erased', '', 'retention', $2 returning id`
	var lines []int64
	if err := tx.SelectContext(ctx, &lines, record, pq.Array(ids), now); err != nil {
		return 0, err
	}
	return len(ids), s.seal(ctx, tx, lines)
}

// Invitations keep a rule from inviting a person twice; once the event has long been over none can. The rounds, which name nobody, stay.
const (
	pastInvitations   = `from invitations m join events e on e.id = m.event_id where e.ends < $1`
	removeInvitations = `
		delete from invitations i using (
			select m.rule_id, m.event_id, m.subscriber_id ` + pastInvitations + `
			order by m.event_id, m.rule_id, m.subscriber_id limit $2 for update of m skip locked) o
		where i.rule_id = o.rule_id and i.event_id = o.event_id and i.subscriber_id = o.subscriber_id`
)

const pastDelegates = `from registrations r join events e on e.id = r.event_id where r.email is not null and e.ends < $1`

func forgetDelegates(ctx context.Context, tx *sqlx.Tx, before time.Time) (int, error) {
	var ids []int64
	err := tx.SelectContext(ctx, &ids, `select r.id `+pastDelegates+` order by r.id limit $2 for update of r skip locked`, before, purgePortion)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), erasePeople(ctx, tx, traces{delegates: ids})
}

const pastBookers = `from bookings b join events e on e.id = b.event_id where b.email is not null and e.ends < $1`

func forgetBookers(ctx context.Context, tx *sqlx.Tx, before time.Time) (int, error) {
	var ids []int64
	err := tx.SelectContext(ctx, &ids, `select b.id `+pastBookers+` order by b.id limit $2 for update of b skip locked`, before, purgePortion)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), erasePeople(ctx, tx, traces{bookers: ids})
}

// WouldPurge is what Purge would do, as far as can be said without locking anything.
func (s *Store) WouldPurge(ctx context.Context, keep mce.Keep, now time.Time) (mce.Purged, error) {
	p := mce.Purged{Removed: []mce.PurgedMonth{}, Kept: []mce.KeptMonth{}}
	if fault := keep.Check(); fault != nil {
		return p, fault
	}
	if err := s.wouldPurgeLetters(ctx, keep, now, &p); err != nil {
		return p, err
	}
	confirmed, left := keep.UnconfirmedFrom(now), keep.UnsubscribedFrom(now)
	for _, c := range []struct {
		count     *int
		statement string
		args      []any
	}{
		{&p.Lapsed, `select count(*) from subscribers s where ` + unconfirmed + ` and ` + hasLeft, []any{confirmed}},
		{&p.Unconfirmed, `select count(*) from subscribers s where ` + unconfirmed + ` and not ` + hasLeft, []any{confirmed}},
		{&p.Unsubscribed, `
			select (select count(*) from subscribers s where ` + unsubscribed + `)
				+ (select count(*) from subscribers s where s.state = 'pending' and s.changed_at < $2 and ` + hasLeft + ` and ` + leftAt + ` < $1)`,
			[]any{left, confirmed}},
		{&p.Delegates, `select count(*) ` + pastDelegates, []any{keep.DelegatesFrom(now)}},
		{&p.Bookers, `select count(*) ` + pastBookers, []any{keep.DelegatesFrom(now)}},
		{&p.Invitations, `select count(*) ` + pastInvitations, []any{keep.DelegatesFrom(now)}},
		{&p.Moves, `select count(*) from moves where at < $1`, []any{now.Add(-mce.KeepMoves)}},
		{&p.Wishes, `select count(*) from wishes where at < $1`, []any{now.Add(-mce.KeepWishes)}},
	} {
		if err := s.db.GetContext(ctx, c.count, c.statement, c.args...); err != nil {
			return p, err
		}
	}
	return p, nil
}
