// Package postgres keeps everything in PostgreSQL: all SQL of the program stands here, one file per aggregate.
//
// Public methods own their transaction. What is due is decided by the business clock, which callers pass as now;
// leases are decided by the database's clock alone, so that daemons whose clocks differ cannot disagree about them.
package postgres

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/migrations"
)

// Store is the database. It is safe for concurrent use.
type Store struct {
	db       handle
	pool     *sqlx.DB // nil in a rehearsal
	url      string
	prepared prepared
	keys     *mce.Keys // nil: consents are sealed later, and nobody can be erased
}

// handle is what statements run on: the pool of connections, or the one transaction of a rehearsal.
type handle interface {
	sqlx.ExtContext
	GetContext(ctx context.Context, row any, query string, args ...any) error
	SelectContext(ctx context.Context, rows any, query string, args ...any) error
	PreparexContext(ctx context.Context, query string) (*sqlx.Stmt, error)
}

// Open connects, and waits for no more than ctx allows. The schema may still be missing: see Migrate.
func Open(ctx context.Context, address string) (*Store, error) {
	address, err := tuned(address)
	if err != nil {
		return nil, mce.Invalidf("DATABASE_URL is not understood; expected postgres://user:password@host:port/database?sslmode=…")
	}
	db, err := sqlx.Open("postgres", address)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(24)
	db.SetMaxIdleConns(24)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		return nil, mce.Unavailablef(err, "the database cannot be reached; check DATABASE_URL and that PostgreSQL is running")
	}
	return &Store{db: db, pool: db, url: address}, nil
}

// tuned makes every connection speak UTC, so that a time reads the same whatever the server's own zone is, and quickly.
func tuned(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", errors.Join(errors.New("not a postgres URL"), err)
	}
	q := u.Query()
	q.Set("timezone", "UTC")
	q.Set("binary_parameters", "yes") // one round trip a statement instead of two
	q.Set("jit", "off")               // compiling costs more than any statement of ours
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// Close ends all connections.
func (s *Store) Close() error { return s.pool.Close() }

// Migrate brings the schema up to date. Several daemons may do so at once: a session lock lets one go first. It is harmless to repeat.
func (s *Store) Migrate(ctx context.Context) (applied int, err error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // every second, for five minutes
	if err != nil {
		return 0, err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, s.pool.DB, migrations.Files, goose.WithSessionLocker(locker))
	if err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return len(done), fmt.Errorf("migrate: %w", err)
	}
	return len(done), nil
}

// Ready reports whether the database answers and has the schema that this program was built with.
func (s *Store) Ready(ctx context.Context) error {
	p, err := goose.NewProvider(goose.DialectPostgres, s.pool.DB, migrations.Files)
	if err != nil {
		return err
	}
	pending, err := p.HasPending(ctx)
	if err != nil {
		return mce.Unavailablef(err, "the database does not answer")
	}
	if pending {
		return mce.Conflictf("the database has an older schema; run mce-mailer migrate")
	}
	return nil
}

// UseKeys seals the record of consent from now on. The fingerprint of the installation's secret is remembered at the first call, and
// another secret refused later: its links would not open, and ours would not open there.
func (s *Store) UseKeys(ctx context.Context, keys *mce.Keys) error {
	const claim = `insert into installation (fingerprint) values ($1) on conflict do nothing`
	if _, err := s.db.ExecContext(ctx, claim, keys.Fingerprint()); err != nil {
		return err
	}
	var kept []byte
	if err := s.db.GetContext(ctx, &kept, `select fingerprint from installation`); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(kept, keys.Fingerprint()) != 1 {
		return mce.Conflictf("SECRET_KEY is not the one that this database was set up with; links in mails already sent would break. Give every daemon the same SECRET_KEY")
	}
	s.keys = keys
	return nil
}

// Vacuum tidies all tables and counts them anew, as PostgreSQL does by itself some time after many rows were added.
func (s *Store) Vacuum(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `vacuum (analyze)`)
	return err
}

// inTx runs f in a transaction and commits when it returns nil. In a rehearsal it is a part of that one's transaction, which fails alone.
func (s *Store) inTx(ctx context.Context, level sql.IsolationLevel, f func(*sqlx.Tx) error) error {
	if tx, rehearsed := s.db.(*sqlx.Tx); rehearsed {
		return inSavepoint(ctx, tx, f)
	}
	tx, err := s.pool.BeginTxx(ctx, &sql.TxOptions{Isolation: level})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing; after an error that error matters more
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// overtaken reports whether an error means that another daemon did the same at the same moment: a serialization failure, or the
// violation of a unique key.
func overtaken(err error) bool {
	var e *pq.Error
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "23505")
}
