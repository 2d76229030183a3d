package mailer_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// grudging is an outbox that takes leases back only at the third try, as a database that restarts would.
type grudging struct {
	*watched
	tries atomic.Int32
	taken chan struct{}
}

func (g *grudging) take(back func() error) error {
	if g.tries.Add(1)%3 != 0 {
		return errors.New("the database is away")
	}
	err := back()
	g.taken <- struct{}{}
	return err
}

func (g *grudging) ReturnRun(ctx context.Context, run mce.Run) error {
	return g.take(func() error { return g.Store.ReturnRun(ctx, run) })
}

func (g *grudging) ReleaseExpress(ctx context.Context, lease string) error {
	return g.take(func() error { return g.Store.ReleaseExpress(ctx, lease) })
}

// TestALeaseIsGivenBackInTheEnd: the daemon knows that nothing is in doubt, so nothing must look so because the database was away when it
// said it.
func TestALeaseIsGivenBackInTheEnd(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.newsletter(10)
	s.register("anna@example.org")
	g := &grudging{watched: s.watch(), taken: make(chan struct{}, 100)}
	d := s.daemonOn(1, g, g.watched)
	s.await(d, 11)
	for range 2 {
		select {
		case <-g.taken:
		case <-time.After(patience):
			t.Fatal("a lease is not given back")
		}
	}
	d.stop()
	if n := s.count(`select (select count(*) from runs) + (select count(*) from express)`); n != 0 {
		t.Errorf("%d portions are left", n)
	}
}
