package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// keepLinks keeps the links of an issue that is about to leave, numbered from 1.
func keepLinks(ctx context.Context, tx *sqlx.Tx, issueID int64, links []string) error {
	_, err := tx.ExecContext(ctx, `
		insert into issue_links (issue_id, number, url) select $1, x.number, x.url from unnest($2::text[]) with ordinality as x (url, number)`,
		issueID, pq.Array(links))
	return err
}

// FollowLink is where a link of an issue leads to: to what the issue had when it left, and to nothing else. With count it was followed once more.
func (s *Store) FollowLink(ctx context.Context, issueID int64, number int, count bool) (url string, err error) {
	const read = `select url from issue_links where issue_id = $1 and number = $2`
	const followed = `update issue_links set clicks = clicks + 1 where issue_id = $1 and number = $2 returning url`
	query := read
	if count {
		query = followed
	}
	err = s.db.GetContext(ctx, &url, query, issueID, number)
	if errors.Is(err, sql.ErrNoRows) {
		err = mce.NotFoundf("there is no such link")
	}
	return url, err
}

// Clicks are how often the links of an issue were followed, in their order.
func (s *Store) Clicks(ctx context.Context, issueID int64) ([]mce.Clicks, error) {
	var out []mce.Clicks
	err := s.db.SelectContext(ctx, &out, `select url, clicks as count from issue_links where issue_id = $1 order by number`, issueID)
	return out, err
}

// CountsClicks reports whether any series does, or did: the privacy page says so.
func (s *Store) CountsClicks(ctx context.Context) (counts bool, err error) {
	err = s.db.GetContext(ctx, &counts, `select exists (select from series where clicks) or exists (select from issue_links)`)
	return counts, err
}
