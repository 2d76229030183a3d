package mailer_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// forEachNumber runs a test with one daemon and with two.
func forEachNumber(t *testing.T, f func(t *testing.T, daemons int)) {
	t.Helper()
	for n := 1; n <= 2; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			f(t, n)
		})
	}
}

// TestARelayGetsNoMoreThanItsLimit in any minute of the business clock, however many daemons there are; confirmations go and are counted.
func TestARelayGetsNoMoreThanItsLimit(t *testing.T) {
	t.Parallel()
	forEachNumber(t, func(t *testing.T, daemons int) {
		const readers, limit = 200, 120
		s := newScene(t)
		s.relay.hello = pipelining
		s.withLimits(fmt.Sprintf("per_minute=%d", limit), "")
		s.newsletter(readers)
		all, granted := s.daemons(daemons, 4)
		s.awaits("the first letters", func() bool { return len(s.relay.letters()) >= 2 })
		s.register("a@example.net", "b@example.net", "c@example.net")
		all[0].Wake()
		s.awaits("the confirmations, at once", func() bool { return s.outcomes(mce.Confirmation)[mce.Delivered] == 3 })
		if n := len(s.relay.letters()); n > 3+3 {
			t.Errorf("%d letters at one moment", n)
		}
		s.passTime(400*time.Millisecond, "all letters", func() bool { return s.delivered(readers + 3) }, all...)
		for _, d := range all {
			d.stop()
		}
		s.onceEach(readers + 3)
		if most := granted.most(s.relay.relayName()); most > limit {
			t.Errorf("%d letters in a minute", most)
		}
		if n := s.count(`select sent from paces where name = $1`, s.relay.relayName()); n != granted.sum(s.relay.relayName()) || n < readers+3 {
			t.Errorf("%d letters were counted", n)
		}
	})
}

// TestADomainGetsNoMoreThanItsLimit, and letters to others all go at once meanwhile.
func TestADomainGetsNoMoreThanItsLimit(t *testing.T) {
	t.Parallel()
	forEachNumber(t, func(t *testing.T, daemons int) {
		const readers, limit = 200, 60
		s := newScene(t)
		s.withLimits("", slow+" per_minute=60")
		var addresses []string
		for i := range readers {
			addresses = append(addresses, fmt.Sprintf("reader%05d@%s", i, []string{slow, "example.org"}[i%2]))
		}
		s.subscribe(addresses...)
		s.send()
		all, granted := s.daemons(daemons, 2)
		s.awaits("all letters to other domains", func() bool { _, arrived := s.others(); return arrived == readers/2 })
		s.awaits("the others are set aside", func() bool { return s.outcomes("")[mce.Waiting] == 0 })
		if n := s.count(`select count(*) from letters where outcome = 'deferred' and attempts = 0`); n < readers/2-2 || n == readers/2 {
			t.Errorf("%d letters are set aside", n)
		}
		s.register("a@"+slow, "b@"+slow)
		all[0].Wake()
		s.awaits("the confirmations, at once", func() bool { return s.outcomes(mce.Confirmation)[mce.Delivered] == 2 })
		s.passTime(time.Second, "all letters", func() bool { return s.delivered(readers + 2) }, all...)
		for _, d := range all {
			d.stop()
		}
		s.onceEach(readers + 2)
		if most := granted.most(slow); most > limit {
			t.Errorf("%d letters in a minute", most)
		}
		if n := s.count(`select sent from paces where name = $1`, slow); n != readers/2+2 {
			t.Errorf("%d letters were counted", n)
		}
	})
}

// warmup begins on the day of the tests: 10 letters, then 20.
const warmup = "warmup=2023-10-20:10:2"

func TestANewAddressIsWarmedUp(t *testing.T) {
	t.Parallel()
	const readers = 25
	s := newScene(t)
	s.withLimits(warmup, "")
	s.newsletter(readers)
	d := s.daemon(2, nil)
	s.awaitLog("the limit of the mail relay is reached")
	s.register("a@example.net", "b@example.net")
	s.passTime(0, "the confirmations", func() bool { return s.outcomes(mce.Confirmation)[mce.Delivered] == 2 }, d)
	s.passTime(time.Hour, "16 hours", func() bool { return s.clock.Now().Day() == 20 && s.clock.Now().Hour() == 23 }, d)
	if got := s.outcomes(mce.Newsletter); got[mce.Delivered] != 10 || got[mce.Waiting] != readers-10 {
		t.Errorf("on the first day: %v", got)
	}
	s.clock.advance(2 * time.Hour)
	s.passTime(0, "the others, on the second day", func() bool { return s.delivered(readers + 2) }, d)
	s.onceEach(readers + 2)
}

func TestWhatANewAddressMayNotSendGoesThroughTheNextRelay(t *testing.T) {
	t.Parallel()
	const readers = 25
	s := newScene(t)
	s.relay.hello = pipelining
	first, second := s.two(warmup)
	s.newsletter(readers)
	d := s.daemon(2, nil)
	s.await(d, readers)
	s.once(readers, first, second)
	if n := len(first.letters()); n != 10 {
		t.Errorf("%d letters through the first relay", n)
	}
	s.register("anna@example.net")
	d.Wake()
	s.await(d, 1)
	if first.letters()["anna@example.net"] != 1 {
		t.Error("a confirmation does not go through the first relay")
	}
	if first.conns > 4 {
		t.Errorf("%d connections to a relay that may have no more", first.conns)
	}
}

// TestADomainHasItsSessions: never two connections with letters to it in hand, also while one of them waits for an answer.
func TestADomainHasItsSessions(t *testing.T) {
	t.Parallel()
	const readers = 600 // two runs
	s := newScene(t)
	s.withLimits("", slow+" sessions=1")
	var addresses []string
	for i := range readers {
		domain := "example.org"
		if i%100 < 3 {
			domain = slow
		}
		addresses = append(addresses, fmt.Sprintf("reader%05d@%s", i, domain))
	}
	s.subscribe(addresses...)
	s.send()
	s.register("a@"+slow, "b@"+slow)
	release := s.relay.stalls.hold(slow, atDot)
	t.Cleanup(release)
	all, _ := s.daemons(2, 4)
	s.awaits("all letters to other domains", func() bool { all, arrived := s.others(); return arrived == all })
	release()
	s.passTime(45*time.Second, "all letters", func() bool { return s.delivered(readers + 2) }, all...)
	for _, d := range all {
		d.stop()
	}
	s.onceEach(readers + 2)
	if most := s.relay.stalls.most[slow]; most != 1 {
		t.Errorf("%d connections at once had letters to %s in hand", most, slow)
	}
	if n := s.count(`select count(*) from seats`); n != 0 {
		t.Errorf("%d seats are taken", n)
	}
}
