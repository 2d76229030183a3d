package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

type issueRow struct {
	ID           int64
	SeriesID     int64 `db:"series_id"`
	Series       string
	Number       int
	Slot         string
	Due          time.Time
	State        mce.IssueState
	Subject      jsonb[mce.Text]
	Preheader    jsonb[mce.Text]
	Note         jsonb[mce.Text]
	Reason       string
	Seal         []byte
	ApprovedBy   string     `db:"approved_by"`
	AssembledAt  time.Time  `db:"assembled_at"`
	ScheduledFor *time.Time `db:"scheduled_for"`
	StartedAt    *time.Time `db:"started_at"`
	FinishedAt   *time.Time `db:"finished_at"`
}

const selectIssues = `
	select i.id, i.series_id, s.slug as series, coalesce(i.number, 0) as number, i.slot, i.due, i.state, i.subject, i.preheader, i.note, i.reason, i.seal,
		i.approved_by, i.assembled_at, i.scheduled_for, i.started_at, i.finished_at
	from issues i join series s on s.id = i.series_id`

func (r issueRow) issue() mce.Issue {
	return mce.Issue{
		ID: r.ID, SeriesID: r.SeriesID, Series: r.Series, Number: r.Number, Slot: mce.Slot{Wall: r.Slot, Due: r.Due.UTC()}, State: r.State,
		Subject: r.Subject.V, Preheader: r.Preheader.V, Note: r.Note.V, Reason: r.Reason, Seal: r.Seal, ApprovedBy: r.ApprovedBy, AssembledAt: r.AssembledAt.UTC(),
		ScheduledFor: orZero(r.ScheduledFor), StartedAt: orZero(r.StartedAt), FinishedAt: orZero(r.FinishedAt),
	}
}

func issues(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) ([]mce.Issue, error) {
	var rows []issueRow
	err := sqlx.SelectContext(ctx, q, &rows, selectIssues+where, args...)
	out := make([]mce.Issue, len(rows))
	for i, r := range rows {
		out[i] = r.issue()
	}
	return out, err
}

// Issues lists the issues, the latest slot first; of one series, or of all for "".
func (s *Store) Issues(ctx context.Context, series string) ([]mce.Issue, error) {
	return issues(ctx, s.db, ` where s.slug = $1 or $1 = '' order by i.due desc, i.id desc`, series)
}

// DueIssues lists the scheduled issues whose moment has come, the earliest first.
func (s *Store) DueIssues(ctx context.Context, now time.Time) ([]mce.Issue, error) {
	return issues(ctx, s.db, ` where i.state = 'scheduled' and i.scheduled_for <= $1 order by i.scheduled_for, i.id`, now)
}

// UnscheduledOf lists the issues of a series that are before the editors or approved, the earliest first.
func (s *Store) UnscheduledOf(ctx context.Context, seriesID int64) ([]mce.Issue, error) {
	return issues(ctx, s.db, ` where i.series_id = $1 and i.state in ('in_review', 'approved') order by i.due, i.id`, seriesID)
}

// IssuesBefore lists at most n issues, the newest first: those made before the one of an id, or from the newest for 0.
func (s *Store) IssuesBefore(ctx context.Context, id int64, n int) ([]mce.Issue, error) {
	return issues(ctx, s.db, ` where i.id < $1 or $1 = 0 order by i.id desc limit $2`, id, n)
}

// IssuesInWork lists the issues that have not come to an end, the next to go out or be decided on first.
func (s *Store) IssuesInWork(ctx context.Context) ([]mce.Issue, error) {
	return issues(ctx, s.db, ` where i.state not in ('sent', 'cancelled', 'skipped') order by coalesce(i.scheduled_for, i.due), i.id`)
}

// IssuesWith lists those in work that an item is in.
func (s *Store) IssuesWith(ctx context.Context, ref mce.ItemRef) ([]mce.Issue, error) {
	return issues(ctx, s.db, ` where i.state not in ('sent', 'cancelled', 'skipped') and exists
		(select from issue_items x where x.issue_id = i.id and x.kind = $1 and x.item_id = $2 and x.verdict = 'in')
		order by coalesce(i.scheduled_for, i.due), i.id`, ref.Kind, ref.ID)
}

// Issue is one issue by its id.
func (s *Store) Issue(ctx context.Context, id int64) (mce.Issue, error) {
	return issueByID(ctx, s.db, id, "")
}

// issueByID reads one issue; lock is "" or " for update of i".
func issueByID(ctx context.Context, q sqlx.QueryerContext, id int64, lock string) (mce.Issue, error) {
	var row issueRow
	err := sqlx.GetContext(ctx, q, &row, selectIssues+` where i.id = $1`+lock, id)
	if errors.Is(err, sql.ErrNoRows) {
		return mce.Issue{}, mce.NotFoundf("there is no issue %d; issue list shows those there are", id)
	}
	return row.issue(), err
}

// act locks the issue, checks the transition, lets change set what goes with it, and writes the new state.
func (s *Store) act(ctx context.Context, id int64, action mce.IssueAction, change func(*sqlx.Tx, *mce.Issue) error) (mce.Issue, error) {
	var issue mce.Issue
	err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) (err error) {
		if issue, err = issueByID(ctx, tx, id, " for update of i"); err != nil {
			return err
		}
		next, err := issue.State.Next(action)
		if err != nil {
			return err
		}
		issue.State = next
		if change != nil {
			if err := change(tx, &issue); err != nil {
				return err
			}
		}
		if err := saveState(ctx, tx, issue); err != nil {
			return err
		}
		if issue.State != next { // it was found changed
			action = mce.Void
		}
		return auditDeed(ctx, tx, mce.AuditAction(action), mce.OnIssue, id, detailOf(action, issue))
	})
	return issue, err
}

// detailOf is what the audit log says about an action beside its name.
func detailOf(action mce.IssueAction, i mce.Issue) string {
	switch action {
	case mce.ScheduleIt:
		return "for " + i.ScheduledFor.Format(time.RFC3339)
	case mce.Void, mce.Cancel:
		return i.Reason
	default:
		return ""
	}
}

func saveState(ctx context.Context, tx *sqlx.Tx, i mce.Issue) error {
	const update = `
		update issues set state = $2, reason = $3, seal = $4, approved_by = $5, scheduled_for = $6, started_at = $7, finished_at = $8
		where id = $1`
	_, err := tx.ExecContext(ctx, update, i.ID, i.State, i.Reason, i.Seal, i.ApprovedBy, orNull(i.ScheduledFor), orNull(i.StartedAt), orNull(i.FinishedAt))
	return err
}

// Submit puts an assembled issue before the editors.
func (s *Store) Submit(ctx context.Context, id int64) (mce.Issue, error) {
	return s.act(ctx, id, mce.Submit, nil)
}

// Approve seals what the issue says now; look is the fingerprint of the templates. Whether anybody has examined it is left to the caller:
// what people approve goes through ApproveExamined.
func (s *Store) Approve(ctx context.Context, id int64, by, look string, now time.Time) (mce.Issue, error) {
	return s.act(ctx, id, mce.Approve, func(tx *sqlx.Tx, i *mce.Issue) error { return approve(ctx, tx, i, by, look, now) })
}

// Schedule sets the moment at which an approved issue goes out, and seals that too. When its content has changed since the
// approval, the approval is void and the error, of code Conflict, says so.
func (s *Store) Schedule(ctx context.Context, id int64, at time.Time, look string) (mce.Issue, error) {
	issue, err := s.act(ctx, id, mce.ScheduleIt, func(tx *sqlx.Tx, i *mce.Issue) error {
		if changed, err := voidIfChanged(ctx, tx, i, look); err != nil || changed {
			return err
		}
		i.ScheduledFor = at.UTC().Truncate(time.Microsecond) // what the database keeps
		if err := seal(ctx, tx, i, look); err != nil {
			return err
		}
		return wake(ctx, tx)
	})
	if err == nil && issue.State == mce.InReview {
		err = mce.Conflictf("issue %d was not scheduled: %s", id, issue.Reason)
	}
	return issue, err
}

// Unschedule takes the moment back from an issue that has not begun to leave; it stays approved, unless its content has changed.
func (s *Store) Unschedule(ctx context.Context, id int64, look string) (mce.Issue, error) {
	return s.act(ctx, id, mce.Unschedule, func(tx *sqlx.Tx, i *mce.Issue) error {
		if changed, err := voidIfChanged(ctx, tx, i, look); err != nil || changed {
			return err
		}
		i.ScheduledFor = time.Time{}
		return seal(ctx, tx, i, look)
	})
}

// Pause stops an issue that is being sent; letters on their way at this moment still arrive.
func (s *Store) Pause(ctx context.Context, id int64) (mce.Issue, error) {
	return s.act(ctx, id, mce.Pause, nil)
}

// Resume goes on with a paused issue.
func (s *Store) Resume(ctx context.Context, id int64) (mce.Issue, error) {
	return s.act(ctx, id, mce.Resume, func(tx *sqlx.Tx, _ *mce.Issue) error { return wake(ctx, tx) })
}

// Cancel ends an issue for good. Before it was sent its items go back and may run in the next one; afterwards the letters that have
// not left yet are left out.
func (s *Store) Cancel(ctx context.Context, id int64, reason string, now time.Time) (mce.Issue, error) {
	return s.act(ctx, id, mce.Cancel, func(tx *sqlx.Tx, i *mce.Issue) error {
		i.Reason, i.FinishedAt = reason, now
		if i.StartedAt.IsZero() {
			i.Number = 0 // readers have not seen it: the next issue gets it
			const giveBack = `
				with items as (delete from item_ledger where issue_id = $1)
				update issues set number = null where id = $1`
			_, err := tx.ExecContext(ctx, giveBack, id)
			return err
		}
		return dropUnsent(ctx, tx, id, now)
	})
}
