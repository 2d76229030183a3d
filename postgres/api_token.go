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

type apiTokenRow struct {
	ID        int64
	Name      string
	Scopes    pq.StringArray
	CreatedAt time.Time  `db:"created_at"`
	ExpiresAt *time.Time `db:"expires_at"`
	RevokedAt *time.Time `db:"revoked_at"`
	UsedOn    *time.Time `db:"used_on"`
}

const selectAPITokens = `select id, name, scopes, created_at, expires_at, revoked_at, used_on from api_tokens` //nolint:gosec // columns, no secret

func (r apiTokenRow) token() mce.APIToken {
	return mce.APIToken{
		ID: r.ID, Name: r.Name, Scopes: typed[mce.Scope](r.Scopes), Created: r.CreatedAt.UTC(), Expires: orZero(r.ExpiresAt),
		Revoked: orZero(r.RevokedAt), Used: orZero(r.UsedOn),
	}
}

// AddAPIToken keeps a token under the hash of its secret. The error is of code Conflict when there is one of that name that was not revoked.
func (s *Store) AddAPIToken(ctx context.Context, t mce.APIToken, hash []byte) error {
	const add = `
		insert into api_tokens (name, hash, scopes, created_at, expires_at) values ($1, $2, $3, $4, $5)
		on conflict (name) where revoked_at is null do nothing`
	res, err := s.db.ExecContext(ctx, add, t.Name, hash, pq.Array(strs(t.Scopes)), t.Created, orNull(t.Expires))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, mce.Conflictf("there is a token %q already; revoke that first, or choose another name", t.Name))
	}
	return nil
}

// APITokens lists all tokens, those that were revoked too, the oldest first.
func (s *Store) APITokens(ctx context.Context) ([]mce.APIToken, error) {
	var rows []apiTokenRow
	err := s.db.SelectContext(ctx, &rows, selectAPITokens+` order by id`)
	out := make([]mce.APIToken, len(rows))
	for i, r := range rows {
		out[i] = r.token()
	}
	return out, err
}

// RevokeAPIToken ends a token at once: the next request is refused. The error is of code NotFound when none of that name is in force.
func (s *Store) RevokeAPIToken(ctx context.Context, name string, now time.Time) error {
	res, err := s.db.ExecContext(ctx, `update api_tokens set revoked_at = $2 where name = $1 and revoked_at is null`, name, now)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, mce.NotFoundf("there is no token %q in force", name))
	}
	return nil
}

// APITokenByHash is the token of a secret, and notes that it was used on the day (UTC) of now: at most one row is written a day. The error is
// of code NotFound for a secret of nobody; whether the token still opens anything is for the caller to see.
func (s *Store) APITokenByHash(ctx context.Context, hash []byte, now time.Time) (mce.APIToken, error) {
	var row apiTokenRow
	err := sqlx.GetContext(ctx, s.db, &row, selectAPITokens+` where hash = $1`, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return mce.APIToken{}, mce.NotFoundf("there is no such token")
	}
	if err != nil {
		return mce.APIToken{}, err
	}
	t, today := row.token(), now.UTC().Truncate(24*time.Hour)
	if t.Good(now) && t.Used.Before(today) {
		t.Used = today
		_, err = s.db.ExecContext(ctx, `update api_tokens set used_on = $2 where id = $1 and used_on is distinct from $2`, t.ID, today)
	}
	return t, err
}
