package mailer_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
)

// slow is the domain that does not answer.
const slow = "slow.example"

// hanging is a scene with a newsletter and confirmations, of which the first are for a domain that does not answer.
func hanging(t *testing.T, hello, at string, readers int) (s *scene, release func()) {
	t.Helper()
	s = newScene(t)
	s.relay.hello = hello
	release = s.relay.stalls.hold(slow, at)
	var addresses []string
	for i := range readers {
		domain := "example.org"
		if i < readers/3 || i%10 == 0 {
			domain = slow
		}
		addresses = append(addresses, fmt.Sprintf("reader%05d@%s", i, domain))
	}
	s.subscribe(addresses...)
	s.send()
	s.register("a@"+slow, "b@"+slow, "c@"+slow, "d@example.org", "e@example.net")
	t.Cleanup(release)
	return s, release
}

// others counts the letters for the domains that do answer: all, and those that arrived.
func (s *scene) others() (all, arrived int) {
	s.t.Helper()
	all = s.count(`select count(*) from letters l left join subscribers p on p.id = l.subscriber_id left join registrations r on r.id = l.registration_id
		where coalesce(p.email, r.email) not like '%@` + slow + `'`)
	for to := range s.relay.letters() {
		if domainOf(to) != slow {
			arrived++
		}
	}
	return all, arrived
}

// TestNobodyWaitsForADomainThatDoesNotAnswer: not those behind it in the same newsletter, nor confirmations.
func TestNobodyWaitsForADomainThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for _, at := range []string{atRcpt, atDot} {
		for _, sessions := range []int{1, 2, 8} {
			t.Run(fmt.Sprint(at, " ", sessions), func(t *testing.T) {
				t.Parallel()
				eachWay(t, func(t *testing.T, hello string) { nobodyWaits(t, hello, at, sessions) })
			})
		}
	}
}

func nobodyWaits(t *testing.T, hello, at string, sessions int) {
	t.Helper()
	const readers = 120
	s, release := hanging(t, hello, at, readers)
	d := s.daemon(sessions, nil)
	s.awaits("the letters to other domains", func() bool {
		all, arrived := s.others()
		return arrived == all
	})
	if n := s.count(`select count(*) from letters where outcome = 'delivered'`); n > readers {
		t.Errorf("%d letters were delivered, while a domain hangs", n)
	}
	if n := s.count(`select count(*) from runs where lease is not null`); n != 1 {
		t.Errorf("%d runs are leased: one has a letter that waits", n)
	}
	if n := s.count(`select count(*) from letters where outcome not in ('delivered', 'waiting') and (outcome <> 'deferred' or attempts > 0)`); n != 0 {
		t.Errorf("%d letters were judged without an answer: %v", n, s.outcomes(""))
	}
	for len(d.outbox.settled) > 0 {
		if try := <-d.outbox.settled; try.Untried && try.Letter.Domain() != slow {
			t.Errorf("a letter to %s was set aside: %s", try.Letter.To, try.Detail)
		}
	}
	release()
	s.passTime(30*time.Second, "all letters", func() bool { return s.delivered(readers + 5) }, d)
	d.stop()
	s.onceEach(readers + 5)
	if n := s.count(`select count(*) from runs`) + s.count(`select count(*) from express`); n != 0 {
		t.Errorf("%d rows are left of what was to do", n)
	}
}

// TestAHardStopWhileADomainHangs: what was begun is in doubt, at most a window for each session, and nothing goes twice.
func TestAHardStopWhileADomainHangs(t *testing.T) {
	t.Parallel()
	for _, at := range []string{atRcpt, atDot} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			const readers, sessions = 120, 2
			s, release := hanging(t, pipelining, at, readers)
			d := s.daemon(sessions, nil)
			s.awaits("the letters to other domains", func() bool {
				all, arrived := s.others()
				return arrived == all
			})
			d.stop() // 20 s: the letters that wait are on their way
			release()
			s.awaits("the relay's end of the connections that were cut", s.relay.stalls.idle)
			for _, table := range []string{"runs", "express"} {
				s.exec(`update ` + table + ` set leased_until = now() - interval '1 second' where lease is not null`)
			}
			s.exec(`delete from seats`)
			second := s.daemon(sessions, nil)
			s.passTime(30*time.Second, "all other letters", func() bool {
				return s.count(`select count(*) from letters where outcome in ('waiting', 'deferred')`) == 0
			}, second)
			second.stop()
			doubt := s.outcomes("")[mce.Uncertain]
			if doubt == 0 || doubt > sessions*mailer.Window {
				t.Errorf("%d letters are in doubt", doubt)
			}
			for to, times := range s.relay.letters() {
				if times > 1 && !s.confirmed(to) {
					t.Errorf("%s was sent the newsletter %d times", to, times)
				}
			}
		})
	}
}

// confirmed reports whether the address is a delegate's: in doubt, a confirmation goes again.
func (s *scene) confirmed(to string) bool {
	s.t.Helper()
	return s.count(`select count(*) from registrations where email = $1`, to) == 1
}

func (s *scene) exec(statement string) {
	s.t.Helper()
	_, err := s.db.Exec(statement)
	s.check(err)
}

// TestAConfirmationDoesNotWaitForOthers: those to a domain that does not answer fill the session that is kept for them.
func TestAConfirmationDoesNotWaitForOthers(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	release := s.relay.stalls.hold(slow, atRcpt)
	t.Cleanup(release)
	d := s.daemon(1, nil)
	var people []string
	for i := range 20 {
		people = append(people, fmt.Sprintf("delegate%d@%s", i, slow))
	}
	s.register(people...)
	d.Wake()
	<-s.relay.stalls.come
	s.register("anna@example.org")
	d.Wake()
	s.passTime(0, "the confirmation", func() bool { return s.relay.letters()["anna@example.org"] == 1 }, d)
	release()
	s.passTime(30*time.Second, "all", func() bool { return s.delivered(21) }, d)
	s.onceEach(21)
}
