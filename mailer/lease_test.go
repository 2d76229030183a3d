package mailer

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// fakeOutbox is a database of which only what a test sets works.
type fakeOutbox struct {
	Outbox
	mu      sync.Mutex
	renew   func([]string) ([]string, error)
	settle  func([]mce.Try) error
	edition func(int64) (mce.Edition, error)
}

func (f *fakeOutbox) Renew(_ context.Context, leases []string) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.renew(leases)
}

// set changes what a test's functions look at.
func (f *fakeOutbox) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fakeOutbox) Settle(_ context.Context, tries []mce.Try, _ time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.settle(tries)
}
func (f *fakeOutbox) Edition(_ context.Context, id int64) (mce.Edition, error) { return f.edition(id) }

var silent = slog.New(slog.DiscardHandler)

// TestLeases: one is good for as long as it is renewed, and never for longer than the database has it.
func TestLeases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lost []string
		down := false
		o := &fakeOutbox{renew: func(all []string) ([]string, error) {
			if down {
				return nil, errors.New("the database is away")
			}
			return slices.DeleteFunc(slices.Clone(all), func(l string) bool { return slices.Contains(lost, l) }), nil
		}}
		k := newLeases(o, silent)
		go k.run(t.Context())
		defer k.close()
		k.hold("a", time.Now())
		k.hold("b", time.Now())
		k.hold("slow answer", time.Now().Add(-mce.LeaseTime))
		want := func(when string, a, b bool) {
			t.Helper()
			if k.good("a") != a || k.good("b") != b {
				t.Errorf("%s: %t, %t", when, k.good("a"), k.good("b"))
			}
		}
		if k.good("slow answer") || k.good("never held") {
			t.Error("a lease is good that is over")
		}
		want("at first", true, true)
		pass := func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
		}
		pass(30 * renewEvery)
		want("renewed", true, true)
		o.set(func() { lost = []string{"b"} })
		pass(renewEvery)
		want("b is somebody else's", true, false)
		o.set(func() { down = true })
		pass(mce.LeaseTime - margin - 1)
		want("the database is away", true, false)
		pass(renewEvery)
		want("for longer", false, false)
		o.set(func() { down = false })
		k.drop("a")
		pass(renewEvery)
		want("given back", false, false)
	})
}

// TestOutcomesAreNotLost: a commit that fails is tried again, and outcomes that gather meanwhile go together.
func TestOutcomesAreNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		faults := 5
		var batches [][]mce.Try
		o := &fakeOutbox{settle: func(tries []mce.Try) error {
			if faults--; faults >= 0 {
				return errors.New("the database is away")
			}
			batches = append(batches, tries)
			return nil
		}}
		s := newSettler(o, mce.SystemClock{}, silent, 1, new(atomic.Int32))
		window := make(chan struct{}, most)
		var ended sync.WaitGroup
		ended.Go(func() { s.run(t.Context()) })
		for id := range int64(100) {
			window <- struct{}{}
			s.put(mce.Try{Letter: mce.Letter{ID: id}}, window)
			synctest.Wait()
		}
		s.close()
		ended.Wait()
		if len(window) != 0 {
			t.Errorf("%d places of the window are not free", len(window))
		}
		if len(batches) != 2 || len(batches[0]) != Window/2 || len(batches[1]) != 100-Window/2 {
			t.Errorf("%d commits", len(batches))
		}
	})
}

// TestAHardStopGivesUpOutcomes: they are in doubt then, which the leases tell.
func TestAHardStopGivesUpOutcomes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSettler(&fakeOutbox{settle: func([]mce.Try) error { return errors.New("away") }}, mce.SystemClock{}, silent, 1, new(atomic.Int32))
		ctx, kill := context.WithCancel(t.Context())
		var ended sync.WaitGroup
		ended.Go(func() { s.run(ctx) })
		window := make(chan struct{}, 1)
		window <- struct{}{}
		s.put(mce.Try{}, window)
		time.Sleep(time.Hour)
		kill()
		s.close()
		ended.Wait()
	})
}

func TestEditionsArePreparedOnce(t *testing.T) {
	e, err := samples(t)[0].render("en")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	broken := false
	o := &fakeOutbox{edition: func(int64) (mce.Edition, error) {
		asked++
		if broken {
			return mce.Edition{}, errors.New("the database is away")
		}
		return e, nil
	}}
	p := newPress(o, fixtureSender(), func(mce.Lang, string) string { return "Hello," }, true)
	for range 3 {
		for id := range int64(kept) {
			if _, err := p.edition(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
	}
	if asked != kept {
		t.Errorf("asked %d times for %d editions", asked, kept)
	}
	if _, err := p.edition(t.Context(), kept); err != nil || len(p.stamps) != kept || len(p.order) != kept {
		t.Errorf("%d are kept in memory, %v", len(p.stamps), err)
	}
	broken = true
	if _, err := p.edition(t.Context(), -1); mce.ErrorCode(err) != mce.Internal {
		t.Errorf("an error that may pass: %v", err)
	}
	broken, e.Text, e.HTML = false, "nothing personal", "nothing personal"
	if _, err := p.edition(t.Context(), -2); mce.ErrorCode(err) != mce.Invalid {
		t.Errorf("an edition that cannot be made: %v", err)
	}
}
