package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// EachSuppression gives those in whose address, reason or source search stands (all for ""), by address, one by one. An error of see ends it.
func (s *Store) EachSuppression(ctx context.Context, search string, see func(mce.Suppression) error) (err error) {
	const list = `
		select email, reason, source, at from suppressions
		where $1 = '' or lower(email || E'\n' || reason || E'\n' || source) like lower($1)
		order by email`
	rows, err := s.db.QueryxContext(ctx, list, containing(search))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var x mce.Suppression
		if err := rows.StructScan(&x); err != nil {
			return err
		}
		x.At = x.At.UTC()
		if err := see(x); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Suppressions is EachSuppression as a list.
func (s *Store) Suppressions(ctx context.Context, search string) (out []mce.Suppression, err error) {
	err = s.EachSuppression(ctx, search, func(x mce.Suppression) error {
		out = append(out, x)
		return nil
	})
	return out, err
}

// AddSuppression lets nothing more go to an address; letters in the outbox are left out when their turn comes. added is false when it was
// suppressed already, and the older reason stays.
func (s *Store) AddSuppression(ctx context.Context, x mce.Suppression) (added bool, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		n, err := execCount(ctx, tx, `
			insert into suppressions (email, reason, source, at) values (lower($1), $2, $3, $4) on conflict do nothing`, x.Email, x.Reason, x.Source, x.At)
		if added = n == 1; err != nil || !added {
			return err
		}
		return auditPerson(ctx, tx, mce.SuppressedPerson, x.Email)
	})
	return added && err == nil, err
}

// RemoveSuppression lets an address be written to again; an error of code NotFound says that it could be anyway.
func (s *Store) RemoveSuppression(ctx context.Context, email string) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		n, err := execCount(ctx, tx, `delete from suppressions where email = lower($1)`, email)
		if err == nil && n == 0 {
			err = mce.NotFoundf("%s is not suppressed", email)
		}
		if err != nil {
			return err
		}
		return auditPerson(ctx, tx, mce.LiftedSuppression, email)
	})
}
