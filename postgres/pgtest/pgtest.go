// Package pgtest gives each test a PostgreSQL database of its own: on the server of DATABASE_URL, else on a private one that the
// test binary starts from the machine's binaries and takes away at its end.
package pgtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/postgres/cluster"
)

// serverVar hands the server's address from Main to New; templateVar the name of a migrated database, to be copied; privateVar is
// set where the server is the test binary's own.
const (
	serverVar   = "MCE_TEST_SERVER"
	templateVar = "MCE_TEST_TEMPLATE"
	privateVar  = "MCE_TEST_PRIVATE"
)

// Main runs a package's tests with a server. TestMain calls it: os.Exit(pgtest.Main(m)).
func Main(m *testing.M) int {
	stop, err := start()
	if err != nil {
		if errors.Is(err, cluster.ErrNoBinaries) && os.Getenv("CI") != "true" {
			fmt.Fprintln(os.Stderr, "skipped, PostgreSQL is missing:", err)
			return 0
		}
		fmt.Fprintln(os.Stderr, "the tests need PostgreSQL:", err)
		return 1
	}
	defer stop()
	return m.Run()
}

func start() (stop func(), err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	stop = func() {}
	server := os.Getenv("DATABASE_URL")
	if server == "" {
		if server, stop, err = private(ctx); err != nil {
			return nil, err
		}
		os.Setenv(privateVar, "yes")
	}
	os.Unsetenv("DATABASE_URL") // what a test starts must use the test's database, never this one
	os.Setenv(serverVar, server)
	name, err := create(ctx, server, "")
	if err != nil {
		stop()
		return nil, err
	}
	os.Setenv(templateVar, name)
	store, err := postgres.Open(ctx, at(server, name))
	if err == nil {
		_, err = store.Migrate(ctx)
		err = errors.Join(err, store.Close())
	}
	end := stop
	drop := func() {
		dropDatabase(server, name)
		end()
	}
	if err != nil {
		drop()
		return nil, err
	}
	return drop, nil
}

func private(ctx context.Context) (address string, stop func(), err error) {
	dir, err := os.MkdirTemp("/tmp", "mce-pgtest-")
	if err != nil {
		return "", nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", nil, err
	}
	c, err := cluster.Open(ctx, cluster.Options{Dir: dir, BinDir: os.Getenv("POSTGRES_BIN"), Log: slog.New(slog.DiscardHandler), Settings: map[string]string{
		"fsync": "off", "full_page_writes": "off", // nothing here is to outlive the machine; a commit is one all the same
	}})
	if err != nil {
		os.RemoveAll(dir)
		return "", nil, err
	}
	return c.URL("postgres"), func() {
		c.Close(context.Background())
		os.RemoveAll(dir)
	}, nil
}

// URL is the address of a new database with the schema, which ends with the test, or with the private server.
func URL(t testing.TB) string {
	t.Helper()
	return newDatabase(t, os.Getenv(templateVar))
}

// EmptyURL is the address of a new database without the schema.
func EmptyURL(t testing.TB) string {
	t.Helper()
	return newDatabase(t, "")
}

func newDatabase(t testing.TB, template string) string {
	t.Helper()
	server := os.Getenv(serverVar)
	if server == "" {
		t.Fatal("this package's TestMain must call pgtest.Main")
	}
	name, err := create(t.Context(), server, template)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv(privateVar) == "" { // a private server's go with it: dropped one by one, their files make the next one's slow
		t.Cleanup(func() { dropDatabase(server, name) })
	}
	return at(server, name)
}

// New is a store on a database of URL.
func New(t testing.TB) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// DB is a plain connection to the same server for what a test wants to see for itself.
func DB(t testing.TB, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func create(ctx context.Context, server, template string) (string, error) {
	name := "mce_test_" + strings.ToLower(rand.Text()[:12])
	statement := "create database " + name
	if template != "" {
		statement += " template " + template
	}
	return name, execute(ctx, server, statement)
}

func dropDatabase(server, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := execute(ctx, server, "drop database if exists "+name+" with (force)"); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
	}
}

func execute(ctx context.Context, server, statement string) error {
	db, err := sql.Open("postgres", server)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

func at(server, database string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + database
	return u.String()
}
