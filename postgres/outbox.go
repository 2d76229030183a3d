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

// leaseTime is mce.LeaseTime in PostgreSQL's words.
const leaseTime = "20 seconds"

// LeaseRun leases the next run of an issue that is being sent, for mce.LeaseTime by the database's clock. ok is false when there is none.
//
// A run whose lease ran out belonged to a session that died. Of its letters that have no outcome, the first ones, at most window of
// them, may have been delivered: those become uncertain and are parked. The others were never tried.
func (s *Store) LeaseRun(ctx context.Context, window int) (run mce.Run, ok bool, err error) {
	const claim = `
		with picked as (
			select r.id, r.lease is not null as abandoned
			from runs r join issues i on i.id = r.issue_id
			where i.state = 'sending' and (r.leased_until is null or r.leased_until < now())
			order by r.id limit 1 for update of r skip locked
		)
		update runs r set lease = gen_random_uuid(), leased_until = now() + interval '` + leaseTime + `'
		from picked where r.id = picked.id
		returning r.id, r.issue_id, r.born, r.first_id, r.last_id, r.lease, picked.abandoned`
	var row struct {
		ID        int64
		IssueID   int64 `db:"issue_id"`
		Born      time.Time
		FirstID   int64 `db:"first_id"`
		LastID    int64 `db:"last_id"`
		Lease     string
		Abandoned bool
	}
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &row, claim)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		ok = true
		run = mce.Run{ID: row.ID, IssueID: row.IssueID, Born: row.Born, FirstID: row.FirstID, LastID: row.LastID, Lease: row.Lease}
		if !row.Abandoned {
			return nil
		}
		return doubt(ctx, tx, run, window)
	})
	return run, ok, err
}

// doubt parks the letters of an abandoned run whose fate is unknown.
func doubt(ctx context.Context, tx *sqlx.Tx, run mce.Run, window int) error {
	const park = `
		with doubtful as (
			update letters set outcome = 'uncertain', detail = 'the program ended before the answer to this letter was kept'
			where born = $1 and id = any(array(
				select id from letters
				where born = $1 and id between $2 and $3 and issue_id + 0 = $4 and outcome = 'waiting' order by id limit $5))
				and outcome = 'waiting' -- again: its outcome may have been committed while this waited
			returning id, born, issue_id, kind, created_at
		)
		insert into express (letter_id, born, issue_id, kind, due, parked)
		select id, born, issue_id, kind, created_at, true from doubtful
		on conflict (letter_id) do update set parked = true`
	_, err := tx.ExecContext(ctx, park, run.Born, run.FirstID, run.LastID, run.IssueID, window)
	return err
}

// "issue_id + 0" keeps PostgreSQL from the index by issue: where a run is read, that one would go through all letters of the issue.

// RunLetters gives the next letters of a run after the one with id after (0: from its beginning), at most n, in order. Who must not
// be written to any more is marked in LeftOut: this is the last look before a letter leaves.
func (s *Store) RunLetters(ctx context.Context, run mce.Run, after int64, n int) ([]mce.Letter, error) {
	var rows []letterRow
	err := s.selectPrepared(ctx, &rows, lettersQuery+`
		where l.born = $1 and l.id between $2 and $3 and l.issue_id + 0 = $4 and l.outcome = 'waiting'
			and exists (select from issues i where i.id = $4 and i.state = 'sending')
			and exists (select from runs where id = $6 and lease = $7)
		order by l.id limit $5`, run.Born, max(run.FirstID, after+1), run.LastID, run.IssueID, n, run.ID, run.Lease)
	return lettersOf(rows, false), err
}

// ReturnRun gives a run back in good order: every letter that was tried has its outcome. A run without any waiting letter is done and
// goes; another one is free to be leased, and nothing in it is in doubt. It does nothing when the lease was lost.
func (s *Store) ReturnRun(ctx context.Context, run mce.Run) error {
	const end = `
		delete from runs r where r.id = $1 and r.lease = $2 and not exists (
			select from letters l where l.born = r.born and l.id between r.first_id and r.last_id and l.issue_id + 0 = r.issue_id and l.outcome = 'waiting')`
	res, err := s.db.ExecContext(ctx, end, run.ID, run.Lease)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	_, err = s.db.ExecContext(ctx, `update runs set lease = null, leased_until = null where id = $1 and lease = $2`, run.ID, run.Lease)
	return err
}

// bulk is mce.LetterKind.Bulk of a letter x on the express lane; the lane's index has this very expression.
const bulk = `(x.kind in ('newsletter', 'invitation'))`

const claimExpress = `
	with picked as (
		select x.letter_id from express x
		where not x.parked and x.due <= $1 and x.domain <> all($3) and not (` + bulk + ` and $4)
			and (x.leased_until is null or x.leased_until < now())
			and (x.issue_id is null or exists (select from issues i where i.id = x.issue_id and i.state = 'sending'))
			and (x.registration_id is null or not exists (
				select from express o where o.registration_id = x.registration_id and o.letter_id < x.letter_id))
		order by ` + bulk + `, x.due limit $2 for update of x skip locked
	), new as (select gen_random_uuid() as lease)
	update express x
	set lease = case when x.lease is not null and ` + bulk + ` then x.lease else new.lease end,
		parked = x.lease is not null and ` + bulk + `,
		leased_until = now() + interval '` + leaseTime + `'
	from picked, new where x.letter_id = picked.letter_id
	returning x.letter_id, x.born, x.lease, x.parked`

// ClaimExpress leases single letters and retries that are due, the longest due first, newsletters and invitations after all others.
// One of these whose lease ran out is in doubt and is parked; any other is sent again, with its Message-ID. Of the letters of a
// registration only the first that has no end yet is given: a calendar never gets a cancellation before its invitation.
func (s *Store) ClaimExpress(ctx context.Context, c mce.Claim) (lease string, letters []mce.Letter, err error) {
	claiming, err := s.stmt(ctx, claimExpress) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return "", nil, err
	}
	reading, err := s.stmt(ctx, singleQuery) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return "", nil, err
	}
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		var rows []struct {
			LetterID int64 `db:"letter_id"`
			Born     time.Time
			Lease    string
			Parked   bool
		}
		if err := tx.StmtxContext(ctx, claiming).SelectContext(ctx, &rows, c.Now, c.Letters, pq.Array(strs(c.Avoid)), c.Single); err != nil { //nolint:sqlclosecheck // the transaction does
			return err
		}
		var doubtful, ids []int64
		var born []time.Time
		for _, r := range rows {
			if r.Parked {
				doubtful = append(doubtful, r.LetterID)
			} else {
				ids, born, lease = append(ids, r.LetterID), append(born, r.Born), r.Lease
			}
		}
		if err := markUncertain(ctx, tx, doubtful); err != nil || len(ids) == 0 {
			return err
		}
		var found []letterRow
		err = tx.StmtxContext(ctx, reading).SelectContext(ctx, &found, pq.Array(ids), pq.Array(born)) //nolint:sqlclosecheck // the transaction does
		letters = lettersOf(found, true)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	return lease, letters, nil
}

func markUncertain(ctx context.Context, tx *sqlx.Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		update letters set outcome = 'uncertain', detail = 'the program ended before the answer to this letter was kept'
		where id = any($1) and outcome in ('waiting', 'deferred')`, pq.Array(ids))
	return err
}

// ReleaseExpress gives back claimed letters that were not tried.
func (s *Store) ReleaseExpress(ctx context.Context, lease string) error {
	_, err := s.db.ExecContext(ctx, `update express set lease = null, leased_until = null where lease = $1`, lease)
	return err
}

// Renew lengthens leases, of runs, single letters and seats, and reports which of them still hold.
func (s *Store) Renew(ctx context.Context, leases []string) (held []string, err error) {
	const renew = `
		with run as (
			update runs set leased_until = now() + interval '` + leaseTime + `' where lease = any($1::uuid[]) returning lease
		), single as (
			update express set leased_until = now() + interval '` + leaseTime + `' where lease = any($1::uuid[]) and not parked returning lease
		), seat as (
			update seats set leased_until = now() + interval '` + leaseTime + `' where lease = any($1::uuid[]) returning lease
		)
		select lease from run union select lease from single union select lease from seat`
	err = s.db.SelectContext(ctx, &held, renew, pq.Array(leases))
	return held, err
}

// "offset 0" keeps PostgreSQL to one look-up a letter: without statistics of a fresh fan-out it would read all subscribers for each page.
//
// A letter to a new address goes there, and not to where its person is known.
const lettersQuery = `
	select l.id, l.born, l.edition_id, l.kind, l.created_at, l.attempts, l.cause_id,
		coalesce(l.subscriber_id, l.registration_id, l.booking_id) as person_id,
		coalesce(` + recipient + `, '') as email, coalesce(s.name, r.name, b.name, '') as name, coalesce(r.code, '') as code,
		case
			when coalesce(s.email, r.email, b.email) is null then 'the person was erased'
			when b.some_erased then 'somebody of the booking was erased'
			when ` + recipient + ` is null then 'the new address is not asked for any more'
			when x.email is not null then 'the address is suppressed'
			when l.kind in ('newsletter', 'welcome') and s.state <> 'active' then 'unsubscribed'
			when l.kind in ('newsletter', 'invitation') and s.paused_until > l.created_at then 'paused by the reader'
			when l.kind = 'invitation' then coalesce((select ` + uninvited + ` from events e where e.id = l.cause_id), '')
			when l.kind = 'opt_in' and s.state <> 'pending' then 'no longer waiting for a confirmation'
			when l.kind in ('reminder', 'certificate') and r.state = 'cancelled' then 'the registration was cancelled'
			when l.kind = 'reminder' and r.created_at > l.created_at then 'the registration was made anew since'
			when l.kind in ('waiting', 'change') and r.state = 'cancelled' then 'the registration was cancelled'
			when l.kind = 'waiting' and r.state = 'registered' then 'a place was found meanwhile'
			when l.kind = 'reminder' and r.event_state = 'cancelled' then 'the event was cancelled'
			when l.kind = 'reminder' and r.event_state = 'moved' then 'the event was put off'
			else ''
		end as left_out
	from letters l
	left join lateral (
		select email, name, state, paused_until, topics, pace from subscribers where id = l.subscriber_id offset 0) s on true
	left join lateral (
		select p.email, p.name, p.state, p.code, p.created_at, e.state as event_state
		from registrations p join events e on e.id = p.event_id where p.id = l.registration_id offset 0) r on true
	left join lateral (
		select p.email, p.name, exists (select from registrations o where o.booking_id = p.id and o.email is null) as some_erased
		from bookings p where p.id = l.booking_id offset 0) b on true
	left join lateral (select email from suppressions where email = lower(` + recipient + `) offset 0) x on true`

const recipient = `case when l.kind = 'move' then (select email from moves where id = l.cause_id) else coalesce(s.email, r.email, b.email) end`

const singleQuery = lettersQuery + ` where l.id = any($1) and l.born = any($2) order by l.kind in ('newsletter', 'invitation'), l.id`

type letterRow struct {
	ID        int64
	Born      time.Time
	EditionID int64 `db:"edition_id"`
	Kind      mce.LetterKind
	CreatedAt time.Time `db:"created_at"`
	Attempts  int
	CauseID   int64 `db:"cause_id"`
	PersonID  int64 `db:"person_id"`
	Email     string
	Name      string
	Code      string
	LeftOut   string `db:"left_out"`
}

func lettersOf(rows []letterRow, single bool) []mce.Letter {
	out := make([]mce.Letter, len(rows))
	for i, r := range rows {
		out[i] = mce.Letter{
			ID: r.ID, Born: r.Born, EditionID: r.EditionID, Kind: r.Kind, CreatedAt: r.CreatedAt.UTC(), To: r.Email, Name: r.Name,
			PersonID: r.PersonID, CauseID: r.CauseID, Code: r.Code, Attempts: r.Attempts, Single: single, LeftOut: r.LeftOut,
		}
	}
	return out
}
