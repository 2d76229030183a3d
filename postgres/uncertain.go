package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// UncertainLetters lists the letters in doubt; of one issue, or all for 0, invitations too.
func (s *Store) UncertainLetters(ctx context.Context, issueID int64) ([]mce.UncertainLetter, error) {
	var out []mce.UncertainLetter
	err := s.db.SelectContext(ctx, &out, `
		select l.id, coalesce(x.issue_id, 0) as issue_id, coalesce(e.slug, '') as event, coalesce(s.email, '') as email, l.created_at as since, l.detail
		from express x
		join letters l on l.id = x.letter_id and l.born = x.born
		join subscribers s on s.id = l.subscriber_id
		left join events e on e.id = l.cause_id and l.kind = 'invitation'
		where x.parked and (x.issue_id = $1 or $1 = 0) order by x.issue_id, e.slug, l.id`, issueID)
	return out, err
}

// Resolve decides about the letters of an issue that are in doubt. With resend they go again, under their Message-IDs: who has one may
// get it twice. Otherwise they stay as they are: who has none gets none. The issue can be finished then.
func (s *Store) Resolve(ctx context.Context, issueID int64, resend bool, now time.Time) (letters int, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if _, err := issueByID(ctx, tx, issueID, ""); err != nil {
			return err
		}
		if letters, err = resolve(ctx, tx, `x.issue_id = $1`, issueID, resend, now); err != nil {
			return err
		}
		if letters == 0 {
			return mce.Conflictf("no letter of issue %d is in doubt", issueID)
		}
		decision := "leave"
		if resend {
			decision = "send again"
		}
		return auditDeed(ctx, tx, mce.SettledDoubt, mce.OnIssue, issueID, fmt.Sprintf("%d letters: %s", letters, decision))
	})
	return letters, err
}

// ResolveInvitations is Resolve for the invitations to an event.
func (s *Store) ResolveInvitations(ctx context.Context, event string, resend bool, now time.Time) (letters int, err error) {
	const toEvent = `x.kind = 'invitation' and exists (select from letters o where o.id = x.letter_id and o.born = x.born and o.cause_id = $1)`
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		e, err := eventBySlug(ctx, tx, event)
		if err != nil {
			return err
		}
		if letters, err = resolve(ctx, tx, toEvent, e.ID, resend, now); err == nil && letters == 0 {
			err = mce.Conflictf("no invitation to %s is in doubt", event)
		}
		return err
	})
	return letters, err
}

// resolve frees the letters in doubt of a cause; of is the condition that one x on the express lane belongs to the cause $1.
func resolve(ctx context.Context, tx *sqlx.Tx, of string, cause int64, resend bool, now time.Time) (letters int, err error) {
	// A letter whose answer came after all is none of those in doubt.
	known := `
		delete from express x using letters l
		where ` + of + ` and x.parked and l.id = x.letter_id and l.born = x.born and l.outcome <> 'uncertain'`
	if _, err := tx.ExecContext(ctx, known, cause); err != nil {
		return 0, err
	}
	statement := `
		with freed as (
			delete from express x where ` + of + ` and parked returning letter_id, born
		), put as (
			update letters l set detail = 'in doubt; left so by the operator', settled_at = $2
			from freed f where l.id = f.letter_id and l.born = f.born and l.outcome = 'uncertain'
		)
		select count(*) from freed`
	if resend {
		statement = `
			with freed as (
				update express x set parked = false, due = $2, lease = null, leased_until = null where ` + of + ` and parked returning letter_id, born
			), put as (
				update letters l set outcome = 'deferred', detail = 'in doubt; sent again by the operator'
				from freed f where l.id = f.letter_id and l.born = f.born and l.outcome = 'uncertain'
			)
			select count(*) from freed`
	}
	if err := tx.GetContext(ctx, &letters, statement, cause, now); err != nil {
		return 0, err
	}
	return letters, wake(ctx, tx)
}
