package main

import (
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// sink is a mail server that counts: it notes each mail before it answers 250. A script makes it misbehave.
type sink struct {
	t       *testing.T
	addr    string
	script  script
	closing chan struct{} // closed at the end of the test: nobody holds on any longer
	all     sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener // nil while the server is off
	open     map[net.Conn]bool
	mails    map[string]int // recipient → how often
	ids      map[string]int // Message-ID → how often
	domains  map[string]int // of the recipients → how many mails
	tries    map[string]int // recipient → how often named in RCPT
	total    int
	holding  int // dialogues that a script holds up
	most     int // at once, so far
	mark     int
	marked   chan struct{} // closed once mark mails have come
}

// place is a point of the dialogue at which a script may step in.
type place string

const (
	atMail    place = "MAIL"
	atRcpt    place = "RCPT"
	atData    place = "DATA"
	inContent place = "content" // after the 354
	atDot     place = "dot"     // the whole mail is here
)

// scene is what a script is asked about.
type scene struct {
	at   place
	to   string // the recipient; empty at MAIL
	try  int    // how often the recipient has been named, this time included
	helo string // how the client greeted
}

// deed is what the sink does instead of its usual answer.
type deed struct {
	hold  <-chan struct{} // wait until it is closed
	limit time.Duration   // but no longer than this; 0: however long it takes
	reply string          // a refusal of the final dot: the mail was not taken; 421 closes the connection
	drop  bool            // cut the connection without a word; at the final dot, the mail was taken
}

// script says what to do in a scene; the zero deed is the usual answer. Connections call it in parallel.
type script func(scene) deed

func newSink(t *testing.T, does script) *sink {
	t.Helper()
	s := &sink{
		t: t, addr: "127.0.0.1:0", script: does, closing: make(chan struct{}), open: map[net.Conn]bool{}, mails: map[string]int{},
		ids: map[string]int{}, domains: map[string]int{}, tries: map[string]int{},
	}
	s.on()
	t.Cleanup(func() {
		close(s.closing)
		s.off()
		s.all.Wait()
	})
	return s
}

// on makes the server listen, at the same address each time.
func (s *sink) on() {
	s.t.Helper()
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.set(func() { s.listener, s.addr = l, l.Addr().String() })
	s.all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.all.Go(func() { s.serve(c) })
		}
	})
}

// off cuts every connection and refuses new ones.
func (s *sink) off() {
	s.set(func() {
		if s.listener != nil {
			s.listener.Close()
		}
		s.listener = nil
		for c := range s.open {
			c.Close()
		}
	})
}

func (s *sink) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// admit counts a connection among the open ones, unless the server has been switched off meanwhile.
func (s *sink) admit(c net.Conn) (ok bool) {
	s.set(func() {
		if ok = s.listener != nil; ok {
			s.open[c] = true
		}
	})
	return ok
}

func (s *sink) take(to, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails[to]++
	s.ids[id]++
	s.domains[to[strings.LastIndexByte(to, '@')+1:]]++
	s.total++
	if s.marked != nil && s.total >= s.mark {
		close(s.marked)
		s.marked = nil
	}
}

// arrival is closed as soon as n mails have come.
func (s *sink) arrival(n int) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	marked := make(chan struct{})
	if s.mark, s.marked = n, marked; s.total >= n {
		close(marked)
		s.marked = nil
	}
	return marked
}

// count is how many mails came, to how many recipients, under how many Message-IDs.
func (s *sink) count() (total, recipients, ids int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total, len(s.mails), len(s.ids)
}

func (s *sink) arrived() int {
	total, _, _ := s.count()
	return total
}

// arrivedIn is how many mails came to people of the domains.
func (s *sink) arrivedIn(domains ...string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range domains {
		n += s.domains[d]
	}
	return n
}

func (s *sink) held() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.holding
}

// mostHeld is how many dialogues a script has held up at once.
func (s *sink) mostHeld() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.most
}

// twice lists who got more than one.
func (s *sink) twice() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for to, n := range s.mails {
		if n > 1 {
			out = append(out, to)
		}
	}
	return out
}
