package postgres_test

import (
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

func TestSeveralDaemonsMayMigrateAtOnce(t *testing.T) {
	t.Parallel()
	address := pgtest.EmptyURL(t)
	var all errgroup.Group
	applied := make([]int, 3)
	for i := range applied {
		s := value(postgres.Open(t.Context(), address))(t)
		defer s.Close()
		all.Go(func() (err error) {
			applied[i], err = s.Migrate(t.Context())
			return err
		})
	}
	must(t, all.Wait())
	if sum := applied[0] + applied[1] + applied[2]; sum == 0 || max(applied[0], applied[1], applied[2]) != sum {
		t.Errorf("steps applied: %v", applied)
	}
}

func TestReadyMeansTheSchemaOfThisProgram(t *testing.T) {
	t.Parallel()
	s := value(postgres.Open(t.Context(), pgtest.EmptyURL(t)))(t)
	defer s.Close()
	refused(t, s.Ready(t.Context()), mce.Conflict, "run mce-mailer migrate")
	if n := value(s.Migrate(t.Context()))(t); n == 0 {
		t.Error("nothing was applied")
	}
	must(t, s.Ready(t.Context()))
	if n := value(s.Migrate(t.Context()))(t); n != 0 {
		t.Errorf("%d steps applied twice", n)
	}
	s.Close()
	refused(t, s.Ready(t.Context()), mce.Unavailable, "does not answer")
}

func TestADatabaseKeepsItsSecret(t *testing.T) {
	o := newOffice(t)
	for range 2 {
		must(t, o.UseKeys(t.Context(), testKeys(t)))
	}
	theirs := value(mce.NewKeys([]byte("another secret, of another installation")))(t)
	refused(t, o.UseKeys(t.Context(), theirs), mce.Conflict, "SECRET_KEY")
}

func TestAnAddressOfNoDatabaseIsRefusedClearly(t *testing.T) {
	t.Parallel()
	_, err := postgres.Open(t.Context(), "mysql://localhost/x")
	refused(t, err, mce.Invalid, "DATABASE_URL is not understood")
	_, err = postgres.Open(t.Context(), "postgres://nobody@127.0.0.1:1/x?sslmode=disable")
	refused(t, err, mce.Unavailable, "cannot be reached")
}
