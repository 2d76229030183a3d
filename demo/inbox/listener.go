package inbox

import (
	"net"
	"sync"
	"time"
)

// listener remembers its open connections so that drain can end them. smtp.Server offers only two ways to
// stop: waiting until every client hangs up, which one with a kept-open connection does not, or cutting
// each connection, even one that is about to read its 250.
type listener struct {
	net.Listener
	mu       sync.Mutex
	open     map[net.Conn]struct{}
	draining bool
}

func newListener(l net.Listener) *listener {
	return &listener{Listener: l, open: make(map[net.Conn]struct{})}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[c] = struct{}{}
	if l.draining {
		expire(c)
	}
	return &conn{Conn: c, listener: l}, nil
}

// drain closes the listener and lets every read on its connections time out, now and later. Writes are
// not touched: an answer that is due still goes out.
func (l *listener) drain() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.draining = true
	_ = l.Close() // a second close is the only error there is
	for c := range l.open {
		expire(c)
	}
}

func expire(c net.Conn) {
	_ = c.SetReadDeadline(time.Unix(1, 0)) // fails on a closed connection, which is as good
}

type conn struct {
	net.Conn
	listener *listener
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.listener.mu.Lock()
	delete(c.listener.open, c.Conn)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
