package cluster

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// probe looks once whether the server is ready, by a real connection, and if so sets our address. pid is the process
// it must be, 0 for any: a fresh server must not be confused with what a crash left in postmaster.pid. An error other
// than errNotYet does not pass by waiting.
func (c *Cluster) probe(ctx context.Context, pid int) error {
	p, err := readPostmaster(c.folder.data())
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errNotYet, err)
	case pid != 0 && p.pid != pid:
		return fmt.Errorf("%w: process %d has yet to write its postmaster.pid", errNotYet, pid)
	case !p.ready:
		return fmt.Errorf("%w: it starts, recovers or stops", errNotYet)
	}
	password, err := os.ReadFile(c.folder.password())
	if err != nil {
		return fmt.Errorf("the password of PostgreSQL: %w", err)
	}
	address := &url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, string(password)),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)),
		RawQuery: "sslmode=disable",
	}
	if err := ensureDatabase(ctx, address.JoinPath("postgres").String()); err != nil {
		return err
	}
	c.address.Store(address)
	return nil
}

// ensureDatabase connects to a maintenance database and creates ours if it is absent. The start lock, which the
// caller holds, keeps two processes from doing so at once.
func ensureDatabase(ctx context.Context, address string) error {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return err
	}
	defer db.Close()
	var exists bool
	err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, superuser).Scan(&exists)
	if isTransient(err) {
		return fmt.Errorf("%w: %w", errNotYet, err)
	}
	if err != nil || exists {
		return err
	}
	if _, err = db.ExecContext(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(superuser)); err != nil {
		return fmt.Errorf("create the database %s: %w", superuser, err)
	}
	return nil
}

// isTransient tells the errors of a server that is not there, starts, stops or is full from one that refuses us.
func isTransient(err error) bool {
	var answer *pq.Error
	if err == nil || !errors.As(err, &answer) {
		return err != nil
	}
	switch answer.Code.Class() {
	case pqerror.ClassConnectionException, pqerror.ClassInsufficientResources, pqerror.ClassOperatorIntervention:
		return true
	}
	return false
}
