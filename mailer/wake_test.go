package mailer_test

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// TestALetterLeavesAtOnce: the mailer looks into the outbox once an hour, and is told.
func TestALetterLeavesAtOnce(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	d := s.daemon(1, nil)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- s.store.Listen(ctx, slog.New(slog.NewTextHandler(io.Discard, nil)), d.Wake, d.LeaveOut)
	}()
	s.awaitListener()
	<-d.outbox.idle
	s.register("anna@example.org")
	s.await(d, 1)
	s.onceEach(1)

	<-d.outbox.idle
	s.newsletter(1)
	s.await(d, 1)
	s.onceEach(2)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// awaitListener waits until some connection to the database listens.
func (s *scene) awaitListener() {
	s.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for s.count(`select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%'`) == 0 {
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatal("nobody listens")
		}
	}
}

// TestSingleLettersDoNotWaitBehindANewsletter: they have a session of their own.
func TestSingleLettersDoNotWaitBehindANewsletter(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.subscribe("hang-reader@example.org", "next@example.org")
	s.send()
	d := s.daemon(1, nil)
	<-s.relay.hung
	s.register("anna@example.org")
	d.Wake()
	s.awaits("the confirmation, while the newsletter hangs", func() bool { return s.outcomes(mce.Confirmation)[mce.Delivered] == 1 })
	close(s.relay.resume)
	s.awaits("an end of all letters", func() bool { return s.outcomes("")[mce.Waiting] == 0 })
}

// TestAClaimIsNotCutShort: were it, the database could have granted what nobody works on, and its letters would be in doubt.
func TestAClaimIsNotCutShort(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.register("anna@example.org")
	w := s.watch()
	claiming, stopped := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.beforeClaim = func(ctx context.Context) { // both sessions claim
		once.Do(func() { close(claiming) })
		<-stopped
		if ctx.Err() != nil {
			t.Error("the order to stop ended the claim's context")
		}
	}
	d := s.daemon(1, w)
	<-claiming
	d.order()
	close(stopped)
	d.stop()
	if n := s.count(`select count(*) from express where lease is null and not parked`); n+len(s.relay.letters()) != 1 {
		t.Errorf("the letter was neither sent nor given back")
	}
}
