package mailer_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
)

func TestANewsletterGoesToEverybodyOnce(t *testing.T) {
	t.Parallel()
	const readers, sessions = 2000, 8
	s := newScene(t)
	issue := s.newsletter(readers)
	d := s.daemon(sessions, nil)
	s.await(d, readers)
	d.stop()
	s.onceEach(readers)
	ids := map[string]bool{}
	for _, l := range s.relay.all {
		ids[l.MessageID] = true
	}
	if len(ids) != readers {
		t.Errorf("%d Message-IDs", len(ids))
	}
	if got := s.outcomes(""); got[mce.Delivered] != readers {
		t.Errorf("outcomes: %v", got)
	}
	if s.relay.conns > sessions+1 {
		t.Errorf("%d connections for %d sessions: they are not kept open", s.relay.conns, sessions)
	}
	if n := s.relay.said("RSET") + s.relay.said("NOOP"); n > 0 {
		t.Errorf("%d idle words to the relay", n)
	}
	i, err := s.store.Issue(t.Context(), issue)
	if err != nil || i.State != mce.Sent {
		t.Errorf("the issue is %s, %v", i.State, err)
	}
	if n := s.count(`select (select count(*) from runs) + (select count(*) from express)`); n != 0 {
		t.Errorf("%d rows are left of what was to do", n)
	}
}

// TestStoppedInTheMiddle: the order to stop leaves nothing in doubt, and whoever comes next goes on from there.
func TestStoppedInTheMiddle(t *testing.T) {
	t.Parallel()
	const readers = 700
	s := newScene(t)
	issue := s.newsletter(readers)
	var some atomic.Int32
	enough := make(chan struct{})
	s.relay.onTake = func(taken) {
		if some.Add(1) == readers/3 {
			close(enough)
		}
	}
	first := s.daemon(3, nil)
	<-enough
	first.stop()
	sent := len(s.relay.letters())
	if sent == readers {
		t.Fatal("it did not stop in the middle")
	}
	s.onceEach(sent)
	if got := s.outcomes(""); got[mce.Delivered] != sent || got[mce.Waiting] != readers-sent {
		t.Errorf("%d letters were taken; outcomes: %v", sent, got)
	}
	if n := s.count(`select count(*) from runs where lease is not null`); n != 0 {
		t.Errorf("%d runs are still leased", n)
	}
	second := s.daemon(3, nil)
	s.await(second, readers-sent)
	second.stop()
	s.onceEach(readers)
	if i, err := s.store.Issue(t.Context(), issue); err != nil || i.State != mce.Sent {
		t.Errorf("the issue is %s, %v", i.State, err)
	}
}

func TestTwoMailersShareTheWork(t *testing.T) {
	t.Parallel()
	const readers, delegates = 1000, 20
	s := newScene(t)
	s.newsletter(readers)
	var people []string
	for i := range delegates {
		people = append(people, fmt.Sprintf("delegate%d@example.org", i))
	}
	s.register(people...)
	both := s.watch()
	one, other := s.daemon(2, both), s.daemon(2, both)
	s.await(one, readers+delegates)
	one.stop()
	other.stop()
	s.onceEach(readers + delegates)
	if got := s.outcomes(""); got[mce.Delivered] != readers+delegates {
		t.Errorf("outcomes: %v", got)
	}
}

// TestTheWindowIsNeverExceeded: what a crash could leave in doubt is at most Window letters a session, also while commits are slow.
func TestTheWindowIsNeverExceeded(t *testing.T) {
	t.Parallel()
	const readers, sessions = 1000, 2 // a run for each
	s := newScene(t)
	s.newsletter(readers)
	var mu sync.Mutex
	open, conn := map[int]int{}, map[string]int{}
	var worst, total int
	full := make(chan struct{})
	s.relay.onTake = func(l taken) {
		mu.Lock()
		defer mu.Unlock()
		conn[l.To] = l.Conn
		open[l.Conn]++
		worst = max(worst, open[l.Conn])
		if total++; total == sessions*mailer.Window {
			close(full)
		}
	}
	w := s.watch()
	// The first commit waits until every session has filled its window; were there no window, the sessions would run away meanwhile.
	w.beforeSettle = func([]mce.Try) { <-full }
	w.afterSettle = func(tries []mce.Try) {
		mu.Lock()
		defer mu.Unlock()
		for _, try := range tries {
			open[conn[try.Letter.To]]--
		}
	}
	d := s.daemon(sessions, w)
	s.await(d, readers)
	if worst != mailer.Window {
		t.Errorf("up to %d letters of a session were not committed, want %d", worst, mailer.Window)
	}
}

func TestWhoLeftIsLeftOut(t *testing.T) {
	t.Parallel()
	const readers = 100
	s := newScene(t)
	s.newsletter(readers)
	leave := func(i int) {
		p, err := s.store.SubscriberByEmail(t.Context(), fmt.Sprintf("reader%05d@example.org", i))
		if err == nil {
			_, err = s.store.Leave(t.Context(), p.ID, "test", "", mailer.FixtureNow)
		}
		if err != nil {
			t.Error(err)
		}
	}
	// Nine left between the fan-out and the start. The others leave when the first letter has gone: every page but the first knows.
	const before = 9
	for i := range before {
		leave(i)
	}
	var once sync.Once
	s.relay.onTake = func(taken) {
		once.Do(func() {
			for i := before; i < readers; i++ {
				leave(i)
			}
		})
	}
	d := s.daemon(1, nil)
	s.passTime(time.Minute, "all letters", func() bool { // on a slow machine some are set aside meanwhile
		return s.count(`select count(*) from letters where outcome in ('delivered', 'left_out')`) == readers
	}, d)
	sent := s.relay.letters()
	if len(sent) == 0 || len(sent) > 100 {
		t.Errorf("%d were written to, more than a page", len(sent))
	}
	for i := range before {
		if sent[fmt.Sprintf("reader%05d@example.org", i)] > 0 {
			t.Errorf("number %d was written to", i)
		}
	}
	if n := s.count(`select count(*) from letters where outcome = 'left_out' and detail = 'unsubscribed' and attempts = 0`); n != readers-len(sent) {
		t.Errorf("left out: %d of %d", n, readers-len(sent))
	}
}
