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

// slowly lets the relay think about each letter for a while, and about each answer to one for the third domain for a minute, until it has
// healed; nil: that one is as quick as the others.
func slowly(thinks time.Duration, healed <-chan struct{}) script {
	never := make(chan struct{})
	return func(at scene) deed {
		switch {
		case healed != nil && strings.HasSuffix(at.to, "@"+hangingDomain):
			return deed{hold: healed, limit: time.Minute}
		case thinks > 0 && at.at == atDot:
			return deed{hold: never, limit: thinks}
		}
		return deed{}
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
	h, s := newHouse(t), newSink(t, slowly(0, healed))
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

// TestChaosADomainThatHangsLeavesOthersTheirRate compares, with the full numbers only, how fast letters go to two domains beside a third one
// that hangs with how fast letters go when all three answer. The relay thinks about each letter for some milliseconds, as a real one does: so
// what is measured is how well its sessions are used, and not how fast this machine happens to be. The same issue is sent to the same people
// again and again, now this way, now that way; what counts are medians.
// Their own rate is two thirds of that of all.
func TestChaosADomainThatHangsLeavesOthersTheirRate(t *testing.T) {
	if !full() {
		t.Skip("takes most of a minute: make chaos")
	}
	const n, thinks, rounds = 5_328, 5 * time.Millisecond, 3
	h := newHouse(t)
	h.schedule(newSink(t, nil), among(n*3/2, oneDomain, otherDomain, hangingDomain))
	var all, others []float64 // letters a second
	for round := range rounds {
		ways := []func(){
			func() { all = append(all, h.rate(n*3/2, slowly(thinks, nil), oneDomain, otherDomain, hangingDomain)) },
			func() {
				others = append(others, h.rate(n, slowly(thinks, make(chan struct{})), oneDomain, otherDomain))
			},
		}
		ways[round%2]()
		ways[1-round%2]()
	}
	kept := median(others) / (median(all) * 2 / 3)
	t.Logf("letters/s to three domains that answer: %.0f; to two beside one that hangs: %.0f", all, others)
	t.Logf("two domains keep %.0f %% of their rate; they have %.0f %% of that of all three", 100*kept, 100*kept*2/3)
	if kept < 0.9 {
		t.Error("they must keep nine tenths of it")
	}
}

// rate sends the issue as if for the first time and is how many letters a second go to some domains, from the first letter of all until n
// have arrived there.
func (h *house) rate(n int, does script, domains ...string) float64 {
	h.t.Helper()
	h.exec(`truncate letters, runs, express, edition_files, editions`)
	h.exec(`update issues set state = 'scheduled', started_at = null, finished_at = null`)
	s := newSink(h.t, does)
	d := h.spawn("--smtp-url=smtp://" + s.addr + "?tls=none")
	defer d.kill()
	await(h.t, "the first letter arrives", s.arrival(1))
	began := time.Now()
	until(h.t, "the letters have arrived", func() bool { return s.arrivedIn(domains...) == n })
	return float64(n) / time.Since(began).Seconds()
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}
