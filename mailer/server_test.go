package mailer_test

import (
	"io"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"github.com/majorcities/mce-mailer/mailer"
)

// What a fault does, named by the part of the recipient's address before its first hyphen; any other name is taken with 250.
const (
	busyRcpt    = "busy"      // 451 at RCPT
	unknownRcpt = "unknown"   // 550 5.1.1 at RCPT
	policyDot   = "policy"    // 550 5.7.1 after the final dot
	quotesUs    = "quoting"   // the same, with what the letter says of how to leave
	cutAtData   = "cutdata"   // the connection is cut instead of the 354
	cutAfterDot = "cutdot"    // the letter is taken, and the connection cut before the server says so
	hangAtDot   = "hang"      // the same, after a silence that ends when the test says so
	closeData   = "closing"   // 421 at DATA
	closeMail   = "fullhouse" // the next MAIL on this connection is answered with 421
)

// taken is a letter that the server took: noted down before it says 250, as a crash may come between.
type taken struct {
	To, MessageID string
	Conn          int
}

// relay is an SMTP server whose faults a test chooses.
type relay struct {
	net.Listener
	hello string
	front string // where the mailer connects, if not to the server itself
	// lenient: DATA is answered with 354 also where no recipient was taken (RFC 2920 §3.1 allows both).
	lenient bool
	// onTake is called with each letter taken, before the 250.
	onTake func(taken)
	resume chan struct{} // closed: hanging letters' connections are cut

	stalls *stalls

	mu             sync.Mutex
	down           bool   // 421 instead of a greeting
	silent         bool   // no greeting, until the test resumes
	atMail         string // the reply to MAIL; "cut": the connection is cut
	healed         bool   // no faults any more
	conns          int
	open           map[net.Conn]bool
	standing, most int // connections: now, and at the most
	all            []taken
	verbs          map[string]int
	hung           chan struct{}
}

func newRelay(t testing.TB) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &relay{
		Listener: l, hello: "250 relay.example", onTake: func(taken) {}, resume: make(chan struct{}), open: map[net.Conn]bool{},
		verbs: map[string]int{}, hung: make(chan struct{}, 100), stalls: newStalls(),
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { f.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		f.mu.Lock()
		for c := range f.open {
			c.Close()
		}
		f.mu.Unlock()
		all.Wait()
	})
	return f
}

// relay is the server's address as the mailer knows it.
func (f *relay) relay(t testing.TB) mailer.Relay {
	t.Helper()
	address := f.front
	if address == "" {
		address = f.Addr().String()
	}
	r, err := mailer.ParseRelay("smtp://" + address + "?tls=none&helo=mailer.example")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (f *relay) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *relay) said(verb string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.verbs[verb]
}

// letters counts how often each recipient was taken a letter for.
func (f *relay) letters() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[string]int{}
	for _, l := range f.all {
		out[l.To]++
	}
	return out
}

func (f *relay) ids(to string) (out []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.all {
		if l.To == to {
			out = append(out, l.MessageID)
		}
	}
	return out
}

func (f *relay) serve(c net.Conn) {
	f.mu.Lock()
	f.conns++
	d := &dialogue{relay: f, Conn: textproto.NewConn(c), number: f.conns, leave: func() {}}
	f.open[c] = true
	down, silent := f.down, f.silent
	f.mu.Unlock()
	defer func() {
		f.set(func() { delete(f.open, c) })
		d.leave()
		d.take("")
		c.Close()
	}()
	if silent {
		f.hung <- struct{}{}
		<-f.resume
		return
	}
	if down {
		d.PrintfLine("421 4.3.2 not now")
		return
	}
	f.set(func() { f.standing++; f.most = max(f.most, f.standing) })
	d.leave = sync.OnceFunc(func() { f.set(func() { f.standing-- }) })
	d.PrintfLine("220 relay.example")
	for {
		line, err := d.ReadLine()
		if err != nil || !d.answer(line) {
			return
		}
	}
}

// dialogue is one connection.
type dialogue struct {
	*relay
	*textproto.Conn
	number  int
	to      string
	refused bool // the present recipient
	unsent  bool // MAIL was refused
	closing bool
	leave   func() // counts it as gone
	inHand  string // for whom a letter is under way
}

// fault is what the present recipient's name asks for.
func (d *dialogue) fault() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.healed {
		return ""
	}
	name, _, _ := strings.Cut(d.to, "-")
	return name
}

// answer replies to a command; false: the connection is to be cut.
func (d *dialogue) answer(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	d.set(func() { d.verbs[verb]++ })
	reply := "250 2.0.0 ok"
	switch verb {
	case "EHLO":
		reply = d.hello
	case "MAIL":
		if d.closing {
			d.PrintfLine("421 4.3.2 enough for now")
			return false
		}
		if reply = d.mailReply(); reply == "cut" {
			return false
		}
		d.unsent = !strings.HasPrefix(reply, "250")
	case "RCPT":
		if d.refused = d.unsent; d.refused {
			reply = "503 5.5.1 from whom?"
			break
		}
		d.to = rest[strings.IndexByte(rest, '<')+1 : strings.IndexByte(rest, '>')]
		d.take(d.to)
		d.stalls.wait(d.to, atRcpt)
		switch d.fault() {
		case busyRcpt:
			reply, d.refused = "451 4.3.0 try again later", true
		case unknownRcpt:
			reply, d.refused = "550 5.1.1 no such person here", true
		}
	case "DATA":
		if d.fault() == closeData {
			d.PrintfLine("421 4.3.2 closing")
			return false
		}
		if d.fault() == cutAtData {
			return false
		}
		if d.refused && !d.lenient {
			reply = "554 5.5.1 for whom?"
			break
		}
		d.PrintfLine("354 go on")
		if d.refused {
			return d.nothing()
		}
		return d.content()
	case "QUIT":
		d.leave()
		d.PrintfLine("221 2.0.0 bye")
		return false
	}
	return d.PrintfLine("%s", reply) == nil
}

// nothing is what may follow a 354 where no recipient was taken.
func (d *dialogue) nothing() bool {
	if line, err := d.ReadLine(); err != nil || line != "." {
		d.set(func() { d.verbs["content for nobody"]++ })
		return false
	}
	return d.PrintfLine("554 5.5.1 for whom?") == nil
}

func (d *dialogue) content() bool {
	fault := d.fault()
	m, err := mail.ReadMessage(d.DotReader())
	if err != nil {
		return false
	}
	if _, err := io.Copy(io.Discard, m.Body); err != nil {
		return false
	}
	if fault == policyDot {
		return d.PrintfLine("550 5.7.1 not such words") == nil
	}
	if fault == quotesUs {
		return d.PrintfLine("550-5.7.1 not %s,\r\n550 5.7.1 nor %s", m.Header.Get("List-Unsubscribe"), m.Header.Get("Message-ID")) == nil
	}
	d.stalls.wait(d.to, atDot)
	defer d.take("")
	l := taken{d.to, m.Header.Get("Message-ID"), d.number}
	d.set(func() { d.all = append(d.all, l) })
	d.onTake(l)
	switch fault {
	case hangAtDot:
		d.hung <- struct{}{}
		<-d.resume
		return false
	case cutAfterDot:
		return false
	case closeMail:
		d.closing = true
	}
	return d.PrintfLine("250 2.0.0 taken") == nil
}
