package mailer

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func (*fakeOutbox) ReleaseExpress(context.Context, string) error { return nil }

// TestAnAnswerAtTheMomentOfRelief: session and watch count the same letters, whichever of them is first.
func TestAnAnswerAtTheMomentOfRelief(t *testing.T) {
	m := New(Options{Outbox: &fakeOutbox{}, Relays: []Relay{{Host: "relay.example", Port: 25}}, Clock: mce.SystemClock{}, Log: silent, Sessions: 1})
	ended, cancel := context.WithCancel(t.Context())
	cancel() // the sessions that take over find that it is time to go
	for range 3000 {
		s := m.session(false, nil, t.Context())
		p := &portion{window: make(chan struct{}, Window)}
		m.sessions[s] = struct{}{}
		s.vigil.begin(mce.Letter{To: "anna@example.org"}, p, time.Hour)
		m.made = time.Now().Add(-2 * time.Hour)
		var both sync.WaitGroup
		both.Go(func() { m.relieve(ended) })
		both.Go(func() {
			for !s.vigil.over() {
				runtime.Gosched()
			}
			if s.vigil.end() {
				t.Error("the session was relieved, and goes on with the portion too")
			}
			m.recovered(s, p)
		})
		both.Wait()
		m.working.Wait()
		delete(m.sessions, s)
		if n := m.domains.waiting.Load() + p.waiting.Load(); n != 0 || len(m.domains.slow) != 0 {
			t.Fatalf("%d letters wait", n)
		}
	}
}

// TestWhoIsHeldBack: letters to a domain that does not answer, once enough of them wait, for the sake of others.
func TestWhoIsHeldBack(t *testing.T) {
	slow, fine := mce.Letter{To: "anna@slow.example"}, mce.Letter{To: "anna@fine.example"}
	p, other, singles := &portion{run: &mce.Run{}}, &portion{run: &mce.Run{}}, &portion{}
	d := newDomains(map[string]mce.Limit{"one.example": {Sessions: 1}}, 1, mce.SystemClock{})
	want := func(when string, l mce.Letter, p *portion, held bool) {
		t.Helper()
		if d.held(l, p) != held {
			t.Errorf("%s: %t", when, !held)
		}
	}
	d.stalls("slow.example", p)
	want("one waits", slow, singles, false)
	d.stalls("slow.example", other)
	want("two wait, single letters", slow, singles, true)
	want("two wait, a newsletter with nobody else", slow, p, false)
	p.letters = []mce.Letter{slow, fine}
	want("two wait, a newsletter with somebody else", slow, p, true)
	want("another domain", fine, p, false)
	if got := d.avoid(); len(got) != 1 || got[0] != "slow.example" {
		t.Errorf("avoid: %v", got)
	}
	p.letters = nil
	d.answered(slow)
	want("one of its own was answered", slow, p, false)
	d.answered(fine)
	want("another domain was answered", slow, p, true)
	d.recovers("slow.example", other)
	want("one is left, of the same run", slow, p, true)
	want("one is left, of another", slow, other, false)
	d.stalls("b.example", p)
	d.stalls("c.example", p)
	want("the last place of the window", slow, p, true)
	want("the last place of another's", slow, other, false)
	want("the last place is for any other", fine, p, false)
	d.stalls("one.example", p)
	want("the seat is for one letter at a time", mce.Letter{To: "anna@one.example"}, p, true)
	want("another portion has its own", mce.Letter{To: "anna@one.example"}, other, false)
	if !p.stuck() || other.stuck() {
		t.Error("a window full of letters that wait")
	}
}
