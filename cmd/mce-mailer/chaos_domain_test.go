package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// among makes a CSV of n subscribers, in turn in each of the domains.
func among(n int, domains ...string) string {
	var b strings.Builder
	b.WriteString("email,name,language,topics\n")
	for i := range n {
		fmt.Fprintf(&b, "reader%d@%s,Reader %d,en,events association-news\n", i, domains[i%len(domains)], i)
	}
	return b.String()
}

// deliverTo starts a daemon and is how long the letters to some domains take, from the first letter of all.
func (h *house) deliverTo(s *sink, n int, domains ...string) time.Duration {
	h.t.Helper()
	h.spawn()
	await(h.t, "the first letter arrives", s.arrival(1))
	began := time.Now()
	h.t.Cleanup(func() {
		if got := s.arrivedIn(domains...); got < n {
			h.t.Logf("%d of %d letters to the domains that work arrived, %d dialogues hang", got, n, s.held())
		}
	})
	until(h.t, "the letters to the domains that work have all arrived", func() bool { return s.arrivedIn(domains...) == n })
	return time.Since(began)
}

// TestChaosADomainThatHangsDoesNotHoldUpOthers: for one recipient domain of three the relay is slow to give each answer. The letters to
// the other two go on meanwhile; in the full form, at nine tenths or more of the rate that they have when it is not.
func TestChaosADomainThatHangsDoesNotHoldUpOthers(t *testing.T) {
	n := size(1_200, 40_000) // to the two domains that work
	const one, two, hanging = "one.example", "two.example", "hanging.example"
	h, s := newHouse(t), newSink(t, nil)
	h.schedule(s, among(n*3/2, one, two, hanging))
	healthy := h.deliverTo(s, n, one, two)
	until(t, "the first issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })

	healed := make(chan struct{})
	h, s = newHouse(t), newSink(t, func(at scene) deed {
		if !strings.HasSuffix(at.to, "@"+hanging) {
			return deed{}
		}
		return deed{hold: healed, limit: time.Minute}
	})
	h.schedule(s, among(n*3/2, one, two, hanging))
	beside := h.deliverTo(s, n, one, two)
	if early := s.arrivedIn(hanging); early > 0 {
		t.Errorf("the letters to the domains that work waited for %d to the one that hangs", early)
	}
	rate := healthy.Seconds() / beside.Seconds()
	t.Logf("%d letters to two domains took %s beside a third one that works, and %s beside one that hangs: %.0f %% of the rate", n,
		healthy.Round(time.Millisecond), beside.Round(time.Millisecond), 100*rate)
	if full() && rate < 0.9 {
		t.Error("they must keep nine tenths of the rate")
	}
	close(healed)
	within(t, 2*time.Minute, "nothing waits any more", func() bool {
		_, l := h.outcomes("1") // the daemon may have put some of those that hung off
		return l[mce.Delivered]+l[mce.Deferred] == n*3/2
	})
	if twice := s.twice(); len(twice) > 0 {
		t.Errorf("%d people got it twice, %s for one", len(twice), twice[0])
	}
}
