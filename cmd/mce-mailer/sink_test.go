package main

import (
	"bytes"
	"io"
	"net"
	"net/mail"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// sink is a mail server that counts: it notes each mail before it answers 250.
type sink struct {
	addr string

	mu    sync.Mutex
	mails map[string]int // recipient → how often
	ids   map[string]int // Message-ID → how often
	total int
}

func newSink(t *testing.T) *sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{addr: l.Addr().String(), mails: map[string]int{}, ids: map[string]int{}}
	server := smtp.NewServer(s)
	server.Domain = "sink.example"
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return s
}

// NewSession is go-smtp's.
func (s *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return &sinkSession{sink: s}, nil }

type sinkSession struct {
	sink *sink
	to   string
}

func (s *sinkSession) Mail(string, *smtp.MailOptions) error      { return nil }
func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = to; return nil }
func (s *sinkSession) Reset()                                    {}
func (s *sinkSession) Logout() error                             { return nil }

func (s *sinkSession) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	msg, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		return err
	}
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.mails[s.to]++
	s.sink.ids[msg.Header.Get("Message-ID")]++
	s.sink.total++
	return nil
}

// count is how many mails came, to how many recipients, under how many Message-IDs.
func (s *sink) count() (total, recipients, ids int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total, len(s.mails), len(s.ids)
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
