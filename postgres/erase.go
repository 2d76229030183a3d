package postgres

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// Erase removes everything that is known of the person with an address: as a reader and as a delegate of what is over or was cancelled.
// What remains is a keyed mark, so that no list brings the address back, and the record of consent without the person. Addresses that a
// reader had before go and are marked alike, unless somebody else reads there now; places in events that were taken under them do not: they
// go by their own. A place in an event to come is refused with an error of code Conflict: the delegate would be turned away at the door.
func (s *Store) Erase(ctx context.Context, email, source string, now time.Time) error {
	if s.keys == nil {
		return errors.New("erase: the store has no keys")
	}
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := refuseDelegates(ctx, tx, email, now); err != nil {
			return err
		}
		who, err := tracesOf(ctx, tx, email, ` for update`)
		if err != nil {
			return err
		}
		if len(who.readers)+len(who.delegates)+len(who.bookers) == 0 {
			return mce.NotFoundf("nothing is known of %s", email)
		}
		addresses, err := addressesOf(ctx, tx, email, who.readers)
		if err != nil {
			return err
		}
		if err := auditPerson(ctx, tx, mce.ErasedPerson, email); err != nil { // while it is known who that is
			return err
		}
		if err := s.mark(ctx, tx, addresses, now); err != nil {
			return err
		}
		if err := eraseTraces(ctx, tx, addresses, who); err != nil {
			return err
		}
		for _, id := range who.readers {
			if _, err := s.addConsent(ctx, tx, id, mce.Consent{Action: "erased", Source: source, At: now}); err != nil {
				return err
			}
		}
		return nil
	})
}

// traces are where something personal stands: the ids of subscribers, of registrations, and of bookings.
type traces struct{ readers, delegates, bookers []int64 }

// tracesOf are those of an address; lock is empty, or locks them.
func tracesOf(ctx context.Context, tx *sqlx.Tx, email, lock string) (who traces, err error) {
	for _, t := range []struct {
		ids   *[]int64
		table string
	}{{&who.readers, "subscribers"}, {&who.delegates, "registrations"}, {&who.bookers, "bookings"}} {
		if err := tx.SelectContext(ctx, t.ids, `select id from `+t.table+` where lower(email) = lower($1)`+lock, email); err != nil {
			return who, err
		}
	}
	return who, nil
}

// addressesOf are an address ("" for none), those of readers, and those that they had before and nobody else has now, in small letters.
func addressesOf(ctx context.Context, tx *sqlx.Tx, email string, readers []int64) (out []string, err error) {
	err = tx.SelectContext(ctx, &out, `
		select lower($1) where $1 <> ''
		union
		select lower(email) from subscribers where id = any($2) and email is not null
		union
		select lower(d.email) from consent_details d join consents c on c.id = d.consent_id
		where c.subscriber_id = any($2) and not exists (select from subscribers o where lower(o.email) = lower(d.email) and o.id <> all($2))`,
		email, pq.Array(readers))
	return out, err
}

// mark remembers of addresses that they were erased.
func (s *Store) mark(ctx context.Context, tx *sqlx.Tx, addresses []string, now time.Time) error {
	marks := make(pq.ByteaArray, len(addresses))
	for i, a := range addresses {
		marks[i] = s.keys.Mark(a)
	}
	_, err := tx.ExecContext(ctx, `insert into erasures (mark, at) select m, $2 from unnest($1::bytea[]) m on conflict do nothing`, marks, now)
	return err
}

func refuseDelegates(ctx context.Context, tx *sqlx.Tx, email string, now time.Time) error {
	var titles []jsonb[mce.Text]
	err := tx.SelectContext(ctx, &titles, `
		select e.title from registrations r join events e on e.id = r.event_id
		where lower(r.email) = lower($1) and r.state = 'registered' and e.state <> 'cancelled' and e.ends > $2 order by e.starts`, email, now)
	if err == nil && len(titles) > 0 {
		names := make([]string, len(titles))
		for i, t := range titles {
			names[i], _ = t.V.In(mce.English)
		}
		err = mce.Conflictf("%s has a place in “%s”, which is still to come; cancel that registration first", email, strings.Join(names, "”, “"))
	}
	return err
}

// theirs are the letters of subscribers ($1), of registrations ($2) and of bookings ($3), found by the keys of letters alone, never by going through the table:
// issue by issue for newsletters, then letters of no issue, then those of registrations, and those to who booked for them, which name them.
const theirs = `
	with theirs as (
		select l.* from issues i join letters l on l.issue_id = i.id and l.subscriber_id = any($1::bigint[])
		union all
		select l.* from letters l where l.issue_id is null and l.subscriber_id = any($1::bigint[])
		union all
		select l.* from letters l where l.registration_id = any($2::bigint[])
		union all
		select l.* from letters l where l.booking_id = any($3::bigint[] || array(select booking_id from registrations where id = any($2::bigint[])))
	)`

// eraseTraces takes the person out of every table, wherever one of the addresses stands.
func eraseTraces(ctx context.Context, tx *sqlx.Tx, addresses []string, who traces) error {
	if err := erasePeople(ctx, tx, who); err != nil {
		return err
	}
	all := []any{pq.Array(addresses)}
	return inOrder(ctx, tx, []step{
		{`delete from suppressions where email = any($1)`, all},
		{`delete from moves where lower(email) = any($1)`, all},
		{`delete from contacts where lower(email) = any($1)`, all},
		{`delete from wishes where lower(email) = any($1)`, all},
		{`update registrations set state = 'cancelled' where id = any($1)`, []any{pq.Array(who.delegates)}},
	})
}

// erasePeople takes what is personal from subscribers, with their record of consent, from registrations and bookings; whether a place was taken stays.
// A mail of their own (an edition that nobody else has) loses its words; in what servers said about letters the address may stand.
func erasePeople(ctx context.Context, tx *sqlx.Tx, who traces) error {
	people, places, bookings := pq.Array(who.readers), pq.Array(who.delegates), pq.Array(who.bookers)
	return inOrder(ctx, tx, []step{
		{`delete from consent_details d using consents c where c.id = d.consent_id and c.subscriber_id = any($1)`, []any{people}},
		{`delete from consent_people where subscriber_id = any($1)`, []any{people}},
		{`delete from moves where subscriber_id = any($1)`, []any{people}},
		{`delete from invitations where subscriber_id = any($1)`, []any{people}},
		{theirs + ` delete from edition_files where edition_id in (select edition_id from theirs where coalesce(registration_id, booking_id) is not null and kind <> 'reminder')`,
			[]any{people, places, bookings}},
		{theirs + ` update editions set subject = '', html = '', plain = '', calendar = ''
			where id in (select edition_id from theirs where kind <> 'newsletter')
				and kind in ('confirmation', 'opt_in', 'move', 'waiting', 'cancellation', 'change', 'booking', 'certificate')`, []any{people, places, bookings}},
		{theirs + ` update letters l set detail = '' from theirs t where l.id = t.id and l.born = t.born and t.detail <> ''`, []any{people, places, bookings}},
		{`update subscribers set email = null, name = '', organisation = '', country = '', topics = '{}', pace = 'each', paused_until = null,
			linked_at = null, state = 'erased' where id = any($1)`, []any{people}},
		{`update registrations set email = null, name = '', organisation = '', country = '', zone = '', sessions = '{}' where id = any($1)`, []any{places}},
		{`update bookings set email = null, name = '' where id = any($1)`, []any{bookings}},
		{`delete from order_keys where registrations && $1`, []any{places}},
	})
}

// step is a statement of a list that is done in order.
type step struct {
	statement string
	args      []any
}

func inOrder(ctx context.Context, tx *sqlx.Tx, steps []step) error {
	for _, s := range steps {
		if _, err := tx.ExecContext(ctx, s.statement, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// ErasedAt is when an address was erased; ok is false when it was not.
func (s *Store) ErasedAt(ctx context.Context, email string) (at time.Time, ok bool, err error) {
	if s.keys == nil {
		return at, false, errors.New("erasures: the store has no keys")
	}
	err = s.db.GetContext(ctx, &at, `select at from erasures where mark = $1`, s.keys.Mark(email))
	if errors.Is(err, sql.ErrNoRows) {
		return at, false, nil
	}
	return at.UTC(), err == nil, err
}
