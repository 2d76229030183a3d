package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// ImportSubscribers adds confirmed subscribers, all or none, with the consent that the file rests on. Addresses that are known in any
// state are left alone: an import never brings back who left, or who was erased. The subscribers must have passed the checks, and no address
// stands among them twice. progress, if not nil, is told how many are done.
func (s *Store) ImportSubscribers(ctx context.Context, people []mce.Subscriber, wording, source string, now time.Time, progress func(done int)) (mce.ImportResult, error) {
	in := importing{store: s, people: people, wording: wording, source: source, now: now.Truncate(time.Microsecond)} // as the database keeps it
	err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := in.add(ctx, tx, progress); err != nil {
			return err
		}
		detail := fmt.Sprintf("added: %d; known: %d; suppressed: %d; erased: %d", in.result.Added, in.result.Known, in.result.Suppressed, in.result.Erased)
		if err := auditDeed(ctx, tx, mce.ImportedPeople, mce.OnImport, 0, detail); err != nil {
			return err
		}
		return in.seal(ctx, tx)
	})
	return in.result, err
}

// errLookOnly ends a transaction that must leave nothing behind.
var errLookOnly = errors.New("this was only a look")

// TryImport says what ImportSubscribers would do: it does all of that but the seals, and takes it back.
func (s *Store) TryImport(ctx context.Context, people []mce.Subscriber, now time.Time, progress func(done int)) (mce.ImportResult, error) {
	in := importing{store: s, people: people, now: now}
	err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := in.add(ctx, tx, progress); err != nil {
			return err
		}
		return errLookOnly
	})
	if errors.Is(err, errLookOnly) {
		err = nil
	}
	return in.result, err
}

// importing is an import on its way. It gives out all numbers and keys itself, so that nothing need be read back to be sealed.
type importing struct {
	store           *Store
	people          []mce.Subscriber
	wording, source string
	now             time.Time
	result          mce.ImportResult
	agreed          []agreement // in the order of their consents
}

// agreement is somebody who was added.
type agreement struct {
	person              int // index
	subscriber, consent int64
	key                 []byte
}

// add writes everything but the seals.
func (in *importing) add(ctx context.Context, tx *sqlx.Tx, progress func(done int)) error {
	const portion = 5000
	rest, keys := make([]int, len(in.people)), make([]string, len(in.people))
	for i, p := range in.people {
		rest[i], keys[i] = i, mce.AddressKey(p.Email)
	}
	// In the order of the index: neighbours share its pages, and two imports never wait for each other crosswise.
	slices.SortFunc(rest, func(a, b int) int { return strings.Compare(keys[a], keys[b]) })
	done := 0
	for part := range slices.Chunk(rest, portion) {
		for wanted := part; len(wanted) > 0; { // who comes in by another way at this moment is known at the second look
			fresh, err := in.sift(ctx, tx, wanted)
			if err != nil {
				return err
			}
			if wanted, err = in.insert(ctx, tx, fresh); err != nil {
				return err
			}
		}
		if done += len(part); progress != nil {
			progress(done)
		}
	}
	in.result.Added = len(in.agreed)
	slices.SortFunc(in.result.Left, func(a, b mce.LeftAlone) int { return a.Index - b.Index })
	return nil
}

// sift notes who is left alone, and gives the others.
func (in *importing) sift(ctx context.Context, tx *sqlx.Tx, wanted []int) (fresh []int, err error) {
	const left = `
		select t.n - 1 as n, x.mark is not null as erased, p.email is not null as suppressed, coalesce(s.id, 0) as id, coalesce(s.email, '') as email,
			coalesce(s.name, '') as name, coalesce(s.organisation, '') as organisation, coalesce(s.country, '') as country,
			coalesce(s.language, '') as language, s.topics, coalesce(s.pace, '') as pace, s.paused_until, coalesce(s.state, '') as state,
			coalesce(s.created_at, $3) as created_at, coalesce(s.changed_at, $3) as changed_at
		from unnest($1::text[], $2::bytea[]) with ordinality as t (email, mark, n)
		left join erasures x on x.mark = t.mark
		left join suppressions p on p.email = lower(t.email)
		left join lateral ( -- "offset 0": looked up one by one, rather than the whole table for a portion
			select id, email, name, organisation, country, language, topics, pace, paused_until, state, created_at, changed_at
			from subscribers where lower(email) = lower(t.email) offset 0) s on true
		where x.mark is not null or p.email is not null or s.id is not null
		order by t.n`
	emails, marks := make([]string, len(wanted)), make(pq.ByteaArray, len(wanted))
	for i, w := range wanted {
		emails[i] = in.people[w].Email
		if in.store.keys != nil { // without them nobody has been erased
			marks[i] = in.store.keys.Mark(emails[i])
		}
	}
	var rows []struct {
		N                  int
		Erased, Suppressed bool
		subscriberRow
	}
	if err := tx.SelectContext(ctx, &rows, left, pq.Array(emails), marks, in.now); err != nil {
		return nil, err
	}
	skip := make(map[int]bool, len(rows))
	for _, r := range rows {
		l := mce.LeftAlone{Index: wanted[r.N]}
		switch {
		case r.Erased:
			l.Why = mce.LeftErased
			in.result.Erased++
		case r.Suppressed:
			l.Why = mce.LeftSuppressed
			in.result.Suppressed++
		default:
			l.Why, l.Theirs = mce.LeftKnown, r.subscriber()
			in.result.Known++
		}
		in.result.Left = append(in.result.Left, l)
		skip[l.Index] = true
	}
	return slices.DeleteFunc(slices.Clone(wanted), func(i int) bool { return skip[i] }), nil
}

// insert adds people with their consents, and gives those whom somebody else has added meanwhile.
func (in *importing) insert(ctx context.Context, tx *sqlx.Tx, fresh []int) (taken []int, err error) {
	const insert = `
		with added as (
			insert into subscribers (id, email, name, organisation, country, language, topics, pace, state, created_at, changed_at) overriding system value
			select id, email, name, organisation, country, language, string_to_array(topics, ','), pace, 'active', $9, $9
			from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
				as t (id, email, name, organisation, country, language, topics, pace)
			on conflict (lower(email)) do nothing
			returning id
		)
		select array(select id from added)`
	n := len(fresh)
	if n == 0 {
		return nil, nil
	}
	ids, err := numbers(ctx, tx, "subscribers", n)
	if err != nil {
		return nil, err
	}
	var columns [7][]string
	for _, i := range fresh {
		p := in.people[i]
		for c, v := range []string{p.Email, p.Name, p.Organisation, p.Country, string(p.Language), strings.Join(sorted(p.Topics), ","), string(paceOf(p.Pace))} {
			columns[c] = append(columns[c], v)
		}
	}
	args := []any{pq.Array(ids)}
	for _, c := range columns {
		args = append(args, pq.Array(c))
	}
	var kept pq.Int64Array
	if err := tx.GetContext(ctx, &kept, insert, append(args, in.now)...); err != nil {
		return nil, err
	}
	if len(kept) < n {
		there := map[int64]bool{}
		for _, id := range kept {
			there[id] = true
		}
		var stay []int
		for i, id := range ids {
			if there[id] {
				stay = append(stay, fresh[i])
			} else {
				taken = append(taken, fresh[i])
			}
		}
		ids, fresh = slices.DeleteFunc(ids, func(id int64) bool { return !there[id] }), stay
	}
	return taken, in.record(ctx, tx, ids, fresh)
}

// record writes the consents of people who were added, and keys for their commitments.
func (in *importing) record(ctx context.Context, tx *sqlx.Tx, subscribers []int64, people []int) error {
	const record = `
		with said as (
			select consent_id, subscriber_id, email, substring($4::bytea from 32 * n::integer - 31 for 32) as key
			from unnest($1::bigint[], $2::bigint[], $3::text[]) with ordinality as t (consent_id, subscriber_id, email, n)
		), consent as (
			insert into consents (id, subscriber_id, action, wording, source, at) overriding system value
			select consent_id, subscriber_id, 'imported', $5, $6, $7 from said
		), details as (
			insert into consent_details (consent_id, email) select consent_id, email from said
		)
		insert into consent_people (subscriber_id, key) select subscriber_id, key from said where $8`
	consents, err := numbers(ctx, tx, "consents", len(subscribers))
	if err != nil {
		return err
	}
	emails, keys := make([]string, len(people)), make([]byte, 32*len(people)) // end to end
	rand.Read(keys)
	for i, p := range people {
		emails[i] = in.people[p].Email
		in.agreed = append(in.agreed, agreement{p, subscribers[i], consents[i], keys[32*i : 32*i+32]})
	}
	_, err = tx.ExecContext(ctx, record, pq.Array(consents), pq.Array(subscribers), pq.Array(emails), keys, in.wording, in.source, in.now,
		in.store.keys != nil)
	return err
}

// seal continues the chain with all consents of the import.
func (in *importing) seal(ctx context.Context, tx *sqlx.Tx) error {
	if in.store.keys == nil || len(in.agreed) == 0 {
		return nil // SealConsents makes up for it
	}
	if err := holdChain(ctx, tx); err != nil {
		return err
	}
	return in.store.continueChain(ctx, tx, len(in.agreed), func(i int) mce.Evidence {
		a := in.agreed[i]
		return mce.Evidence{
			Consent:      mce.Consent{ID: a.consent, Action: "imported", Wording: in.wording, Source: in.source, At: in.now},
			SubscriberID: a.subscriber, Email: in.people[a.person].Email, PersonKey: a.key,
		}
	})
}

// numbers takes the next n ids of a table.
func numbers(ctx context.Context, tx *sqlx.Tx, table string, n int) ([]int64, error) {
	var ids pq.Int64Array
	err := tx.GetContext(ctx, &ids, `select array(select nextval(pg_get_serial_sequence($1, 'id')) from generate_series(1, $2::integer))`, table, n)
	return ids, err
}

// sorted gives topics the one order in which equal sets are equal columns.
func sorted(topics []string) []string {
	out := slices.Sorted(slices.Values(topics))
	return slices.Compact(out)
}
