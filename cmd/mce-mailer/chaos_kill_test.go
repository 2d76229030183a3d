package main

import (
	"strconv"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// TestChaosKilledDaemonsLoseAndRepeatNothing kills a daemon without warning, again and again, while it sends. In the short form the
// leases of the dead are made to run out at once; otherwise the next daemon may have to wait for them.
func TestChaosKilledDaemonsLoseAndRepeatNothing(t *testing.T) {
	n, kills := size(4_000, 20_000), size(5, 50)
	h, s := scheduled(t, n)
	stop := h.watch("1")
	var longest time.Duration
	for _, moment := range moments(kills, n-kills*sessions*window) { // those parked in doubt may never arrive
		before := s.arrived()
		began := time.Now()
		d := h.spawn()
		await(t, "a daemon's first letter is taken", s.arrival(before+1))
		longest = max(longest, time.Since(began))
		await(t, "the daemon is in the middle of it", s.arrival(moment))
		d.kill()
		if !full() {
			h.endLeases()
		}
	}
	if longest > 30*time.Second {
		t.Errorf("after a restart the first letter was taken after %s", longest)
	}
	h.spawn()
	within(t, 2*time.Minute, "nothing waits any more", func() bool { _, l := h.outcomes("1"); return l[mce.Waiting] == 0 && sum(l) == n })
	uncertain := h.nobodyTwiceNobodyForgotten(s, n, kills*sessions*window)
	t.Logf("%d letters, %d kills: %d in doubt, of which %d had arrived; the first letter after a restart after %s at most", n, kills,
		uncertain, s.arrived()-(n-uncertain), longest.Round(time.Millisecond))
	if state, _ := h.outcomes("1"); uncertain > 0 && state != "sending" {
		t.Errorf("the issue is %s while %d letters are in doubt", state, uncertain)
	}
	if uncertain > 0 {
		h.do("outbox", "resolve", "1", "--resend")
	}
	until(t, "the resolved issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })
	stop()
	if _, recipients, ids := s.count(); recipients != n || ids != n {
		t.Errorf("after the doubt was resolved %d people have a letter, under %d Message-IDs, want %d", recipients, ids, n)
	}
}

func TestChaosTerminatedDaemonsLeaveNothingInDoubt(t *testing.T) {
	n, stops := size(3_000, 20_000), size(4, 20)
	h, s := scheduled(t, n)
	stop := h.watch("1")
	var longest time.Duration
	for _, moment := range moments(stops, n*4/5) { // a daemon told to stop sends on for a moment
		before := s.arrived()
		if before == n {
			t.Fatal("nothing is left to send")
		}
		d := h.spawn()
		await(t, "some letters have left", s.arrival(max(moment, before+1)))
		longest = max(longest, d.terminate())
	}
	h.spawn()
	until(t, "the issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })
	stop()
	h.nobodyTwiceNobodyForgotten(s, n, 0)
	t.Logf("%d letters, %d orders to stop, the longest obeyed after %s: none in doubt", n, stops, longest.Round(time.Millisecond))
}

// TestChaosTheOtherDaemonTakesOver kills one of two daemons. In the short form it is killed while the mail server keeps all its sessions
// waiting, so that its leases are those that are left when the other one has done the rest, and can be made to run out at once.
func TestChaosTheOtherDaemonTakesOver(t *testing.T) {
	n, sessions := size(4_000, 20_000), size(2, sessions)
	frozen := make(chan struct{})
	h := newHouse(t)
	s := newSink(t, func(at scene) deed {
		select {
		case <-frozen:
		default:
			return deed{}
		}
		if at.helo == "doomed.example" && at.at == atDot {
			return deed{hold: t.Context().Done()}
		}
		return deed{}
	})
	h.schedule(s, people(n))
	stop := h.watch("1")
	more := "--smtp-sessions=" + strconv.Itoa(sessions)
	doomed := h.spawn(more, "--smtp-url=smtp://"+s.addr+"?tls=none&helo=doomed.example")
	h.spawn(more, "--listen-addr="+freeAddr(t), "--smtp-url=smtp://"+s.addr+"?tls=none&helo=other.example")
	await(t, "the daemons are in the middle of it", s.arrival(n/5))
	if !full() {
		close(frozen)
		until(t, "the daemon's sessions all wait", func() bool { return s.held() == sessions })
	}
	doomed.kill()
	began := time.Now()
	if !full() {
		until(t, "the other daemon has done its part", func() bool { return h.number(`select count(*) from runs`) == sessions })
		h.endLeases()
	}
	within(t, time.Minute, "the other daemon has taken over", func() bool { _, l := h.outcomes("1"); return l[mce.Waiting] == 0 && sum(l) == n })
	took := time.Since(began)
	uncertain := h.nobodyTwiceNobodyForgotten(s, n, sessions*window)
	t.Logf("%d letters, one of two daemons killed: %d in doubt; the other had sent the rest after %s", n, uncertain, took.Round(time.Millisecond))
	stop()
}
