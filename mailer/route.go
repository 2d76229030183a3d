package mailer

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
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

// closedFor is how long the relay takes no letters; when only its limit is reached it goes on taking single ones.
func (r *route) closedFor(single bool, now time.Time) time.Duration {
	pause := r.gate.closedFor()
	if single {
		return pause
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(pause, r.rest.Sub(now))
}

// name is under what the limits of the relay are shared.
func (r *route) name() string { return "relay " + net.JoinHostPort(r.Host, strconv.Itoa(r.Port)) }

// closedFor is how long no relay takes letters.
func (m *Mailer) closedFor(single bool) time.Duration {
	now := m.Clock.Now()
	pause := m.routes[0].closedFor(single, now)
	for _, r := range m.routes[1:] {
		pause = min(pause, r.closedFor(single, now))
	}
	return pause
}

// fullTime is how long a session waits that found no seat at any relay.
const fullTime = 5 * time.Second

// connect makes sure of a connection to the first relay in order that takes letters, and of room for one on it. false: there is none.
// The error, if there is one, is the outbox's.
func (s *session) connect(single bool) (bool, error) {
	for _, r := range s.m.routes {
		if r.closedFor(single, s.m.Clock.Now()) > 0 || !r.gate.enter() {
			continue
		}
		if s.conn == nil || s.conn.route != r || s.conn.spent() {
			if ok, err := s.dial(r, single); err != nil {
				return false, err
			} else if !ok {
				continue
			}
		}
		if ok, err := s.room(single); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// dial replaces the connection, if the relay has a seat for another one and answers.
func (s *session) dial(r *route, single bool) (bool, error) {
	seat := ""
	if r.Limit.Sessions > 0 {
		seat = newLease()
		queried := time.Now()
		grants, err := s.m.Outbox.Admit(s.hard, []mce.Demand{{Name: r.name(), Limit: r.Limit, Lease: seat, Urgent: single}}, s.m.Clock.Now())
		if err != nil {
			return false, err
		}
		if !grants[0].Seated {
			s.notBefore = time.Now().Add(fullTime)
			return false, nil
		}
		s.m.leases.hold(seat, queried)
	}
	c, err := r.dial(s.hard)
	if err != nil {
		r.gate.close(err)
		s.m.leaveSeat(s.hard, seat)
		return false, nil
	}
	s.hangUp()
	c.route, c.seat = r, seat
	s.conn = c
	return true, nil
}

// room sees to it that the relay's limit allows a letter. Newsletters ask for a second's worth at once, single letters for themselves.
func (s *session) room(single bool) (bool, error) {
	c := s.conn
	r := c.route
	if !r.Limit.Counts() || c.granted > 0 {
		return true, nil
	}
	d := mce.Demand{Name: r.name(), Limit: r.Limit, Letters: 1, Urgent: single}
	if !single {
		d.Letters = min(max(1, r.Limit.PerMinute/60), page)
	}
	grants, err := s.m.Outbox.Admit(s.hard, []mce.Demand{d}, s.m.Clock.Now())
	if err != nil {
		return false, err
	}
	if c.granted = grants[0].Letters; c.granted > 0 {
		return true, nil
	}
	if again := grants[0].Again; r.restUntil(again) && again.Sub(s.m.Clock.Now()) > time.Minute {
		s.m.Log.Info("the limit of the mail relay is reached", "relay", r.Relay, "newsletters go on", again)
	}
	return false, nil
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
