package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// Readerships are the ways in which an issue would be read if it left now, with how many people read so.
func (s *Store) Readerships(ctx context.Context, d mce.Draft, now time.Time) ([]mce.Readership, error) {
	return readerships(ctx, s.db, d.Series, now)
}

func readerships(ctx context.Context, q sqlx.QueryerContext, series mce.Series, now time.Time) ([]mce.Readership, error) {
	var rows []struct {
		Language, Topics string
		Readers          int
	}
	err := sqlx.SelectContext(ctx, q, &rows, `
		select s.language, array_to_string(s.topics, ',') as topics, count(*) as readers from subscribers s
		where `+isReader()+` and not exists (select from suppressions x where x.email = lower(s.email))
		group by s.language, s.topics order by s.language, s.topics`,
		append([]any{now, paceOf(series.Pace)}, segmentArgs(series.Segment)...)...)
	out := make([]mce.Readership, len(rows))
	for i, r := range rows {
		out[i] = mce.Readership{Lang: mce.Lang(r.Language), Topics: strings.Split(r.Topics, ","), Readers: r.Readers}
	}
	return out, err
}

// refArrays are the kinds and the ids of items, for unnest.
func refArrays(items []mce.ItemRef) (kinds pq.StringArray, ids pq.Int64Array) {
	for _, it := range items {
		kinds, ids = append(kinds, string(it.Kind)), append(ids, it.ID)
	}
	return kinds, ids
}

// StaleTexts are the translations of items whose English has changed since, by the entries of the items, as mce.TextField names them.
func (s *Store) StaleTexts(ctx context.Context, items []mce.ItemRef) (map[mce.ItemRef][]string, error) {
	kinds, ids := refArrays(items)
	var rows []struct {
		Kind    mce.ItemKind
		PieceID int64
		Field   string
	}
	err := s.db.SelectContext(ctx, &rows, `
		select kind, piece_id as pieceid, field from stale_translations
		where (kind, piece_id) in (select * from unnest($1::text[], $2::bigint[])) order by kind, piece_id, field`, kinds, ids)
	out := map[mce.ItemRef][]string{}
	for _, r := range rows {
		ref := mce.ItemRef{Kind: r.Kind, ID: r.PieceID}
		out[ref] = append(out[ref], r.Field)
	}
	return out, err
}

// ApproveExamined approves what a pre-flight examined. Findings that block it must be covered by overrides: by these, which are kept, or by
// those kept before for the same content. Otherwise, and where the issue does not say any more what was examined, nothing is done and the
// error is of code Conflict.
func (s *Store) ApproveExamined(ctx context.Context, id int64, by, look string, r mce.Report, more []mce.Override) (mce.Issue, error) {
	return s.act(ctx, id, mce.Approve, func(tx *sqlx.Tx, i *mce.Issue) error {
		if err := approve(ctx, tx, i, by, look, r.At); err != nil {
			return err
		}
		if !r.Examined(i.Seal) {
			return mce.Conflictf("issue %d has changed since it was checked; check it again", id)
		}
		if err := insertOverrides(ctx, tx, id, i.Seal, more); err != nil {
			return err
		}
		kept, err := overrides(ctx, tx, id, i.Seal)
		if err != nil {
			return err
		}
		return r.Clear(kept)
	})
}

// Overrides are those that hold for the content that a report is about, the earliest first.
func (s *Store) Overrides(ctx context.Context, id int64, r mce.Report) ([]mce.Override, error) {
	return overrides(ctx, s.db, id, r.Fingerprint)
}

func overrides(ctx context.Context, q sqlx.QueryerContext, id int64, fingerprint []byte) ([]mce.Override, error) {
	var rows []struct {
		Rule, Place, Reason string
		SaidBy              string    `db:"said_by"`
		SaidAt              time.Time `db:"said_at"`
	}
	err := sqlx.SelectContext(ctx, q, &rows, `
		select rule, place, said_by, reason, said_at from preflight_overrides where issue_id = $1 and fingerprint = $2
		order by said_at, rule, place`, id, fingerprint)
	out := make([]mce.Override, len(rows))
	for i, r := range rows {
		out[i] = mce.Override{Rule: r.Rule, Where: r.Place, By: r.SaidBy, Reason: r.Reason, At: r.SaidAt.UTC()}
	}
	return out, err
}

// insertOverrides keeps what was said first where something is said twice. Each has a line of the audit log.
func insertOverrides(ctx context.Context, tx *sqlx.Tx, id int64, fingerprint []byte, all []mce.Override) error {
	for _, o := range all {
		n, err := execCount(ctx, tx, `
			insert into preflight_overrides (issue_id, fingerprint, rule, place, said_by, reason, said_at)
			values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`, id, fingerprint, o.Rule, o.Where, o.By, o.Reason, o.At)
		if err == nil && n > 0 {
			err = auditDeed(ctx, tx, mce.Overrode, mce.OnIssue, id, o.Rule+", "+o.Where)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Hold says why an issue in review does not go on by itself; what says so already is left alone.
func (s *Store) Hold(ctx context.Context, id int64, reason string) error {
	_, err := s.db.ExecContext(ctx, `update issues set reason = $2 where id = $1 and state = 'in_review' and reason <> $2`, id, reason)
	return err
}
