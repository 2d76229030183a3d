package mailer_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// TestAConnectionIsReplacedAfterSoManyLetters, also where there is no seat for a second one beside it.
func TestAConnectionIsReplacedAfterSoManyLetters(t *testing.T) {
	t.Parallel()
	for _, more := range []string{"letters=3", "letters=1", "letters=3&sessions=2", "letters=3&per_minute=100000"} {
		t.Run(more, func(t *testing.T) {
			t.Parallel()
			eachWay(t, func(t *testing.T, hello string) {
				const readers = 50
				s := newScene(t)
				s.relay.hello = hello
				s.withLimits(more, "")
				s.newsletter(readers)
				d := s.daemon(2, nil)
				s.await(d, readers)
				d.stop()
				s.onceEach(readers)
				over := map[int]int{}
				for _, l := range s.relay.all {
					over[l.Conn]++
				}
				for conn, letters := range over {
					if letters > 3 || letters > 1 && more == "letters=1" {
						t.Errorf("connection %d carried %d letters", conn, letters)
					}
				}
				if strings.Contains(more, "sessions") && s.relay.most > 1 { // the other one is for single letters
					t.Errorf("up to %d connections at once", s.relay.most)
				}
				if !s.delivered(readers) {
					t.Errorf("attempts were spent: %v", s.outcomes(""))
				}
			})
		})
	}
}

// TestDaemonsShareTheSeatsOfARelay: no more connections than it allows, and a confirmation goes while a newsletter occupies the others.
func TestDaemonsShareTheSeatsOfARelay(t *testing.T) {
	t.Parallel()
	const readers = 600 // two runs
	s := newScene(t)
	s.withLimits("sessions=2", "")
	s.newsletter(readers)
	middle, confirmed := make(chan struct{}), make(chan struct{})
	var once sync.Once
	s.relay.onTake = func(l taken) {
		if l.To == "anna@example.net" {
			close(confirmed)
		} else {
			once.Do(func() {
				close(middle)
				<-confirmed // the newsletter's connection is occupied until then
			})
		}
	}
	all, _ := s.daemons(2, 4)
	<-middle
	s.register("anna@example.net")
	for _, d := range all {
		d.Wake()
	}
	s.awaits("the confirmation", func() bool { return s.outcomes(mce.Confirmation)[mce.Delivered] == 1 })
	s.awaits("all letters", func() bool { return s.delivered(readers + 1) })
	s.awaits("the seats of those who have nothing to do are free", func() bool { return s.count(`select count(*) from seats`) == 0 })
	for _, d := range all {
		d.stop()
	}
	s.onceEach(readers + 1)
	if s.relay.most > 2 {
		t.Errorf("up to %d connections at once", s.relay.most)
	}
}

// TestTheSeatsOfADeadDaemonAreFree when its leases have run out, and not before.
func TestTheSeatsOfADeadDaemonAreFree(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.withLimits("sessions=2", "")
	limit := mce.Limit{Sessions: 2}
	for i := range 2 {
		_, err := s.store.Admit(t.Context(), []mce.Demand{{
			Name: s.relay.relayName(), Limit: limit, Lease: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), Urgent: true,
		}}, s.clock.Now())
		s.check(err)
	}
	s.register("anna@example.net")
	d := s.daemon(2, nil)
	<-d.outbox.refused
	if n := len(s.relay.letters()) + s.relay.conns; n != 0 {
		t.Errorf("%d connections and letters without a seat", n)
	}
	s.exec(`update seats set leased_until = now() - interval '1 second'`)
	s.await(d, 1)
	s.onceEach(1)
	if !s.delivered(1) {
		t.Errorf("an attempt was spent: %v", s.outcomes(""))
	}
}
