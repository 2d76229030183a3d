package mailer_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// faulty is an outbox whose editions cannot all be read.
type faulty struct {
	*watched
	fault func(e mce.Edition) error
}

func (f *faulty) Edition(ctx context.Context, id int64) (mce.Edition, error) {
	e, err := f.watched.Edition(ctx, id)
	if err == nil {
		err = f.fault(e)
	}
	return e, err
}

// TestPoisonIsSetAside: a letter that cannot be made is tried three times; nobody waits for it.
func TestPoisonIsSetAside(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.subscribe("english@example.org", "italian@example.org")
	s.send()
	_, err := s.db.Exec(`update editions set html = 'nothing personal', plain = 'nothing personal' where lang = 'it' and not archive`)
	s.check(err)
	d := s.daemon(1, nil)
	s.await(d, 2)
	for i := range 2 {
		if got := s.outcomes(""); got[mce.Delivered] != 1 || got[mce.Deferred] != 1 {
			t.Errorf("after %d tries: %v", i+1, got)
		}
		s.clock.advance(time.Hour)
		d.Wake()
		s.await(d, 1)
	}
	if got := s.outcomes(""); got[mce.Delivered] != 1 || got[mce.Failed] != 1 {
		t.Errorf("outcomes: %v", got)
	}
	s.onceEach(1)
}

// TestADatabaseThatIsAwayIsNoPoison: the letter stays as it was, and goes when the edition can be read.
func TestADatabaseThatIsAwayIsNoPoison(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.register("anna@example.org")
	var tries atomic.Int32
	f := &faulty{watched: s.watch(), fault: func(mce.Edition) error {
		if tries.Add(1) == 1 {
			return mce.Unavailablef(context.DeadlineExceeded, "the database does not answer")
		}
		return nil
	}}
	d := s.daemonOn(1, f, f.watched)
	s.awaitLog("outbox")
	if n := s.count(`select count(*) from letters where outcome = 'waiting' and attempts = 0`); n != 1 {
		t.Errorf("outcomes: %v", s.outcomes(""))
	}
	d.Wake()
	s.await(d, 1)
	if n := tries.Load(); n != 2 {
		t.Errorf("the edition was asked for %d times: a failing database is not to be pressed", n)
	}
	if n := s.count(`select count(*) from letters where outcome = 'delivered' and attempts = 1`); n != 1 {
		t.Errorf("outcomes: %v", s.outcomes(""))
	}
	s.onceEach(1)
}
