package mailer

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// A letter stalls, and another session goes on with what comes behind it, when its answer takes stallTimes as long as answers usually do;
// within these bounds, because a relay that looks into each letter for seconds is not to be given a connection for each.
const (
	stallTimes = 10
	stallLeast = 250 * time.Millisecond
	stallMost  = 10 * time.Second
	watchEvery = stallLeast / 10
)

// usual is how long an answer takes of late: a moving average. It may lose an update among several at once.
type usual struct{ nanos atomic.Int64 }

func (u *usual) took(d time.Duration) {
	before := u.nanos.Load()
	u.nanos.Store(before + (int64(min(d, stallMost))-before)/16)
}

func (u *usual) stall() time.Duration {
	return min(max(stallTimes*time.Duration(u.nanos.Load()), stallLeast), stallMost)
}

// vigil is what the watch may know of a session: the letter that it waits for, and since when. The letter is written before the vigil
// begins and stays while it lasts.
type vigil struct {
	since   atomic.Int64 // nanoseconds after the mailer was made, on the monotonic clock; 0: it does not wait; relieved: another session has gone on
	letter  mce.Letter
	portion *portion
}

const relieved = -1

// over: another session has gone on with the portion, for good.
func (v *vigil) over() bool { return v.since.Load() == relieved }

// begin: the letter is handed to the server now. Who was relieved once has no portion any more, and is not watched again.
func (v *vigil) begin(l mce.Letter, p *portion, since time.Duration) {
	if !v.over() {
		v.letter, v.portion = l, p
		v.since.Store(int64(since))
	}
}

// end: there is an answer. false: it took so long that another session has gone on with the portion.
func (v *vigil) end() bool {
	since := v.since.Load()
	return since != relieved && v.since.CompareAndSwap(since, 0)
}

// watch relieves sessions that wait for too long: a server that does not answer for one domain shall not hold up the letters to others.
// The session keeps waiting, with the letter in hand and its place in the window; a new one goes on with the portion on another
// connection.
func (m *Mailer) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			m.relieve(ctx)
			m.leavers.forget(time.Now().Add(-leftTime))
		}
	}
}

func (m *Mailer) relieve(ctx context.Context) {
	m.mu.Lock()
	defer m.mu.Unlock()
	limit := m.usual.stall()
	for s := range m.sessions {
		since := s.vigil.since.Load()
		if since <= 0 || time.Since(m.made)-time.Duration(since) < limit || int(m.domains.waiting.Load()) >= s.mayWait() {
			continue
		}
		if s.vigil.since.CompareAndSwap(since, relieved) {
			m.domains.stalls(s.vigil.letter.Domain(), s.vigil.portion)
			m.start(ctx, m.session(s.express, s.wake, s.hard), s.vigil.portion)
		}
	}
}

// recovered: the letter that a relieved session was left with waits no more. It may come so soon that relieve is not done yet.
func (m *Mailer) recovered(s *session, p *portion) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.domains.recovers(s.vigil.letter.Domain(), p)
}

// mayWait is how many letters may wait already when the session is relieved. Something is kept for the one of single letters.
func (s *session) mayWait() int {
	if s.express {
		return 3*s.m.Sessions + 2
	}
	return 2*s.m.Sessions + 1
}

// start lets a session work, beginning with a portion if there is one. m.mu is held.
func (m *Mailer) start(ctx context.Context, s *session, p *portion) {
	m.sessions[s] = struct{}{}
	m.working.Go(func() {
		s.run(ctx, p)
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.sessions, s)
	})
}
