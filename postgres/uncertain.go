package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// UncertainLetters lists the letters in doubt; of one issue, or of all for 0.
func (s *Store) UncertainLetters(ctx context.Context, issueID int64) ([]mce.UncertainLetter, error) {
	var out []mce.UncertainLetter
	err := s.db.SelectContext(ctx, &out, `
		select l.id, x.issue_id, coalesce(s.email, '') as email, l.created_at as since, l.detail
		from express x
		join letters l on l.id = x.letter_id and l.born = x.born
		join subscribers s on s.id = l.subscriber_id
		where x.parked and (x.issue_id = $1 or $1 = 0) order by x.issue_id, l.id`, issueID)
	return out, err
}

// Resolve decides about the letters of an issue that are in doubt. With resend they go again, under their Message-IDs: who has one may
// get it twice. Otherwise they stay as they are: who has none gets none. The issue can be finished then.
func (s *Store) Resolve(ctx context.Context, issueID int64, resend bool, now time.Time) (letters int, err error) {
	const again = `
		with freed as (
			update express set parked = false, due = $2, lease = null, leased_until = null where issue_id = $1 and parked returning letter_id, born
		), put as (
			update letters l set outcome = 'deferred', detail = 'in doubt; sent again by the operator'
			from freed f where l.id = f.letter_id and l.born = f.born and l.outcome = 'uncertain'
		)
		select count(*) from freed`
	const leave = `
		with freed as (
			delete from express where issue_id = $1 and parked returning letter_id, born
		), put as (
			update letters l set detail = 'in doubt; left so by the operator', settled_at = $2
			from freed f where l.id = f.letter_id and l.born = f.born and l.outcome = 'uncertain'
		)
		select count(*) from freed`
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if _, err := issueByID(ctx, tx, issueID, ""); err != nil {
			return err
		}
		// A letter whose answer came after all is none of those in doubt.
		const known = `
			delete from express x using letters l
			where x.issue_id = $1 and x.parked and l.id = x.letter_id and l.born = x.born and l.outcome <> 'uncertain'`
		if _, err := tx.ExecContext(ctx, known, issueID); err != nil {
			return err
		}
		statement := leave
		if resend {
			statement = again
		}
		if err := tx.GetContext(ctx, &letters, statement, issueID, now); err != nil {
			return err
		}
		if letters == 0 {
			return mce.Conflictf("no letter of issue %d is in doubt", issueID)
		}
		decision := "leave"
		if resend {
			decision = "send again"
		}
		return errors.Join(auditDeed(ctx, tx, mce.SettledDoubt, mce.OnIssue, issueID, fmt.Sprintf("%d letters: %s", letters, decision)), wake(ctx, tx))
	})
	return letters, err
}
