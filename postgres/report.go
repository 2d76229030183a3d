package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// IssueReports are what became of the issues of a series that have left: of the one with an id and of those before it, the latest first.
func (s *Store) IssueReports(ctx context.Context, issue mce.Issue, limit int) ([]mce.IssueReport, error) {
	found, err := issues(ctx, s.db, ` where i.series_id = $1 and i.started_at is not null and i.started_at <= $2 order by i.started_at desc, i.id desc limit $3`,
		issue.SeriesID, issue.StartedAt, limit)
	if err != nil {
		return nil, err
	}
	out := make([]mce.IssueReport, len(found))
	at := map[int64]int{}
	var ids []int64
	for i, x := range found {
		out[i] = mce.IssueReport{Issue: x, Letters: map[mce.Outcome]int{}, Refused: map[string]int{}, Left: map[string]int{}}
		at[x.ID] = i
		ids = append(ids, x.ID)
	}
	var letters []struct {
		IssueID int64 `db:"issue_id"`
		Outcome mce.Outcome
		Count   int
	}
	err = s.db.SelectContext(ctx, &letters, `
		select issue_id, outcome, sum(letters)::bigint as count from (
			select issue_id, outcome, count(*) as letters from letters where issue_id = any($1) group by issue_id, outcome
			union all
			select issue_id, outcome, letters from letter_sums where issue_id = any($1)
		) x group by issue_id, outcome`, pq.Array(ids))
	for _, l := range letters {
		out[at[l.IssueID]].Letters[l.Outcome] = l.Count
	}
	if err != nil {
		return nil, err
	}
	if err := s.addFollowed(ctx, out, ids); err != nil {
		return nil, err
	}
	return out, s.addLeft(ctx, out, ids)
}

// addFollowed counts how often the links of each issue were followed.
func (s *Store) addFollowed(ctx context.Context, reports []mce.IssueReport, ids []int64) error {
	var rows []struct {
		ID       int64
		Followed int
	}
	err := s.db.SelectContext(ctx, &rows, `
		select issue_id as id, sum(clicks)::bigint as followed from issue_links where issue_id = any($1) and clicks >= $2 group by issue_id`, pq.Array(ids), mce.FewClicks)
	for _, row := range rows {
		for i := range reports {
			if reports[i].Issue.ID == row.ID {
				reports[i].Followed = row.Followed
			}
		}
	}
	return err
}

// addLeft counts who left after each issue, of those who were readers when it began: who only declined to become one did not leave.
func (s *Store) addLeft(ctx context.Context, reports []mce.IssueReport, ids []int64) error {
	const count = `
		select i.id, replace(c.detail, 'reason: ', '') as reason, count(*) as people
		from issues i
		join consents c on c.action = 'withdrawn' and c.at >= i.started_at and c.at < least(i.started_at + $2::bigint * interval '1 second',
			(select min(o.started_at) from issues o where o.series_id = i.series_id and o.started_at > i.started_at))
		where i.id = any($1) and exists (select from consents y where y.subscriber_id = c.subscriber_id and y.at <= i.started_at
			and y.action in ('confirmed', 'imported', 'returned'))
		group by 1, 2`
	var rows []struct {
		ID     int64
		Reason string
		People int
	}
	err := s.db.SelectContext(ctx, &rows, count, pq.Array(ids), int64(mce.LeftWithin/time.Second))
	for _, row := range rows {
		for i := range reports {
			if reports[i].Issue.ID == row.ID {
				reports[i].Left[row.Reason] += row.People
			}
		}
	}
	for i := range reports {
		reports[i].Left = mce.FewTogether(reports[i].Left)
	}
	return err
}

// Refusals are the letters of an issue that were not delivered, by mce.RefusalOf.
func (s *Store) Refusals(ctx context.Context, issueID int64) (map[string]int, error) {
	var rows []struct {
		Status string
		Code   int
		Count  int
	}
	err := s.db.SelectContext(ctx, &rows, `
		select status, code, count(*) as count from letters
		where issue_id = $1 and outcome in ('refused', 'expired') group by status, code`, issueID)
	out := map[string]int{}
	for _, r := range rows {
		out[mce.RefusalOf(r.Status, r.Code)] += r.Count
	}
	return out, err
}
