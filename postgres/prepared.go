package postgres

import (
	"context"
	"sync"

	"github.com/jmoiron/sqlx"
)

// prepared keeps the statements of the delivery, which run thousands of times a minute: parsing and planning them anew would cost
// PostgreSQL more than running them. They are prepared at their first use, because at Open the schema may still be missing.
type prepared struct {
	mu  sync.Mutex
	all map[string]*sqlx.Stmt
}

// execPrepared runs a statement whose text is a constant, and gives the number of rows that it changed.
func (s *Store) execPrepared(ctx context.Context, query string, args ...any) (int64, error) {
	st, err := s.stmt(ctx, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// selectPrepared reads all rows of a query whose text is a constant.
func (s *Store) selectPrepared(ctx context.Context, rows any, query string, args ...any) error {
	st, err := s.stmt(ctx, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return err
	}
	return st.SelectContext(ctx, rows, args...)
}

// stmt is the prepared form of a query. Each connection prepares it for itself, and closing the database ends it. It takes a connection at
// its first use, so whoever is in a transaction asks before: else all connections might be held by those who wait for one.
func (s *Store) stmt(ctx context.Context, query string) (*sqlx.Stmt, error) {
	s.prepared.mu.Lock()
	defer s.prepared.mu.Unlock()
	if st := s.prepared.all[query]; st != nil {
		return st, nil
	}
	st, err := s.db.PreparexContext(ctx, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	if s.prepared.all == nil {
		s.prepared.all = map[string]*sqlx.Stmt{}
	}
	s.prepared.all[query] = st
	return st, nil
}
