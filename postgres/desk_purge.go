package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// passing is what the desk keeps for a time only: the lines of a table that a condition on the moment $1 names, and what is done with them.
type passing struct {
	table, over, remove string
	before              time.Time
}

func passings(now time.Time) []passing {
	return []passing{
		{"logins", `until < $1`, `delete from logins`, now.Add(-mce.KeepLogins)},
		{"desk_sessions", `(seen < $1 or logged_in < $1 - interval '14 days')`, `delete from desk_sessions`, now.Add(-mce.SessionIdle)},
		{"audit_origins", `at < $1`, `delete from audit_origins`, mce.OriginsFrom(now)},
		{"content_drafts", `at < $1`, `delete from content_drafts`, now.Add(-mce.KeepDrafts)},
		{"desk_uploads", `at < $1`, `delete from desk_uploads`, now.Add(-mce.KeepUploads)},
		{"users", `removed_at < $1 and name <> ''`, `update users set name = ''`, mce.FormerUsersFrom(now)},
	}
}

// purgeDesk removes what the desk has kept for its time. The audit log stays: its lines have nothing personal but the ids of users.
func (s *Store) purgeDesk(ctx context.Context, now time.Time, p *mce.Purged) error {
	var faults error
	for _, x := range passings(now) {
		statement := x.remove + ` where id in (select id from ` + x.table + ` where ` + x.over + ` order by id limit $2 for update skip locked)`
		n, err := s.inPortions(ctx, func(ctx context.Context, tx *sqlx.Tx) (int, error) {
			return execCount(ctx, tx, statement, x.before, purgePortion)
		})
		p.Desk += n
		if err != nil {
			faults = errors.Join(faults, fmt.Errorf("remove old %s: %w", x.table, err))
		}
	}
	return faults
}

// wouldPurgeDesk counts what purgeDesk would remove.
func (s *Store) wouldPurgeDesk(ctx context.Context, now time.Time, p *mce.Purged) error {
	for _, x := range passings(now) {
		var n int
		if err := s.db.GetContext(ctx, &n, `select count(*) from `+x.table+` where `+x.over, x.before); err != nil {
			return err
		}
		p.Desk += n
	}
	return nil
}
