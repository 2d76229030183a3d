package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// alive are the sessions that are not over: $1 and $2 are the moments at which they were last seen and logged in at least.
const alive = ` where d.seen > $1 and d.logged_in > $2 and u.email is not null`

const selectDeskSessions = `
	select d.id, d.client, d.origin, d.logged_in, d.seen, u.id as user_id, coalesce(u.email, '') as email, u.name, u.role, u.language
	from desk_sessions d join users u on u.id = d.user_id`

type deskSessionRow struct {
	ID       int64
	Client   string
	Origin   string
	LoggedIn time.Time `db:"logged_in"`
	Seen     time.Time
	UserID   int64 `db:"user_id"`
	Email    string
	Name     string
	Role     mce.DeskRole
	Language mce.Lang
}

func (r deskSessionRow) session() mce.DeskSession {
	return mce.DeskSession{
		ID: r.ID, User: mce.User{ID: r.UserID, Email: r.Email, Name: r.Name, Role: r.Role, Language: r.Language},
		Client: r.Client, Origin: r.Origin, LoggedIn: r.LoggedIn.UTC(), Seen: r.Seen.UTC(),
	}
}

// DeskSession is the session of a cookie, by its hash, and notes that it was seen, to the minute. The error is of code NotFound when there is
// none: it never was, it is over, or it was ended.
func (s *Store) DeskSession(ctx context.Context, hash []byte, wall time.Time) (mce.DeskSession, error) {
	var row deskSessionRow
	err := s.db.GetContext(ctx, &row, selectDeskSessions+alive+` and d.hash = $3`, wall.Add(-mce.SessionIdle), wall.Add(-mce.SessionFor), hash)
	if errors.Is(err, sql.ErrNoRows) {
		return mce.DeskSession{}, mce.NotFoundf("you are not logged in any more")
	}
	if err == nil && wall.Sub(row.Seen) >= time.Minute {
		_, err = s.db.ExecContext(ctx, `update desk_sessions set seen = $2 where id = $1 and seen < $2`, row.ID, wall)
	}
	return row.session(), err
}

// DeskSessions are a user's sessions, the last seen first.
func (s *Store) DeskSessions(ctx context.Context, userID int64, wall time.Time) ([]mce.DeskSession, error) {
	var rows []deskSessionRow
	err := s.db.SelectContext(ctx, &rows, selectDeskSessions+alive+` and u.id = $3 order by d.seen desc, d.id desc`,
		wall.Add(-mce.SessionIdle), wall.Add(-mce.SessionFor), userID)
	out := make([]mce.DeskSession, len(rows))
	for i, r := range rows {
		out[i] = r.session()
	}
	return out, err
}

// LogOut ends a session.
func (s *Store) LogOut(ctx context.Context, d mce.DeskSession, by mce.Actor, now time.Time) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		n, err := execCount(ctx, tx, `delete from desk_sessions where id = $1`, d.ID)
		if err != nil || n == 0 {
			return err
		}
		return addAudit(ctx, tx, mce.Audit{At: now, By: by, Action: mce.LoggedOut, Object: mce.OnUser, ObjectID: d.User.ID})
	})
}

// EndSessions ends sessions of the user of one, which goes on: the one of the id, or for 0 all others.
func (s *Store) EndSessions(ctx context.Context, own mce.DeskSession, id int64, by mce.Actor, now time.Time) (ended int, err error) {
	const end = `delete from desk_sessions where user_id = $1 and id <> $2 and (id = $3 or $3 = 0)`
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) (err error) {
		if ended, err = execCount(ctx, tx, end, own.User.ID, own.ID, id); err != nil || ended == 0 {
			return err
		}
		return addAudit(ctx, tx, mce.Audit{At: now, By: by, Action: mce.EndedSession, Object: mce.OnUser, ObjectID: own.User.ID})
	})
	return ended, err
}
