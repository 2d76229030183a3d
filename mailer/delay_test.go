package mailer_test

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// slowLink stands between the mailer and its relay. Every byte takes delay each way, in order, however many are on their way: a long
// line, not a thin one.
type slowLink struct {
	net.Listener
	target string
	delay  time.Duration
	turns  atomic.Int64 // how often it was the mailer's turn to speak after the relay had spoken: round trips
}

func newSlowLink(t testing.TB, target string, delay time.Duration) *slowLink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &slowLink{Listener: l, target: target, delay: delay}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { s.join(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		all.Wait() // the mailer has hung up by now: its end was registered later
	})
	return s
}

// join carries both directions of a connection until either side hangs up.
func (s *slowLink) join(near net.Conn) {
	far, err := net.Dial("tcp", s.target)
	if err != nil {
		near.Close()
		return
	}
	var relaySpoke atomic.Bool
	var both sync.WaitGroup
	both.Go(func() {
		s.carry(far, near, func() {
			if relaySpoke.Swap(false) {
				s.turns.Add(1)
			}
		})
	})
	both.Go(func() { s.carry(near, far, func() { relaySpoke.Store(true) }) })
	both.Wait()
}

// parcel is a piece of the stream and the moment at which it arrives.
type parcel struct {
	content []byte
	due     time.Time
}

// carry takes what from says to to. The connection ends when its last parcel has arrived.
func (s *slowLink) carry(to, from net.Conn, heard func()) {
	defer to.Close()
	road := newRoad()
	go func() {
		defer road.close()
		for {
			p := parcel{content: make([]byte, 32<<10)}
			n, err := from.Read(p.content)
			if n > 0 {
				heard()
				p.content, p.due = p.content[:n], time.Now().Add(s.delay)
				road.put(p)
			}
			if err != nil {
				return
			}
		}
	}()
	for p, ok := road.next(); ok; p, ok = road.next() {
		time.Sleep(time.Until(p.due)) // the delay itself
		if _, err := to.Write(p.content); err != nil {
			from.Close()
			return
		}
	}
}

// road is a queue without an end: a channel's would make the line thin.
type road struct {
	mu      sync.Mutex
	news    *sync.Cond
	parcels []parcel
	closed  bool
}

func newRoad() *road {
	r := &road{}
	r.news = sync.NewCond(&r.mu)
	return r
}

func (r *road) put(p parcel) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parcels = append(r.parcels, p)
	r.news.Signal()
}

func (r *road) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.news.Signal()
}

func (r *road) next() (p parcel, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.parcels) == 0 && !r.closed {
		r.news.Wait()
	}
	if len(r.parcels) == 0 {
		return p, false
	}
	p, r.parcels = r.parcels[0], r.parcels[1:]
	return p, true
}

// behind puts a slow link before the scene's relay.
func (s *scene) behind(delay time.Duration) *slowLink {
	s.t.Helper()
	link := newSlowLink(s.t, s.relay.Addr().String(), delay)
	s.relay.front = link.Addr().String()
	return link
}

// way is how letters are handed over: what the relay offers, and the round trips that a letter then takes.
type way struct {
	name, hello string
	roundTrips  int
}

func ways() []way {
	return []way{{"pipelined", "250-relay.example\r\n250 PIPELINING", 1}, {"step-by-step", "250 relay.example", 4}}
}

// TestRoundTripsALetter: with pipelining the mailer waits for the relay once a letter. Half a turn is left for the connection's own words.
func TestRoundTripsALetter(t *testing.T) {
	const readers = 60
	for _, w := range ways() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.relay.hello = w.hello
			link := s.behind(5 * time.Millisecond)
			s.newsletter(readers)
			d := s.daemon(1, nil)
			s.await(d, readers)
			d.stop()
			s.onceEach(readers)
			turns := float64(link.turns.Load()) / readers
			t.Logf("%.2f round trips a letter", turns)
			if least := float64(w.roundTrips); turns < least || turns > least+0.5 {
				t.Errorf("%.2f round trips a letter, want %d", turns, w.roundTrips)
			}
		})
	}
}

// BenchmarkDelayedLink sends over a link with a round trip of 20 ms. The runs are cut short, so that all sessions have the same to do.
func BenchmarkDelayedLink(b *testing.B) {
	const sessions, share = 8, 100
	const readers = sessions * share
	for _, w := range ways() {
		b.Run(w.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s := newScene(b)
				s.relay.hello = w.hello
				s.behind(10 * time.Millisecond)
				s.newsletter(readers)
				s.cutRuns(share)
				b.StartTimer()
				s.await(s.daemon(sessions, nil), readers)
			}
			b.ReportMetric(float64(readers*b.N)/b.Elapsed().Seconds(), "letters/s")
		})
	}
}

// cutRuns makes runs of n letters of each.
func (s *scene) cutRuns(n int) {
	s.t.Helper()
	_, err := s.db.Exec(`
		with whole as (delete from runs returning *)
		insert into runs (issue_id, born, first_id, last_id)
		select issue_id, born, at, least(at + $1 - 1, last_id) from whole, generate_series(first_id, last_id, $1) at`, n)
	s.check(err)
}
