package mailer

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"math"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// route is a relay in use: whether it takes letters at all, and when it may have more newsletters.
type route struct {
	Relay
	gate *gate

	mu   sync.Mutex
	rest time.Time // business time; no newsletter before
}

func newRoutes(relays []Relay, log *slog.Logger) []*route {
	routes := make([]*route, len(relays))
	for i, r := range relays {
		routes[i] = &route{Relay: r, gate: newGate(log.With("relay", r))}
	}
	return routes
}

// restUntil holds newsletters back; true: it was not known already.
func (r *route) restUntil(t time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	news := t.After(r.rest)
	if news {
		r.rest = t
	}
	return news
}

func (r *route) restFor(now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rest.Sub(now)
}

// name is under what the limits of the relay are shared.
func (r *route) name() string { return "relay " + net.JoinHostPort(r.Host, strconv.Itoa(r.Port)) }

// fullTime is how long a session that found no seat at a relay does not ask for one.
const fullTime = 5 * time.Second

// sort is single letters or newsletters, at a relay.
type sort struct {
	route  *route
	single bool
}

// rests is how long the limits of a relay keep letters of a sort from it. What was granted to the session's connection may go.
func (s *session) rests(r *route, single bool) time.Duration {
	if s.conn != nil && s.conn.route == r && s.conn.granted > 0 {
		return 0
	}
	pause := max(0, time.Until(s.full[sort{r, single}]))
	if !single {
		pause = max(pause, r.restFor(s.m.Clock.Now()))
	}
	return pause
}

// closedFor is how long no relay takes letters of a sort from the session.
func (s *session) closedFor(single bool) time.Duration {
	pause := time.Duration(math.MaxInt64)
	for _, r := range s.m.routes {
		pause = min(pause, max(r.gate.closedFor(), s.rests(r, single)))
	}
	return pause
}

// connect makes sure of a connection to the first relay in order that takes letters, and of room for one on it. false: there is none.
// The error, if there is one, is the outbox's.
func (s *session) connect(single bool) (bool, error) {
	for _, r := range s.m.routes {
		if s.rests(r, single) > 0 || !s.enter(r) {
			continue
		}
		if ok, err := s.reach(r, single); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (s *session) enter(r *route) bool {
	switch r.gate.enter(s, len(s.m.routes) > 1) {
	case goIn:
		return true
	case probe:
		s.probing = append(s.probing, r.gate)
		return true
	case knock:
		s.m.working.Go(func() { s.m.knock(s.hard, r) })
	case stayOut:
	}
	return false
}

// leaveGates lets others try the relays about which this session has found nothing out.
func (s *session) leaveGates() {
	for _, g := range s.probing {
		g.leave(s)
	}
	s.probing = s.probing[:0]
}

// knock looks whether a relay answers again, with no letter in hand.
func (m *Mailer) knock(hard context.Context, r *route) {
	s := m.session(false, nil, hard)
	has, ok, err := s.admitted(r, hold{granted: 1}, true)
	if ok && err == nil {
		var c *conn
		if c, err = r.dial(hard); err == nil {
			c.quit()
		}
		m.leaveSeat(hard, has.seat)
		r.gate.knocked(err)
	} else { // a letter will find out
		r.gate.knocked(nil)
	}
	m.Wake()
}

// reach makes sure of a connection to a relay with room for a letter, as far as its limits go.
func (s *session) reach(r *route, single bool) (bool, error) {
	var had hold
	here := s.conn != nil && s.conn.route == r
	if here {
		had = s.conn.hold
	}
	has, ok, err := s.admitted(r, had, single)
	switch {
	case here && has.seat != had.seat: // it has lost its seat
		s.hangUp()
		return false, err
	case here:
		s.conn.hold = has
	case !ok:
		s.m.leaveSeat(s.hard, has.seat)
	}
	if !ok || err != nil || here && !s.conn.spent() {
		return ok, err
	}
	if here { // the seat passes on to the next connection, which must not stand beside this one
		s.conn.quit()
		s.conn = nil
	}
	c, err := r.dial(s.hard)
	if err != nil {
		r.gate.close(err, s)
		s.m.leaveSeat(s.hard, has.seat)
		return false, nil
	}
	s.hangUp()
	c.route, c.hold = r, has
	s.conn = c
	return true, nil
}

// hold is what a connection has of its relay's limits.
type hold struct {
	seat    string // a lease; "" where sessions are not bounded
	urgent  bool   // the seat may be the one that is kept for single letters
	granted int    // letters that may go
}

// admitted asks the limits of a relay for what a connection lacks to take a letter. Newsletters ask for a second's worth at once, single
// letters for themselves. A seat that was refused is not held any more.
func (s *session) admitted(r *route, has hold, single bool) (hold, bool, error) {
	d := mce.Demand{Name: r.name(), Limit: r.Limit, Urgent: single}
	if r.Limit.Sessions > 0 && (has.seat == "" || has.urgent && !single || !s.m.leases.good(has.seat)) {
		d.Lease = cmp.Or(has.seat, newLease())
	}
	if r.Limit.Counts() && has.granted <= 0 {
		d.Letters = 1
		if !single {
			d.Letters = min(max(1, r.Limit.PerMinute/60), page)
		}
	}
	if d.Lease == "" && d.Letters == 0 {
		return has, true, nil
	}
	queried := time.Now()
	grants, err := s.m.Outbox.Admit(s.hard, []mce.Demand{d}, s.m.Clock.Now())
	if err != nil {
		return has, false, err
	}
	if !grants[0].Seated {
		s.full[sort{r, single}] = time.Now().Add(fullTime)
		has.seat = ""
		return has, false, nil
	}
	if d.Lease != "" {
		s.m.leases.hold(d.Lease, queried)
		has.seat, has.urgent = d.Lease, single
	}
	if d.Letters > 0 {
		has.granted = grants[0].Letters
		s.rested(r, grants[0])
	}
	return has, d.Letters == 0 || has.granted > 0, nil
}

// rested notes when the relay's limit allows newsletters again.
func (s *session) rested(r *route, g mce.Grant) {
	if g.Letters == 0 && r.restUntil(g.Again) && g.Again.Sub(s.m.Clock.Now()) > time.Minute {
		s.m.Log.Info("the limit of the mail relay is reached", "relay", r.Relay, "newsletters go on", g.Again)
	}
}

// hangUp ends the connection and gives back its seat.
func (s *session) hangUp() {
	if s.conn != nil {
		s.conn.quit()
		s.m.leaveSeat(s.hard, s.conn.seat)
		s.conn = nil
	}
}

// cut is hangUp for a broken connection: without another byte.
func (s *session) cut() {
	s.conn.abort()
	s.m.leaveSeat(s.hard, s.conn.seat)
	s.conn = nil
}

// leaveSeat gives seats back; "" is none. Where that fails they are free when the lease ends.
func (m *Mailer) leaveSeat(ctx context.Context, lease string) {
	if lease == "" {
		return
	}
	m.leases.drop(lease)
	if err := m.Outbox.LeaveSeats(ctx, lease); err != nil {
		m.Log.Warn("seats cannot be given back; they are free in half a minute", "err", err)
	}
}

// newLease is a random UUID (RFC 9562 §5.4).
func newLease() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
