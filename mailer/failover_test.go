package mailer_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
)

// two gives a scene a second relay behind its own.
func (s *scene) two(more string) (first, second *relay) {
	t := s.t.(*testing.T)
	first, second = s.relay, newRelay(t)
	second.hello = first.hello
	s.options = func(o *mailer.Options) { o.Relays = []mailer.Relay{first.with(t, more), second.with(t, "")} }
	return first, second
}

// once fails unless the relays together took n letters, each to somebody else.
func (s *scene) once(n int, relays ...*relay) {
	s.t.Helper()
	got := map[string]int{}
	for _, r := range relays {
		for to, times := range r.letters() {
			if got[to] += times; got[to] != 1 {
				s.t.Errorf("%s was sent it %d times", to, got[to])
			}
		}
	}
	if len(got) != n {
		s.t.Errorf("%d people were sent it, want %d", len(got), n)
	}
}

// TestLettersGoThroughTheNextRelay when the first one takes none, from the beginning or from the middle on, and no attempt is spent on that.
func TestLettersGoThroughTheNextRelay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after int
		fault func(*relay)
	}{
		"no connection":                 {0, func(f *relay) { f.Close() }},
		"no greeting":                   {0, func(f *relay) { f.down = true }},
		"421 at MAIL":                   {0, func(f *relay) { f.atMail = "421 4.3.2 not now" }},
		"530 at MAIL":                   {0, func(f *relay) { f.atMail = "530 5.7.0 who are you?" }},
		"421 at MAIL in the middle":     {20, func(f *relay) { f.atMail = "421 4.3.2 not now" }},
		"530 at MAIL in the middle":     {20, func(f *relay) { f.atMail = "530 5.7.0 who are you?" }},
		"no greeting from the middle":   {20, func(f *relay) { f.atMail, f.down = "cut", true }},
		"no connection from the middle": {20, func(f *relay) { f.atMail = "cut"; f.Close() }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachWay(t, func(t *testing.T, hello string) { failsOver(t, hello, c.after, c.fault) })
		})
	}
}

func failsOver(t *testing.T, hello string, after int, fault func(*relay)) {
	t.Helper()
	const readers = 60
	s := newScene(t)
	s.relay.hello = hello
	first, second := s.two("")
	var once sync.Once
	breaks := func() { once.Do(func() { first.set(func() { fault(first) }) }) }
	if after == 0 {
		breaks()
	}
	first.onTake = func(taken) {
		if len(first.letters()) >= after {
			breaks()
		}
	}
	s.newsletter(readers)
	s.register("anna@example.net")
	d := s.daemon(2, nil)
	s.await(d, readers+1)
	s.once(readers+1, first, second)
	if len(first.letters()) > 0 != (after > 0) || len(second.letters()) == 0 {
		t.Errorf("%d through the first relay, %d through the second", len(first.letters()), len(second.letters()))
	}
	if !s.delivered(readers + 1) {
		t.Errorf("attempts were spent: %v", s.outcomes(""))
	}
	if err := d.Health(); err != nil {
		t.Errorf("health: %v", err)
	}
}

// TestARelayThatIsWellAgainIsUsedAgain, and while none is, that is told.
func TestARelayThatIsWellAgainIsUsedAgain(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(f *relay, down bool){
		"no greeting": func(f *relay, down bool) { f.down = down },
		"530 at MAIL": func(f *relay, down bool) { f.atMail = map[bool]string{true: "530 5.7.0 who are you?"}[down] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			first, second := s.two("")
			set := func(f *relay, down bool) { f.set(func() { change(f, down) }) }
			set(first, true)
			d := s.daemon(1, nil)
			people := 0
			writes := func() {
				people++
				s.register(fmt.Sprintf("delegate%d@example.org", people))
				d.Wake()
			}
			writes()
			s.await(d, 1)
			set(first, false)
			s.awaits("the first relay is used again", func() bool {
				writes()
				s.await(d, 1)
				return len(first.letters()) > 0
			})
			s.once(people, first, second)
			set(first, true)
			set(second, true)
			second.set(func() { second.atMail = "421 4.3.2 not now" })
			first.set(func() { first.atMail = "421 4.3.2 not now" })
			writes()
			s.awaits("that no relay takes letters is told", func() bool { return mce.ErrorCode(d.Health()) == mce.Unavailable })
			set(second, false)
			second.set(func() { second.atMail = "" })
			s.await(d, 1)
			if err := d.Health(); err != nil {
				t.Errorf("health: %v", err)
			}
			s.once(people, first, second)
			if !s.delivered(people) {
				t.Errorf("attempts were spent: %v", s.outcomes(""))
			}
		})
	}
}

// TestNoLetterWaitsForARelayThatDoesNotAnswer: it is looked at again and again, but not with a letter in hand.
func TestNoLetterWaitsForARelayThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	first, second := s.two("")
	first.set(func() { first.down = true })
	d := s.daemon(1, nil)
	s.register("anna@example.org")
	d.Wake()
	s.await(d, 1)
	first.set(func() { first.down, first.silent = false, true })
	s.awaitLog("the mail relay does not take letters")
	people := 1
	s.awaits("the first relay is looked at again", func() bool {
		people++
		s.register(fmt.Sprintf("delegate%d@example.org", people))
		d.Wake()
		return len(first.hung) > 0
	})
	s.awaits("the letters are there", func() bool { return len(second.letters()) == people })
	for len(s.log.lines) > 0 {
		if line := <-s.log.lines; strings.Contains(line, "does not take letters") {
			t.Error("the letters went when the look at the first relay was given up")
		}
	}
	first.set(func() { first.silent = false })
	close(first.resume)
	s.awaits("the first relay is used again", func() bool {
		people++
		s.register(fmt.Sprintf("delegate%d@example.org", people))
		d.Wake()
		return len(first.letters()) > 0
	})
}

// TestARelayThatRestartsIsUsedAtOnce: the connections that stood are dead, and the session that tries it again stands on one.
func TestARelayThatRestartsIsUsedAtOnce(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.newsletter(600) // a run for each session, so that all are connected
	d := s.daemon(2, nil)
	s.await(d, 600)
	s.relay.set(func() {
		s.relay.down = true
		for c := range s.relay.open {
			c.Close()
		}
	})
	s.register("anna@example.org")
	d.Wake()
	s.awaitLog("the mail relay does not take letters")
	s.relay.set(func() { s.relay.down = false })
	s.await(d, 1)
	s.once(601, s.relay)
}
