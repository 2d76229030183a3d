package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// edit lets change make something else of an issue that has not begun to leave, for which it gets the draft as it was and says what the audit log
// keeps of it. A subject that is still the proposal is proposed anew. Like any edit it voids an approval.
func (s *Store) edit(ctx context.Context, id int64, action mce.AuditAction, change func(*sqlx.Tx, mce.Draft) (detail string, err error)) (mce.Issue, error) {
	var issue mce.Issue
	err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) (err error) {
		if issue, err = issueByID(ctx, tx, id, " for update of i"); err != nil {
			return err
		}
		if !issue.Editable() {
			return mce.Conflictf("the issue is %s; its content cannot be changed any more", issue.State.Words())
		}
		before, err := draft(ctx, tx, issue)
		if err != nil {
			return err
		}
		detail, err := change(tx, before)
		if err != nil {
			return err
		}
		if issue, err = issueByID(ctx, tx, id, ""); err != nil {
			return err
		}
		if err := follow(ctx, tx, before, &issue); err != nil {
			return err
		}
		return auditDeed(ctx, tx, action, mce.OnIssue, id, detail)
	})
	return issue, err
}

// follow does what an edit brings with it: a new proposal of a subject, and an approval that does not hold any more.
func follow(ctx context.Context, tx *sqlx.Tx, before mce.Draft, issue *mce.Issue) error {
	after, err := draft(ctx, tx, *issue)
	if err != nil {
		return err
	}
	if maps.Equal(before.Issue.Subject, before.Proposal()) && maps.Equal(issue.Subject, before.Issue.Subject) {
		if issue.Subject = after.Proposal(); issue.Subject == nil {
			issue.Subject = mce.Text{}
		}
		if _, err := tx.ExecContext(ctx, `update issues set subject = $2 where id = $1`, issue.ID, jsonb[mce.Text]{issue.Subject}); err != nil {
			return err
		}
		after.Issue.Subject = issue.Subject
	}
	if issue.Seal == nil {
		return nil
	}
	then, err := sealedOf(ctx, tx, issue.ID)
	if err != nil {
		return err
	}
	var changes []string
	if then != nil {
		if changes = then.Changes(mce.SealedOf(after, then.Look, then.Readers)); len(changes) == 0 {
			return nil // it says what it said
		}
	}
	voided(issue, changes)
	return saveState(ctx, tx, *issue)
}

// Place puts a piece of content into an issue, at a place of it: mce.Assembly.Put.
func (s *Store) Place(ctx context.Context, id int64, ref mce.ItemRef, to mce.Place, now time.Time) (mce.Issue, error) {
	return s.edit(ctx, id, mce.PlacedItem, func(tx *sqlx.Tx, d mce.Draft) (string, error) {
		c, err := candidate(ctx, tx, d.Issue, ref)
		if err != nil {
			return "", err
		}
		err = rearrange(ctx, tx, d, func(a *mce.Assembly) error { return a.Put(d.Series, c, to, now) })
		return fmt.Sprintf("“%s”: number %d of %s", c.Title[mce.English], to.Position, to.Section), err
	})
}

// TakeOut takes an item out of an issue by hand. Held, it may run in the next; dropped, it does not.
func (s *Store) TakeOut(ctx context.Context, id int64, ref mce.ItemRef, verdict mce.Verdict) (mce.Issue, error) {
	action := mce.LeftOutItem
	if verdict == mce.Held {
		action = mce.HeldItem
	}
	return s.edit(ctx, id, action, func(tx *sqlx.Tx, d mce.Draft) (string, error) {
		var title string
		err := rearrange(ctx, tx, d, func(a *mce.Assembly) error {
			for _, x := range a.Decisions {
				if x.ItemRef == ref {
					title = "“" + x.Title[mce.English] + "”"
				}
			}
			return a.TakeOut(d.Series, ref, verdict)
		})
		return title, err
	})
}

// Reassemble decides anew what is in an issue, with all that was published meanwhile; what editors decided stays.
func (s *Store) Reassemble(ctx context.Context, id int64, now time.Time) (mce.Issue, error) {
	return s.edit(ctx, id, mce.Reassembled, func(tx *sqlx.Tx, d mce.Draft) (string, error) {
		stock, err := stock(ctx, tx, d.Series, id, now)
		if err != nil {
			return "", err
		}
		return "", rearrange(ctx, tx, d, func(a *mce.Assembly) error {
			*a = mce.Reassemble(d.Series, now, stock, *a)
			return nil
		})
	})
}

// rearrange lets change decide otherwise about the items of an issue, and writes all decisions with the ledger anew. One at a time in a series, as
// with assemblies: the next must see this one's ledger.
func rearrange(ctx context.Context, tx *sqlx.Tx, d mce.Draft, change func(*mce.Assembly) error) error {
	if _, err := tx.ExecContext(ctx, `select from series where id = $1 for update`, d.Series.ID); err != nil {
		return err
	}
	var a mce.Assembly
	var err error
	if a.Decisions, err = decisions(ctx, tx, d.Issue.ID); err != nil {
		return err
	}
	if err := change(&a); err != nil {
		return err
	}
	for _, table := range []string{"issue_items", "item_ledger"} {
		if _, err := tx.ExecContext(ctx, `delete from `+table+` where issue_id = $1`, d.Issue.ID); err != nil {
			return err
		}
	}
	return insertItems(ctx, tx, d.Series, d.Issue.ID, a)
}

// Decisions are what was decided about each item of an issue, those in first, in order.
func (s *Store) Decisions(ctx context.Context, issueID int64) ([]mce.Decision, error) {
	return decisions(ctx, s.db, issueID)
}

func decisions(ctx context.Context, q sqlx.QueryerContext, issueID int64) ([]mce.Decision, error) {
	var rows []struct {
		Kind        mce.ItemKind
		ItemID      int64 `db:"item_id"`
		Slug, Title string
		Section     string
		Position    int
		Verdict     mce.Verdict
		Reason      string
		Why         jsonb[mce.Reason]
		ByHand      bool `db:"by_hand"`
		RanIn       int  `db:"ran_in"`
	}
	err := sqlx.SelectContext(ctx, q, &rows, `
		select x.kind, x.item_id, x.slug, x.title, x.section, x.position, x.verdict, x.reason, x.why, x.by_hand, coalesce(n.number, 0) as ran_in
		from issue_items x
		join issues i on i.id = x.issue_id
		left join item_ledger l on l.series_id = i.series_id and l.kind = x.kind and l.item_id = x.item_id and l.issue_id <> i.id
		left join issues n on n.id = l.issue_id
		where x.issue_id = $1 order by x.line`, issueID)
	out := make([]mce.Decision, len(rows))
	for i, r := range rows {
		r.Why.V.Text = r.Reason
		out[i] = mce.Decision{
			Candidate: mce.Candidate{ItemRef: mce.ItemRef{Kind: r.Kind, ID: r.ItemID}, Slug: r.Slug, Title: mce.Text{mce.English: r.Title}, RanIn: r.RanIn},
			Section:   r.Section, Position: r.Position, Verdict: r.Verdict, Reason: r.Why.V, ByHand: r.ByHand,
		}
	}
	return out, err
}
