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

// stmt is the prepared form of a query whose text is a constant. Each connection prepares it for itself, and closing the database ends it.
func (s *Store) stmt(ctx context.Context, query string) (*sqlx.Stmt, error) {
	s.prepared.mu.Lock()
	defer s.prepared.mu.Unlock()
	if st := s.prepared.all[query]; st != nil {
		return st, nil
	}
	st, err := s.db.PreparexContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if s.prepared.all == nil {
		s.prepared.all = map[string]*sqlx.Stmt{}
	}
	s.prepared.all[query] = st
	return st, nil
}
