package mailer

import (
	"context"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// admits is an outbox whose limits answer as a test says.
type admits struct {
	fakeOutbox
	answer func(mce.Demand) mce.Grant
	asked  []mce.Demand
}

func (a *admits) Admit(_ context.Context, demands []mce.Demand, _ time.Time) ([]mce.Grant, error) {
	a.asked = append(a.asked, demands...)
	return []mce.Grant{a.answer(demands[0])}, nil
}

// TestNewslettersLeaveTheSeatOfSingleLetters: a session that helped out with a confirmation asks again before it goes on with a newsletter,
// and gives the seat up when it was the one that is kept; single letters have it still.
func TestNewslettersLeaveTheSeatOfSingleLetters(t *testing.T) {
	o := &admits{answer: func(d mce.Demand) mce.Grant { return mce.Grant{Seated: d.Urgent} }}
	relay := Relay{Host: "relay.example", Port: 25, Letters: 10, Limit: mce.Limit{Sessions: 2}}
	m := New(Options{Outbox: o, Relays: []Relay{relay}, Clock: mce.SystemClock{}, Log: silent})
	s, r := m.session(false, nil, t.Context()), m.routes[0]
	has, ok, err := s.admitted(r, hold{}, true)
	if !ok || err != nil || has.seat == "" {
		t.Fatalf("a confirmation: %+v, %v", has, err)
	}
	if again, ok, _ := s.admitted(r, has, true); !ok || again != has || len(o.asked) != 1 {
		t.Errorf("the next one: %+v, asked %d times", again, len(o.asked))
	}
	if kept, ok, _ := s.admitted(r, has, false); ok || kept.seat != "" || len(o.asked) != 2 || o.asked[1].Lease != has.seat || o.asked[1].Urgent {
		t.Errorf("a newsletter: %t, %+v, asked for %+v", ok, kept, o.asked)
	}
	if s.rests(r, false) == 0 || s.rests(r, true) != 0 {
		t.Error("where newsletters find no seat, single letters are kept off too")
	}
}

// TestASeatWhoseLeaseIsLostIsAskedForAgain, for somebody else may have it.
func TestASeatWhoseLeaseIsLostIsAskedForAgain(t *testing.T) {
	o := &admits{answer: func(mce.Demand) mce.Grant { return mce.Grant{Seated: true} }}
	relay := Relay{Host: "relay.example", Port: 25, Letters: 10, Limit: mce.Limit{Sessions: 2}}
	m := New(Options{Outbox: o, Relays: []Relay{relay}, Clock: mce.SystemClock{}, Log: silent})
	s := m.session(false, nil, t.Context())
	has, _, _ := s.admitted(m.routes[0], hold{}, false)
	m.leases.hold(has.seat, time.Now().Add(-mce.LeaseTime))
	if _, ok, _ := s.admitted(m.routes[0], has, false); !ok || len(o.asked) != 2 {
		t.Errorf("asked %d times", len(o.asked))
	}
}
