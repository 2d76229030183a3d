package main

import (
	"bufio"
	"bytes"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// leanSink takes mail as fast as it can and throws it away. It reads nothing of a letter but its recipient, and notes when those whose
// address begins with "delegate" were taken.
type leanSink struct {
	addr     string
	begun    chan struct{}   // closed at the first letter to somebody else
	accepted chan acceptance // letters to delegates

	mu    sync.Mutex
	bulk  int       // letters to others
	first time.Time // when the first of those was taken
	last  time.Time
}

type acceptance struct {
	to string
	at time.Time
}

func newLeanSink(t testing.TB) *leanSink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &leanSink{addr: l.Addr().String(), begun: make(chan struct{}), accepted: make(chan acceptance, 10_000)}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	t.Cleanup(func() { l.Close() })
	return s
}

func (s *leanSink) serve(c net.Conn) {
	defer c.Close()
	r, w := bufio.NewReaderSize(c, 64<<10), bufio.NewWriter(c)
	w.WriteString("220 sink.example ESMTP\r\n")
	to, content := "", false
	for {
		if r.Buffered() == 0 && w.Flush() != nil { // replies to what came together go together
			return
		}
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		switch {
		case content && !bytes.Equal(line, []byte(".\r\n")):
		case content:
			content = false
			s.note(to)
			w.WriteString("250 2.0.0 taken\r\n")
		case bytes.HasPrefix(line, []byte("EHLO")):
			w.WriteString("250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
		case bytes.HasPrefix(line, []byte("RCPT TO:<")):
			to, _, _ = strings.Cut(string(line[len("RCPT TO:<"):]), ">")
			w.WriteString("250 2.1.5 ok\r\n")
		case bytes.HasPrefix(line, []byte("DATA")):
			content = true
			w.WriteString("354 go on\r\n")
		case bytes.HasPrefix(line, []byte("QUIT")):
			w.WriteString("221 2.0.0 bye\r\n")
			w.Flush()
			return
		default:
			w.WriteString("250 2.0.0 ok\r\n")
		}
	}
}

// note is called before the 250 is written.
func (s *leanSink) note(to string) {
	now := time.Now()
	if strings.HasPrefix(to, "delegate") {
		s.accepted <- acceptance{to, now}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bulk++; s.bulk == 1 {
		s.first = now
		close(s.begun)
	}
	s.last = now
}

// taken is how many letters of the newsletter have come, and when the first and the last so far.
func (s *leanSink) taken() (n int, first, last time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bulk, s.first, s.last
}
