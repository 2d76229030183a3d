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

// latestFor is what new readers are shown of a pace: the latest issue that was for everybody, and not called off.
const latestFor = ` where i.started_at is not null and i.state <> 'cancelled' and s.pace = $1 and s.segment = '{}'
	order by i.started_at desc, i.id desc limit 1`

// welcome queues the letter that greets a new reader, with the latest issue of their pace as their topics have it. All who read alike share
// an edition for a day.
func (s *Store) welcome(ctx context.Context, tx *sqlx.Tx, subscriberID int64, render mce.Welcomer, domain string, now time.Time) error {
	p, err := subscriber(ctx, tx, ` where s.id = $1`, subscriberID)
	if err != nil {
		return err
	}
	latest, err := issues(ctx, tx, latestFor, p.Pace)
	if err != nil {
		return err
	}
	var d *mce.Draft
	issue := int64(0)
	if len(latest) > 0 {
		whole, err := draft(ctx, tx, latest[0])
		if err != nil {
			return err
		}
		part := whole.For(p.Topics)
		d, issue = &part, latest[0].ID
	}
	edition, err := sharedEdition(ctx, tx, mce.Welcome, p.Language, issue, p.Topics, func() (mce.Edition, error) {
		return render.Welcome(p.Language, p.Choices, d)
	}, domain, now)
	if err != nil {
		return err
	}
	return queueLetterOf(ctx, tx, edition, mce.Welcome, person{subscriber: p.ID}, now)
}

// sharedEdition is the edition of a kind that was made within a day for the same language, issue and topics; render makes a new one where
// there is none. It must have nothing of a person's own.
func sharedEdition(
	ctx context.Context, tx *sqlx.Tx, kind mce.LetterKind, lang mce.Lang, issue int64, topics []string, render func() (mce.Edition, error), domain string, now time.Time,
) (id int64, err error) {
	const find = `
		select id from editions
		where kind in ('welcome', 'link') and kind = $1 and lang = $2 and coalesce(issue_id, 0) = $3 and topics = $4 and domain = $5
			and created_at between $6::timestamptz - interval '1 day' and $6
		order by id desc limit 1`
	err = tx.GetContext(ctx, &id, find, kind, lang, issue, pq.Array(strs(topics)), domain, now)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	e, err := render()
	if err != nil {
		return 0, err
	}
	e.Lang, e.IssueID, e.Topics = lang, issue, topics
	return insertEdition(ctx, tx, e, domain, now)
}
