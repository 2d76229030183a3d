package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// approve seals an issue whose state is about to be approved, and remembers what was approved and for how many.
func approve(ctx context.Context, tx *sqlx.Tx, i *mce.Issue, by, look string, now time.Time) error {
	d, err := draft(ctx, tx, *i)
	if err != nil {
		return err
	}
	if len(d.Items) == 0 {
		return mce.Conflictf("there is nothing in issue %d; put something in, or cancel it", i.ID)
	}
	if err := checkSecond(ctx, tx, d); err != nil {
		return err
	}
	readers, err := countReaders(ctx, tx, d, now)
	if err != nil {
		return err
	}
	i.ApprovedBy, i.Reason = by, ""
	if i.Seal, err = mce.SealOf(d, look, i.ScheduledFor); err != nil {
		return err
	}
	const remember = `update issues set sealed = $2, counted_at = $3 where id = $1`
	_, err = tx.ExecContext(ctx, remember, i.ID, jsonb[mce.Sealed]{mce.SealedOf(d, look, readers)}, now)
	return err
}

// checkSecond refuses who had an issue or a piece in it last in hand, where its series asks for a second person.
func checkSecond(ctx context.Context, tx *sqlx.Tx, d mce.Draft) error {
	deed, ok := mce.DeedOf(ctx)
	if !ok || d.Series.Approval != mce.ApprovalSecond {
		return nil
	}
	var last struct {
		UserID int64 `db:"user_id"`
		Actor  string
	}
	kinds, ids := refArrays(d.Refs())
	err := tx.GetContext(ctx, &last, `
		select coalesce(user_id, 0) as user_id, actor from audit
		where object = 'issue' and object_id = $1 and action = any($2)
			or (object, object_id) in (select * from unnest($3::text[], $4::bigint[])) and action = any($5)
		order by id desc limit 1`, d.Issue.ID, pq.Array(strs(mce.IssueEdits())), kinds, ids, pq.Array(strs(mce.ContentEdits())))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil && last.UserID == deed.By.UserID && last.Actor == deed.By.Name {
		return mce.Conflictf("you were the last who changed this issue or a piece in it, or put it before the others; a second person has to approve it")
	}
	return err
}

// countReaders is how many people would get the draft.
func countReaders(ctx context.Context, q sqlx.QueryerContext, d mce.Draft, now time.Time) (int, error) {
	all, err := readerships(ctx, q, d.Series, now)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, p := range d.Parts(all) {
		n += p.Readers
	}
	return n, nil
}

// VoidChanged takes back every approval whose issue no longer says what was approved, or would go to others, and reports those issues. Readers are
// counted every few minutes, by one daemon.
func (s *Store) VoidChanged(ctx context.Context, look string, now time.Time) ([]mce.Issue, error) {
	sealed, err := issues(ctx, s.db, ` where i.state in ('approved', 'scheduled') order by i.id`)
	if err != nil {
		return nil, err
	}
	var out []mce.Issue
	for _, i := range sealed {
		other, err := s.isOther(ctx, i, look, now)
		if err != nil {
			return out, err
		}
		if !other {
			continue
		}
		issue, err := s.act(ctx, i.ID, mce.Void, func(tx *sqlx.Tx, i *mce.Issue) error { // once more, now that it is locked
			other, err := voidIfOther(ctx, tx, i, look, now)
			if err == nil && !other {
				err = mce.Conflictf("issue %d says what was approved", i.ID)
			}
			return err
		})
		if mce.ErrorCode(err) == mce.Conflict {
			continue // another daemon was first, or somebody has just approved it again
		}
		if err != nil {
			return out, err
		}
		out = append(out, issue)
	}
	return out, nil
}

// countEvery is how often the readers of an approved issue are counted.
const countEvery = 5 * time.Minute

// isOther looks whether an approved issue is another one than was approved, without a lock.
func (s *Store) isOther(ctx context.Context, i mce.Issue, look string, now time.Time) (bool, error) {
	if other, err := voidIfChanged(ctx, s.db, &i, look); err != nil || other {
		return other, err
	}
	res, err := s.db.ExecContext(ctx, `update issues set counted_at = $2 where id = $1 and counted_at <= $3`, i.ID, now, now.Add(-countEvery))
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	return voidIfOther(ctx, s.db, &i, look, now)
}

// voidIfOther is voidIfChanged that counts the readers, too.
func voidIfOther(ctx context.Context, q sqlx.QueryerContext, i *mce.Issue, look string, now time.Time) (bool, error) {
	if changed, err := voidIfChanged(ctx, q, i, look); err != nil || changed {
		return changed, err
	}
	then, err := sealedOf(ctx, q, i.ID)
	if err != nil || then == nil {
		return false, err
	}
	d, err := draft(ctx, q, *i)
	if err != nil {
		return false, err
	}
	readers, err := countReaders(ctx, q, d, now)
	if err != nil || !mce.Drifted(then.Readers, readers) {
		return false, err
	}
	voided(i, then.Changes(mce.SealedOf(d, look, readers)))
	return true, nil
}

// voidIfChanged takes the approval from an issue that says something else than was approved. What becomes of it is left to the caller.
func voidIfChanged(ctx context.Context, q sqlx.QueryerContext, i *mce.Issue, look string) (changed bool, err error) {
	d, err := draft(ctx, q, *i)
	if err != nil {
		return false, err
	}
	seal, err := mce.SealOf(d, look, i.ScheduledFor)
	if err != nil || bytes.Equal(seal, i.Seal) {
		return false, err
	}
	then, err := sealedOf(ctx, q, i.ID)
	if err != nil {
		return false, err
	}
	var changes []string
	if then != nil {
		changes = then.Changes(mce.SealedOf(d, look, then.Readers))
	}
	voided(i, changes)
	return true, nil
}

// sealedOf is what was approved of an issue; nil where it was not remembered.
func sealedOf(ctx context.Context, q sqlx.QueryerContext, id int64) (*mce.Sealed, error) {
	var kept jsonb[*mce.Sealed]
	err := sqlx.GetContext(ctx, q, &kept, `select sealed from issues where id = $1`, id)
	return kept.V, err
}

func voided(i *mce.Issue, changes []string) {
	i.State, i.Seal, i.ApprovedBy, i.ScheduledFor = mce.InReview, nil, "", time.Time{}
	i.Reason = mce.Voided(changes)
}

// seal seals what an issue says now, with its moment.
func seal(ctx context.Context, q sqlx.QueryerContext, i *mce.Issue, look string) error {
	d, err := draft(ctx, q, *i)
	if err != nil {
		return err
	}
	i.Seal, err = mce.SealOf(d, look, i.ScheduledFor)
	return err
}
