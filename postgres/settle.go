package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// Settle writes the outcomes of tries. Outcomes are facts: they are kept even when the lease was lost meanwhile, and they overrule
// "uncertain". Only a letter that has reached its end already stays as it is. Letters of runs that were delivered, nearly all there are,
// are settled together by one statement; the others in one transaction. After an error all may be settled again.
func (s *Store) Settle(ctx context.Context, tries []mce.Try, now time.Time) error {
	plain := map[time.Time][]int64{}     // of runs and delivered, by the day that places them
	delivered := map[time.Time][]int64{} // otherwise
	aside := map[time.Time][]mce.Try{}   // untried
	var others []mce.Try
	for _, t := range tries {
		switch {
		case t.Untried:
			aside[t.Letter.Born] = append(aside[t.Letter.Born], t)
		case t.Outcome != mce.Delivered:
			others = append(others, t)
		case t.Letter.Single:
			delivered[t.Letter.Born] = append(delivered[t.Letter.Born], t.Letter.ID)
		default:
			plain[t.Letter.Born] = append(plain[t.Letter.Born], t.Letter.ID)
		}
	}
	for born, ids := range plain {
		done, err := s.settlePlain(ctx, born, ids, now)
		if err != nil {
			return err
		}
		if !done {
			delivered[born] = append(delivered[born], ids...)
		}
	}
	if len(delivered)+len(aside)+len(others) == 0 {
		return nil
	}
	putting, err := s.stmt(ctx, putAside) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return err
	}
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := holdIssues(ctx, tx, tries); err != nil {
			return err
		}
		if err := settleDelivered(ctx, tx, delivered, now); err != nil {
			return err
		}
		if err := setAside(ctx, tx.StmtxContext(ctx, putting), aside); err != nil {
			return err
		}
		return settleOthers(ctx, tx, others, now)
	})
}

// An array, not a join with unnest: that was planned as a nested loop and cost fifty times as much.
const settleWaiting = `
	update letters set outcome = 'delivered', attempts = attempts + 1, code = 250, status = '', detail = '', settled_at = $3
	where born = $1 and id = any($2::bigint[]) and outcome `

// settlePlain settles delivered letters of runs. done is false when somebody has doubted or dropped one meanwhile: then there may be
// more to clear away. A letter that still waited cannot be on the express lane, and one that is settled here cannot come there any more.
func (s *Store) settlePlain(ctx context.Context, born time.Time, ids []int64, now time.Time) (done bool, err error) {
	n, err := s.execPrepared(ctx, settleWaiting+`= 'waiting'`, born, pq.Array(ids), now)
	if err != nil {
		return false, fmt.Errorf("settle: %w", err)
	}
	return n == int64(len(ids)), nil
}

// holdIssues keeps the issues of letters that go back to the express lane from being cancelled meanwhile: whoever cancels locks the issue
// first too, so the two cannot wait for each other, and what comes back is seen by one of them.
func holdIssues(ctx context.Context, tx *sqlx.Tx, tries []mce.Try) error {
	var issues []int64
	for _, t := range tries {
		if t.Letter.Kind == mce.Newsletter && t.Outcome != mce.Delivered {
			issues = append(issues, t.Letter.CauseID)
		}
	}
	if len(issues) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `select from issues where id = any($1) order by id for key share`, pq.Array(issues))
	return err
}

func settleDelivered(ctx context.Context, tx *sqlx.Tx, days map[time.Time][]int64, now time.Time) error {
	for born, ids := range days {
		if _, err := tx.ExecContext(ctx, settleWaiting+`<> 'delivered'`, born, pq.Array(ids), now); err != nil {
			return fmt.Errorf("settle: %w", err)
		}
		// A statement of its own: it must see a row that somebody who doubted the letter has parked while the update waited.
		if _, err := tx.ExecContext(ctx, `delete from express where letter_id = any($1::bigint[])`, pq.Array(ids)); err != nil {
			return fmt.Errorf("settle: %w", err)
		}
	}
	return nil
}

const putAside = `
	with open as (
		select distinct on (l.id) l.id, l.born, l.issue_id, l.kind, a.due, a.domain, l.registration_id
		from unnest($2::bigint[], $3::timestamptz[], $4::text[]) as a (id, due, domain)
		join (
			select * from letters where born = $1 and id = any($2::bigint[]) and outcome in ('waiting', 'deferred')
			for update -- whoever doubts one of them meanwhile comes before or after, not between
		) l on l.id = a.id
		where l.issue_id is null or exists (select from issues i where i.id = l.issue_id and i.state in ('sending', 'paused'))
		order by l.id, a.due
	), queued as (
		insert into express (letter_id, born, issue_id, kind, due, domain, registration_id) select * from open
		on conflict (letter_id) do update set due = excluded.due, domain = excluded.domain, lease = null, leased_until = null
		returning letter_id
	)
	update letters l set outcome = 'deferred', detail = a.detail
	from queued q join unnest($2::bigint[], $5::text[]) as a (id, detail) on a.id = q.letter_id
	where l.born = $1 and l.id = q.letter_id`

// setAside puts letters that were not tried onto the express lane, all with one statement: a throttled domain may have thousands.
func setAside(ctx context.Context, putting *sqlx.Stmt, days map[time.Time][]mce.Try) error {
	for born, tries := range days {
		var ids []int64
		var due []time.Time
		var domains, details []string
		for _, t := range tries {
			ids, due = append(ids, t.Letter.ID), append(due, t.Due)
			domains, details = append(domains, t.Letter.Domain()), append(details, t.Detail)
		}
		if _, err := putting.ExecContext(ctx, born, pq.Array(ids), pq.Array(due), pq.Array(domains), pq.Array(details)); err != nil {
			return fmt.Errorf("set aside: %w", err)
		}
	}
	return nil
}

func settleOthers(ctx context.Context, tx *sqlx.Tx, tries []mce.Try, now time.Time) error {
	var final []int64
	for _, t := range tries {
		if t.Outcome == mce.Deferred || t.Outcome == mce.Uncertain {
			if queued, err := again(ctx, tx, t, now); err != nil {
				return err
			} else if !queued {
				continue // it has reached its end otherwise
			}
		} else {
			final = append(final, t.Letter.ID)
		}
		if err := settleOne(ctx, tx, t, now); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `delete from express where letter_id = any($1)`, pq.Array(final))
	return err
}

func settleOne(ctx context.Context, tx *sqlx.Tx, t mce.Try, now time.Time) error {
	const update = `
		update letters set outcome = $3, attempts = attempts + $4, code = $5, status = $6, detail = $7, settled_at = $8
		where born = $1 and id = $2 and outcome in ('waiting', 'deferred', 'uncertain')`
	spent := 1
	if t.Outcome == mce.LeftOut {
		spent = 0
	}
	if _, err := tx.ExecContext(ctx, update, t.Letter.Born, t.Letter.ID, string(t.Outcome), spent, t.Code, t.Status, t.Detail, now); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	if !t.Suppress {
		return nil
	}
	const suppress = `insert into suppressions (email, reason, source, at) values ($1, $2, 'refused at delivery', $3) on conflict do nothing`
	_, err := tx.ExecContext(ctx, suppress, mce.AddressKey(t.Letter.To), t.Detail, now)
	return err
}

// again puts a letter onto the express lane: due later, or parked while it is in doubt; not if it has reached its end, or its issue has.
func again(ctx context.Context, tx *sqlx.Tx, t mce.Try, now time.Time) (queued bool, err error) {
	const queue = `
		insert into express (letter_id, born, issue_id, kind, due, parked, domain, registration_id)
		select id, born, issue_id, kind, $3, $4, $5, registration_id from letters where born = $1 and id = $2 and outcome in ('waiting', 'deferred', 'uncertain')
			and (issue_id is null or exists (select from issues i where i.id = letters.issue_id and i.state in ('sending', 'paused')))
		on conflict (letter_id) do update set due = excluded.due, parked = excluded.parked, domain = excluded.domain, lease = null, leased_until = null`
	due := t.Due
	if due.IsZero() {
		due = now
	}
	res, err := tx.ExecContext(ctx, queue, t.Letter.Born, t.Letter.ID, due, t.Outcome == mce.Uncertain, t.Letter.Domain())
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// OutboxStatus is what "outbox status" tells.
type OutboxStatus struct {
	Runs      int        `json:"runs"`      // portions of newsletters still to go
	Due       int        `json:"due"`       // single letters and retries that are due
	Later     int        `json:"later"`     // due later
	Uncertain int        `json:"uncertain"` // parked, waiting for somebody's decision
	NextDue   *time.Time `json:"next_due,omitempty"`
	// Limits are the relays and domains that have some and got letters within a week.
	Limits []PaceStatus `json:"limits"`
}

// OutboxStatus counts what is on its way.
func (s *Store) OutboxStatus(ctx context.Context, now time.Time) (OutboxStatus, error) {
	var st OutboxStatus
	err := s.db.QueryRowxContext(ctx, `
		select (select count(*) from runs), count(*) filter (where not parked and due <= $1), count(*) filter (where not parked and due > $1),
			count(*) filter (where parked), min(due) filter (where not parked)
		from express`, now).Scan(&st.Runs, &st.Due, &st.Later, &st.Uncertain, &st.NextDue)
	if err != nil {
		return st, err
	}
	st.Limits, err = s.paceStatuses(ctx, now)
	return st, err
}

// IssueProgress counts an issue's letters by outcome, those included that have been removed since.
func (s *Store) IssueProgress(ctx context.Context, issueID int64) (map[mce.Outcome]int, error) {
	var rows []struct {
		Outcome mce.Outcome
		Count   int
	}
	err := s.db.SelectContext(ctx, &rows, countOutcomes, issueID)
	out := map[mce.Outcome]int{}
	for _, r := range rows {
		out[r.Outcome] = r.Count
	}
	return out, err
}
