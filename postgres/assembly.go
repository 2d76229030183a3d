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

// WatchedSince is the time after which slots of the series are still to come: that of its last issue, or when it was made,
// resumed or given other times, whichever is later.
func (s *Store) WatchedSince(ctx context.Context, seriesID int64) (time.Time, error) {
	const query = `
		select greatest(s.watched_from, (select max(i.due) from issues i where i.series_id = s.id)) from series s where s.id = $1`
	var t time.Time
	err := s.db.GetContext(ctx, &t, query, seriesID)
	return t.UTC(), err
}

// Assemble makes the issue of a series for a slot; made is false when the slot has its issue already, from another daemon or an
// earlier start. Issue, items and ledger are one transaction; with submit the issue is put before the editors in it too.
func (s *Store) Assemble(ctx context.Context, series mce.Series, slot mce.Slot, submit bool, now time.Time) (issue mce.Issue, made bool, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		issue, made, err = assemble(ctx, tx, series, slot, submit, now)
		return err
	})
	return issue, made, err
}

// Begin makes an issue of a series now, whatever its slots are, for who wants one. The error is of code Conflict when there is too little for one, of
// which then nothing is kept, and when the series has one of this very minute.
func (s *Store) Begin(ctx context.Context, series mce.Series, now time.Time) (issue mce.Issue, err error) {
	slot := mce.Slot{Wall: mce.InZone(now, series.TimeZone).Format("2006-01-02 15:04"), Due: now}
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		var made bool
		issue, made, err = assemble(ctx, tx, series, slot, false, now)
		switch {
		case err != nil:
			return err
		case !made:
			return mce.Conflictf("there is an issue of this very minute already")
		case issue.State == mce.Skipped:
			return mce.Conflictf("%s; publish something first, and it can be begun", issue.Reason)
		}
		return auditDeed(ctx, tx, mce.BeganIssue, mce.OnIssue, issue.ID, "")
	})
	return issue, err
}

func assemble(ctx context.Context, tx *sqlx.Tx, series mce.Series, slot mce.Slot, submit bool, now time.Time) (issue mce.Issue, made bool, err error) {
	// One assembly of a series at a time: the next must see this one's ledger.
	if _, err := tx.ExecContext(ctx, `select from series where id = $1 for update`, series.ID); err != nil {
		return issue, false, err
	}
	var known bool
	if err := tx.GetContext(ctx, &known, `select exists (select from issues where series_id = $1 and slot = $2)`, series.ID, slot.Wall); err != nil || known {
		return issue, false, err
	}
	stock, err := stock(ctx, tx, series, 0, now)
	if err != nil {
		return issue, false, err
	}
	assembly := mce.Assemble(series, now, stock)
	state := mce.Assembled
	switch {
	case assembly.Skip != "":
		state = mce.Skipped
	case submit:
		state = mce.InReview
	}
	id, err := insertIssue(ctx, tx, series, slot, assembly, state, now)
	if err != nil {
		return issue, false, err
	}
	if err := insertItems(ctx, tx, series, id, assembly); err != nil {
		return issue, false, err
	}
	issue, err = issueByID(ctx, tx, id, "")
	return issue, err == nil, err
}

// stock loads what the assembly has to decide about: all that is or soon will be open, and what closed or ran lately, so that
// "issue explain" can say so. What runs in the issue of the id is taken for free; 0: in none.
func stock(ctx context.Context, tx *sqlx.Tx, series mce.Series, issueID int64, now time.Time) ([]mce.Candidate, error) {
	const within = `
		where i.publish_at < $3::timestamptz + interval '30 days'
			and greatest(i.publish_at, n.due, i.expire_at, i.starts) > $3::timestamptz - interval '60 days'
			or l.item_id is null and i.publish_at <= $3 and (i.expire_at is null or i.expire_at > $3) and i.publish_at >= $4`
	out, err := candidates(ctx, tx, within, series.ID, issueID, now, series.From)
	if err != nil {
		return nil, fmt.Errorf("load what could be in the issue: %w", err)
	}
	return out, nil
}

// selectCandidates reads the pieces of all kinds (i) with what became of them in the series $1: the issue n that ran them by the ledger l, other than
// the issue $2.
const selectCandidates = `
	with items as (
		select 'article' as kind, id, slug, title, topics, priority, publish_at, expire_at, null::timestamptz as starts, false as cancelled
		from articles
		union all
		select 'event', id, slug, title, topics, 0, publish_at, expire_at, starts, state = 'cancelled' from events
		union all
		select 'resource', id, slug, title, topics, 0, publish_at, expire_at, null, false from resources
	)
	select i.kind, i.id, i.slug, i.title, i.topics, i.priority, i.publish_at, i.expire_at, i.starts, i.cancelled, coalesce(n.number, 0) as ran_in,
		coalesce((
			select max(o.number) from issue_items x join issues o on o.id = x.issue_id
			where x.by_hand and x.verdict = 'dropped' and x.kind = i.kind and x.item_id = i.id and o.series_id = $1 and o.state <> 'cancelled' and o.id <> $2
		), 0) as left_out
	from items i
	left join item_ledger l on l.series_id = $1 and l.kind = i.kind and l.item_id = i.id and l.issue_id <> $2
	left join issues n on n.id = l.issue_id`

type candidateRow struct {
	Kind      mce.ItemKind
	ID        int64
	Slug      string
	Title     jsonb[mce.Text]
	Topics    pq.StringArray
	Priority  int
	PublishAt time.Time  `db:"publish_at"`
	ExpireAt  *time.Time `db:"expire_at"`
	Starts    *time.Time
	Cancelled bool
	RanIn     int `db:"ran_in"`
	LeftOut   int `db:"left_out"`
}

// candidates reads those of selectCandidates that where wants.
func candidates(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) ([]mce.Candidate, error) {
	var rows []candidateRow
	if err := sqlx.SelectContext(ctx, q, &rows, selectCandidates+where, args...); err != nil {
		return nil, err
	}
	out := make([]mce.Candidate, len(rows))
	for i, r := range rows {
		out[i] = mce.Candidate{
			ItemRef: mce.ItemRef{Kind: r.Kind, ID: r.ID}, Slug: r.Slug, Title: r.Title.V, Topics: r.Topics, Priority: r.Priority,
			Window: mce.Window{From: r.PublishAt.UTC(), Until: orZero(r.ExpireAt)}, Starts: orZero(r.Starts), Cancelled: r.Cancelled, RanIn: r.RanIn,
			LeftOut: r.LeftOut,
		}
	}
	return out, nil
}

func insertIssue(ctx context.Context, tx *sqlx.Tx, series mce.Series, slot mce.Slot, a mce.Assembly, state mce.IssueState, now time.Time) (id int64, err error) {
	const insert = `
		insert into issues (series_id, number, slot, due, state, subject, reason, assembled_at, finished_at)
		values ($1, case when $4 = 'skipped' then null else (select coalesce(max(number), 0) + 1 from issues where series_id = $1) end,
			$2, $3, $4, $5, $6, $7, case when $4 = 'skipped' then $7::timestamptz end)
		returning id`
	err = tx.GetContext(ctx, &id, insert, series.ID, slot.Wall, slot.Due, string(state), jsonb[mce.Text]{a.Subject()}, a.Skip, now)
	return id, err
}

func insertItems(ctx context.Context, tx *sqlx.Tx, series mce.Series, issueID int64, a mce.Assembly) error {
	const insert = `
		insert into issue_items (issue_id, kind, item_id, slug, title, section, position, verdict, reason, why, line, by_hand)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	for i, d := range a.Decisions {
		if _, err := tx.ExecContext(ctx, insert, issueID, d.Kind, d.ID, d.Slug, d.Title[mce.English], d.Section, d.Position,
			d.Verdict, d.Reason.String(), jsonb[mce.Reason]{d.Reason}, i, d.ByHand); err != nil {
			return fmt.Errorf("record item %s: %w", d.Slug, err)
		}
	}
	// What ran before and runs again because editors want it stays where it ran first.
	const ledger = `
		insert into item_ledger (series_id, kind, item_id, issue_id)
		select $1, kind, item_id, issue_id from issue_items where issue_id = $2 and verdict = 'in' on conflict do nothing`
	_, err := tx.ExecContext(ctx, ledger, series.ID, issueID)
	return err
}

// Explain lists what the assembly of an issue decided about each item, and why.
func (s *Store) Explain(ctx context.Context, issueID int64) ([]mce.Explanation, error) {
	if _, err := s.Issue(ctx, issueID); err != nil {
		return nil, err
	}
	var out []mce.Explanation
	err := s.db.SelectContext(ctx, &out, `
		select kind, slug, title, section, verdict, reason, by_hand from issue_items where issue_id = $1 order by line`, issueID)
	return out, err
}
