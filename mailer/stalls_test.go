package mailer_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mailer"
)

// Where a relay may let a domain's letters wait.
const (
	atRcpt = "RCPT"
	atDot  = "the dot"
)

// stalls is what a relay does with letters to some domains, and how many connections have some in hand.
type stalls struct {
	mu     sync.Mutex
	at     map[string]string        // domain → where its letters wait
	until  map[string]chan struct{} // and until when
	inHand map[string]int
	most   map[string]int
	come   chan string // a letter waits for its domain
}

func newStalls() *stalls {
	return &stalls{at: map[string]string{}, until: map[string]chan struct{}{}, inHand: map[string]int{}, most: map[string]int{}, come: make(chan string, 10000)}
}

// hold lets letters to a domain wait from now on; release ends that.
func (s *stalls) hold(domain, at string) (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	end := make(chan struct{})
	s.at[domain], s.until[domain] = at, end
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.at, domain)
		close(end)
	})
}

func domainOf(address string) string { return address[strings.IndexByte(address, '@')+1:] }

// take notes for whom the connection has a letter in hand now; "": for nobody.
func (d *dialogue) take(to string) {
	s := d.stalls
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.inHand != "" {
		s.inHand[domainOf(d.inHand)]--
	}
	if d.inHand = to; to != "" {
		domain := domainOf(to)
		s.inHand[domain]++
		s.most[domain] = max(s.most[domain], s.inHand[domain])
	}
}

// idle reports whether no connection has a letter in hand.
func (s *stalls) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.inHand {
		if n > 0 {
			return false
		}
	}
	return true
}

func (s *stalls) wait(to, at string) {
	s.mu.Lock()
	domain := domainOf(to)
	end := s.until[domain]
	here := s.at[domain] == at
	s.mu.Unlock()
	if here {
		s.come <- to
		<-end
	}
}

// pipelining is a greeting that offers it.
const pipelining = "250-relay.example\r\n250 PIPELINING"

// eachWay runs a test step by step and pipelined.
func eachWay(t *testing.T, f func(t *testing.T, hello string)) {
	t.Helper()
	for name, hello := range map[string]string{"step by step": "250 relay.example", "pipelined": pipelining} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, hello)
		})
	}
}

// mailReply is what the relay says to MAIL.
func (f *relay) mailReply() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.atMail != "" {
		return f.atMail
	}
	return "250 2.0.0 ok"
}

// with is the relay's address as the mailer knows it, with more behind the question mark.
func (f *relay) with(t *testing.T, more string) mailer.Relay {
	t.Helper()
	r, err := mailer.ParseRelay("smtp://" + f.Addr().String() + "?tls=none&helo=mailer.example&" + more)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// awaits polls until a condition holds.
func (s *scene) awaits(what string, holds func() bool) {
	s.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); !holds(); {
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatalf("%s: not in %s; %v", what, patience, s.outcomes(""))
		}
	}
}

// passTime moves the clock on, step by step, and wakes the daemons, until a condition holds.
func (s *scene) passTime(step time.Duration, what string, holds func() bool, daemons ...*daemon) {
	s.t.Helper()
	late := time.After(patience)
	for !holds() {
		s.clock.advance(step)
		for _, d := range daemons {
			for len(d.outbox.idle) > 0 {
				<-d.outbox.idle
			}
			d.Wake()
			select {
			case <-d.outbox.idle: // it has looked
			case <-late:
				s.t.Fatalf("%s: not in %s; %v", what, patience, s.outcomes(""))
			}
		}
	}
}

// delivered reports whether n letters are, each after one attempt.
func (s *scene) delivered(n int) bool {
	return s.count(`select count(*) from letters where outcome = 'delivered' and attempts = 1`) == n
}
