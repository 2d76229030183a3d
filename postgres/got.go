package postgres

import (
	"context"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// GotIssues are the latest issues that have left, and whether a subscriber got each. Issues whose letters are not kept any more are not among them:
// nobody can tell.
func (s *Store) GotIssues(ctx context.Context, subscriberID int64, limit int) ([]mce.GotIssue, error) {
	const list = `
		select i.id, coalesce(i.number, 0) as number, v.name as series, i.subject, i.started_at as at, coalesce(l.outcome::text, '') as outcome,
			coalesce((select c.action in ('confirmed', 'imported', 'returned') from consents c
				where c.subscriber_id = $1 and c.action <> 'changed' and c.at <= i.started_at order by c.at desc, c.id desc limit 1), false) as reader
		from issues i
		join series v on v.id = i.series_id
		left join lateral (select outcome from letters where issue_id = i.id and subscriber_id = $1 order by id limit 1) l on true
		where i.started_at is not null and not exists (select from letter_sums x where x.issue_id = i.id)
		order by i.started_at desc, i.id desc limit $2`
	var rows []struct {
		ID              int64
		Number          int
		Series, Subject jsonb[mce.Text]
		At              time.Time
		Outcome         mce.Outcome
		Reader          bool
	}
	err := s.db.SelectContext(ctx, &rows, list, subscriberID, limit)
	out := make([]mce.GotIssue, len(rows))
	for i, r := range rows {
		out[i] = mce.GotIssue{ID: r.ID, Number: r.Number, Series: r.Series.V, Subject: r.Subject.V, At: r.At.UTC(), Outcome: r.Outcome, Reader: r.Reader}
	}
	return out, err
}
