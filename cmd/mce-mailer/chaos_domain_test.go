package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// The recipient domains of an issue: two that answer, and one for which the relay is slow to give each answer.
const oneDomain, otherDomain, hangingDomain = "one.example", "two.example", "hanging.example"

// among makes a CSV of n subscribers, in turn in each of the domains.
func among(n int, domains ...string) string {
	var b strings.Builder
	b.WriteString("email,name,language,topics\n")
	for i := range n {
		fmt.Fprintf(&b, "reader%d@%s,Reader %d,en,events association-news\n", i, domains[i%len(domains)], i)
	}
	return b.String()
}

// hangs lets each answer about a letter to the third domain take a minute, until it has healed.
func hangs(healed <-chan struct{}) script {
	return func(at scene) deed {
		if !strings.HasSuffix(at.to, "@"+hangingDomain) {
			return deed{}
		}
		return deed{hold: healed, limit: time.Minute}
	}
}

// othersArrive waits for n letters to the domains that answer.
func (s *sink) othersArrive(n int) {
	s.t.Helper()
	until(s.t, "the letters to the domains that answer have all arrived", func() bool { return s.arrivedIn(oneDomain, otherDomain) == n })
}

// TestChaosADomainThatHangsDoesNotHoldUpOthers: all letters to the other domains arrive while nearly none of the third are on their way,
// and none of them is put off.
func TestChaosADomainThatHangsDoesNotHoldUpOthers(t *testing.T) {
	n := size(1_200, 40_000) // to the two domains that answer
	healed := make(chan struct{})
	h, s := newHouse(t), newSink(t, hangs(healed))
	h.schedule(s, among(n*3/2, oneDomain, otherDomain, hangingDomain))
	h.spawn()
	s.othersArrive(n)
	if early := s.arrivedIn(hangingDomain); early > 0 {
		t.Errorf("the letters to the domains that answer waited for %d to the one that hangs", early)
	}
	// Fewer than a window wait when a session begins one more, and each may do so before it is known of the others'.
	if most := s.mostHeld(); most > sessions+window {
		t.Errorf("%d letters waited at once for the domain that hangs, of %d sessions", most, sessions)
	}
	if aside := h.number(`select count(*) from express where domain <> $1`, hangingDomain); aside > 0 {
		t.Errorf("%d letters to domains that answer were put off", aside)
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

// TestChaosADomainThatHangsLeavesOthersTheirRate compares, with the full numbers only, how fast the letters to two domains go beside a third
// one that hangs with how fast they go beside one that answers. The same issue is sent again and again to the same people, now this way, now
// that way, because the machine is not equally fast at all times; what counts are medians.
func TestChaosADomainThatHangsLeavesOthersTheirRate(t *testing.T) {
	if !full() {
		t.Skip("a matter of minutes: make chaos")
	}
	const n, rounds = 20_000, 5
	h := newHouse(t)
	h.schedule(newSink(t, nil), among(n*3/2, oneDomain, otherDomain, hangingDomain))
	var beside, healthy []float64 // letters a second
	for round := range rounds {
		ways := []func(){
			func() { healthy = append(healthy, h.rateOf(n, nil)) },
			func() { beside = append(beside, h.rateOf(n, hangs(make(chan struct{})))) },
		}
		ways[round%2]()
		ways[1-round%2]()
	}
	t.Logf("letters/s to two domains beside a third one that answers: %.0f; beside one that hangs: %.0f", healthy, beside)
	kept := median(beside) / median(healthy)
	t.Logf("they keep %.0f %% of their rate", 100*kept)
	if kept < 0.9 {
		t.Error("they must keep nine tenths of it")
	}
}

// rateOf sends the issue as if for the first time and is how many letters a second go to the domains that answer, from the first letter of all on.
func (h *house) rateOf(n int, does script) float64 {
	h.t.Helper()
	h.exec(`truncate letters, runs, express, editions`)
	h.exec(`update issues set state = 'scheduled', started_at = null, finished_at = null`)
	s := newSink(h.t, does)
	d := h.spawn("--smtp-url=smtp://" + s.addr + "?tls=none")
	defer d.kill()
	await(h.t, "the first letter arrives", s.arrival(1))
	began := time.Now()
	s.othersArrive(n)
	return float64(n) / time.Since(began).Seconds()
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}
