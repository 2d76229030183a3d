package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

type userRow struct {
	ID       int64
	Email    string
	Name     string
	Role     mce.DeskRole
	Language mce.Lang
}

const selectUsers = `select u.id, coalesce(u.email, '') as email, u.name, u.role, u.language from users u`

func (r userRow) user() mce.User {
	return mce.User{ID: r.ID, Email: r.Email, Name: r.Name, Role: r.Role, Language: r.Language}
}

// Users lists who may come to the desk, in the order of their names.
func (s *Store) Users(ctx context.Context) ([]mce.User, error) {
	var rows []userRow
	err := s.db.SelectContext(ctx, &rows, selectUsers+` where u.email is not null order by lower(u.name), u.id`)
	out := make([]mce.User, len(rows))
	for i, r := range rows {
		out[i] = r.user()
	}
	return out, err
}

// User is one who may come to the desk, by their id.
func (s *Store) User(ctx context.Context, id int64) (mce.User, error) {
	return user(ctx, s.db, ` where u.email is not null and u.id = $1`, id)
}

// UserByEmail is likewise by their address.
func (s *Store) UserByEmail(ctx context.Context, email string) (mce.User, error) {
	return user(ctx, s.db, ` where lower(u.email) = lower($1)`, email)
}

func user(ctx context.Context, q sqlx.QueryerContext, where string, arg any) (mce.User, error) {
	var row userRow
	err := sqlx.GetContext(ctx, q, &row, selectUsers+where, arg)
	if errors.Is(err, sql.ErrNoRows) {
		return mce.User{}, errNoUser()
	}
	return row.user(), err
}

func errNoUser() error { return mce.NotFoundf("there is no such user (any more)") }

// AddUser lets somebody in, and gives them their id. The error is of code Conflict when the address is a user's already.
func (s *Store) AddUser(ctx context.Context, u mce.User, by mce.Actor, reason string, now time.Time) (mce.User, error) {
	const add = `insert into users (email, name, role, language, added_at) values ($1, $2, $3, $4, $5) returning id`
	err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := tx.GetContext(ctx, &u.ID, add, u.Email, u.Name, u.Role, u.Language, now); overtaken(err) {
			return userExists(u.Email)
		} else if err != nil {
			return err
		}
		return addAudit(ctx, tx, mce.Audit{At: now, By: by, Action: mce.AddedUser, Object: mce.OnUser, ObjectID: u.ID, Detail: "role: " + string(u.Role), Reason: reason})
	})
	return u, err
}

func userExists(email string) error {
	return mce.Conflictf("%s is a user already", email)
}

// SaveUser gives a user another address, name, role or language. Whoever gets another address or role is logged out everywhere. The error is of
// code Conflict when no admin would be left, or the address is another user's.
func (s *Store) SaveUser(ctx context.Context, u mce.User, by mce.Actor, reason string, now time.Time) error {
	return s.changeUser(ctx, u.ID, by, reason, now, func(mce.User) mce.User { return u })
}

// SaveLanguage gives a user another language; what else an admin has changed meanwhile stays.
func (s *Store) SaveLanguage(ctx context.Context, id int64, lang mce.Lang, by mce.Actor, now time.Time) error {
	return s.changeUser(ctx, id, by, "", now, func(u mce.User) mce.User {
		u.Language = lang
		return u
	})
}

func (s *Store) changeUser(ctx context.Context, id int64, by mce.Actor, reason string, now time.Time, change func(mce.User) mce.User) error {
	const save = `update users set email = $2, name = $3, role = $4, language = $5 where id = $1`
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		before, err := lockUser(ctx, tx, id)
		if err != nil {
			return err
		}
		u := change(before)
		if u == before {
			return nil
		}
		if _, err := tx.ExecContext(ctx, save, u.ID, u.Email, u.Name, u.Role, u.Language); overtaken(err) {
			return userExists(u.Email)
		} else if err != nil {
			return err
		}
		if before.Email != u.Email || before.Role != u.Role {
			if err := errors.Join(adminLeft(ctx, tx, before), shutOut(ctx, tx, u.ID)); err != nil {
				return err
			}
		}
		return addAudit(ctx, tx, mce.Audit{
			At: now, By: by, Action: mce.ChangedUser, Object: mce.OnUser, ObjectID: u.ID, Detail: u.Difference(before), Reason: reason,
		})
	})
}

// RemoveUser ends a user's way in, at once. Their name stays for the audit log, their address does not. The error is of code Conflict when no
// admin would be left.
func (s *Store) RemoveUser(ctx context.Context, id int64, by mce.Actor, reason string, now time.Time) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		before, err := lockUser(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `update users set email = null, removed_at = $2 where id = $1`, id, now); err != nil {
			return err
		}
		if err := errors.Join(adminLeft(ctx, tx, before), shutOut(ctx, tx, id)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `delete from desk_uploads where user_id = $1`, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `delete from content_drafts where user_id = $1`, id); err != nil {
			return err
		}
		return addAudit(ctx, tx, mce.Audit{At: now, By: by, Action: mce.RemovedUser, Object: mce.OnUser, ObjectID: id, Reason: reason})
	})
}

// lockUser reads a user whom the transaction is going to change, and holds all admins meanwhile: of two who take each other's role away at the
// same moment, the second sees what the first did.
func lockUser(ctx context.Context, tx *sqlx.Tx, id int64) (mce.User, error) {
	const hold = ` where u.email is not null and (u.role = 'admin' or u.id = $1) order by u.id for update`
	var rows []userRow
	if err := tx.SelectContext(ctx, &rows, selectUsers+hold, id); err != nil {
		return mce.User{}, err
	}
	for _, r := range rows {
		if r.ID == id {
			return r.user(), nil
		}
	}
	return mce.User{}, errNoUser()
}

// adminLeft refuses to take the role from the last who can manage users, who was before.
func adminLeft(ctx context.Context, tx *sqlx.Tx, before mce.User) error {
	if before.Role != mce.Admin {
		return nil
	}
	var left bool
	err := tx.GetContext(ctx, &left, `select exists (select from users where role = 'admin' and email is not null)`)
	if err == nil && !left {
		err = mce.Conflictf("this is the last admin; give another user that role first")
	}
	return err
}

// shutOut ends a user's sessions and links.
func shutOut(ctx context.Context, tx *sqlx.Tx, userID int64) error {
	for _, table := range []string{"desk_sessions", "logins"} {
		if _, err := tx.ExecContext(ctx, `delete from `+table+` where user_id = $1`, userID); err != nil {
			return fmt.Errorf("shut out: %w", err)
		}
	}
	return nil
}
