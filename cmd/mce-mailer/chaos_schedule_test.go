package main

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// TestChaosGreylistedThenARelayThatIsOff answers 451 to three in ten recipients for some rounds, then the relay is off for an hour. The
// letters come back as the schedule says, and the hour costs them no attempt.
func TestChaosGreylistedThenARelayThatIsOff(t *testing.T) {
	n := size(1_000, 10_000)
	var healed atomic.Bool
	grey := func(reader int) bool { return reader%10 < 3 }
	h, s, c := onClock(t, n, func(at scene) deed {
		if at.at == atRcpt && !healed.Load() && grey(reader(at.to)) {
			return deed{reply: "451 4.7.1 greylisted, try again later"}
		}
		return deed{}
	})
	h.serve()
	minutes := []time.Duration{5, 10, 20, 40, 80, 160, 240, 240} // the promise of mce.RetryAfter, written out
	rounds := size(3, len(minutes))
	for tries, pause := range minutes[:rounds] {
		pause *= time.Minute
		h.quiet(c)
		h.onSchedule(grey, tries+1, c.Now(), pause)
		h.forward(c, pause-time.Second)
		h.quiet(c)
		h.onSchedule(grey, tries+1, c.Now().Add(time.Second-pause), pause) // none came too early
		if tries == rounds-1 {
			s.off()
			healed.Store(true)
		}
		h.forward(c, time.Second+pause/10)
	}
	until(t, "the daemon says that the relay is off", func() bool { return h.ready() == http.StatusServiceUnavailable })
	for range 6 {
		h.forward(c, 10*time.Minute)
	}
	for _, l := range h.rows() {
		if want := 1 + (rounds-1)*one(grey(l.reader)); l.attempts != want {
			t.Errorf("reader %d: %d attempts after an hour without a relay, want %d", l.reader, l.attempts, want)
		}
	}
	s.on()
	h.quiet(c)
	until(t, "the issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })
	h.nobodyTwiceNobodyForgotten(s, n, 0)
	for _, l := range h.rows() {
		if want := 1 + rounds*one(grey(l.reader)); l.outcome != mce.Delivered || l.attempts != want {
			t.Errorf("reader %d: %s after %d attempts, want delivered after %d", l.reader, l.outcome, l.attempts, want)
		}
	}
	t.Logf("%d letters, %d of them put off %d times and then held back for an hour: all delivered once", n, n*3/10, rounds)
}

// onSchedule: those put off have been tried so often, the last time at a moment, and are due after the pause and at most a tenth more.
func (h *house) onSchedule(grey func(int) bool, tries int, last time.Time, pause time.Duration) {
	h.t.Helper()
	for _, l := range h.rows() {
		if !grey(l.reader) {
			if l.outcome != mce.Delivered || l.attempts != 1 {
				h.t.Errorf("reader %d: %s after %d attempts", l.reader, l.outcome, l.attempts)
			}
			continue
		}
		after := l.due.Sub(l.settled)
		if l.outcome != mce.Deferred || l.code != 451 || l.attempts != tries || !l.settled.Equal(last) || after < pause || after > pause+pause/10 {
			h.t.Errorf("reader %d: %s by %d after %d attempts, the last one at %s, due %s later; want attempt %d at %s and a pause of %s",
				l.reader, l.outcome, l.code, l.attempts, l.settled, after, tries, last, pause)
		}
	}
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
