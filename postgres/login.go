package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// How many links one user is mailed within mce.LoginFor: at the wish of one client, and of all. The first is low, so that nobody's mailbox is filled;
// the second higher, so that a stranger who asks again and again does not keep the user out.
const (
	loginsOfClient = 5
	loginsOfAll    = 20
)

// sendLogin queues the letter with the link into the desk, to who is a user.
func sendLogin(
	ctx context.Context, tx *sqlx.Tx, email, origin string, ask mce.LoginAsk, render func(mce.Lang) (mce.Edition, error), domain string, now time.Time,
) error {
	const add = `
		insert into logins (user_id, browser, next, origin, until)
		select $1, $2, $3, $4, $5::timestamptz
		from (select count(*) filter (where origin = $4) as of_client, count(*) as of_all from logins where user_id = $1 and until > $6) sent
		where of_client < $7 and of_all < $8
		returning id`
	u, err := user(ctx, tx, ` where lower(u.email) = lower($1) for update`, email)
	if mce.ErrorCode(err) == mce.NotFound {
		return nil
	} else if err != nil {
		return err
	}
	var id int64
	err = tx.GetContext(ctx, &id, add, u.ID, ask.Browser, ask.Next, origin, ask.Until, ask.Until.Add(-mce.LoginFor), loginsOfClient, loginsOfAll)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	} else if err != nil {
		return err
	}
	e, err := render(u.Language)
	if err != nil {
		return err
	}
	e.Latest = now.Add(mce.LoginFor)
	return queueLetter(ctx, tx, e, person{user: u.ID, cause: id}, domain, now)
}

// Login is a link into the desk that was mailed to a user.
func (s *Store) Login(ctx context.Context, userID, id int64) (mce.Login, error) {
	return login(ctx, s.db, userID, id, "")
}

func login(ctx context.Context, q sqlx.QueryerContext, userID, id int64, lock string) (mce.Login, error) {
	const read = `
		select l.browser, l.next, l.until, l.used_at, u.id as user_id, coalesce(u.email, '') as email, u.name, u.role, u.language
		from logins l join users u on u.id = l.user_id where l.id = $1 and l.user_id = $2`
	var row struct {
		Browser []byte
		Next    string
		Until   time.Time
		UsedAt  *time.Time `db:"used_at"`
		UserID  int64      `db:"user_id"`
		userRow
	}
	err := sqlx.GetContext(ctx, q, &row, read+lock, id, userID)
	if errors.Is(err, sql.ErrNoRows) { // the user was removed or given other rights, or it was long ago
		return mce.Login{}, mce.NotFoundf("this link does not work any more")
	}
	u := row.user()
	u.ID = row.UserID
	return mce.Login{ID: id, User: u, LoginAsk: mce.LoginAsk{Browser: row.Browser, Next: row.Next, Until: row.Until.UTC()}, Used: orZero(row.UsedAt)}, err
}

// LogIn begins a session with a link, once, in the browser that asked for it; wall is the time by which links and sessions are measured, now that
// of the audit log. With a fault nothing has changed. A session that this browser had ends: its cookie is worth nothing from then on.
func (s *Store) LogIn(
	ctx context.Context, userID, loginID int64, browser []byte, begin mce.NewSession, wall, now time.Time,
) (l mce.Login, fault mce.LoginFault, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if l, err = login(ctx, tx, userID, loginID, " for update"); err != nil {
			return err
		}
		if fault = l.Fault(browser, wall); fault != mce.LoginGood {
			return nil
		}
		if _, err := tx.ExecContext(ctx, `update logins set used_at = $2 where id = $1`, loginID, wall); err != nil {
			return err
		}
		begin.Shown = wall
		return beginSession(ctx, tx, userID, begin, "", wall, now)
	})
	return l, fault, err
}

// LogInAs begins a session for the user of an address, who has shown elsewhere that it is theirs: at via. The error is of code NotFound when no user has it.
func (s *Store) LogInAs(ctx context.Context, email, via string, begin mce.NewSession, wall, now time.Time) (u mce.User, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if u, err = user(ctx, tx, ` where lower(u.email) = lower($1) for update`, email); err != nil {
			return err
		}
		return beginSession(ctx, tx, u.ID, begin, "at "+via, wall, now)
	})
	return u, err
}

func beginSession(ctx context.Context, tx *sqlx.Tx, userID int64, begin mce.NewSession, detail string, wall, now time.Time) error {
	const add = `insert into desk_sessions (user_id, hash, client, origin, logged_in, seen) values ($1, $2, $3, $4, $5, $6)`
	if _, err := tx.ExecContext(ctx, `delete from desk_sessions where hash = $1`, begin.Replaces); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, add, userID, begin.Hash, begin.Client, begin.Origin, begin.Shown, wall); err != nil {
		return err
	}
	return addAudit(ctx, tx, mce.Audit{
		At: now, By: mce.Actor{UserID: userID, Origin: begin.Origin}, Action: mce.LoggedIn, Object: mce.OnUser, ObjectID: userID, Detail: detail,
	})
}
