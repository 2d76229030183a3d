package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// TestChaosALostAnswerLeavesDoubt cuts the connection after the final dot of every hundredth letter, which has been taken then, and at
// DATA of another one, which has not.
func TestChaosALostAnswerLeavesDoubt(t *testing.T) {
	n := size(2_000, 20_000)
	h, s, c := onClock(t, n, func(at scene) deed {
		return deed{drop: at.at == atDot && reader(at.to)%100 == 7 || at.at == atData && at.try == 1 && reader(at.to)%100 == 8}
	})
	h.serve()
	h.quiet(c)
	h.forward(c, 6*time.Minute)
	h.quiet(c)
	for _, l := range h.rows() {
		want := mce.Delivered
		if l.reader%100 == 7 {
			want = mce.Uncertain
		}
		if l.outcome != want {
			t.Errorf("the letter to reader %d is %s, want %s", l.reader, l.outcome, want)
		}
	}
	uncertain := h.nobodyTwiceNobodyForgotten(s, n, n/100)
	if state, _ := h.outcomes("1"); state != "sending" {
		t.Errorf("the issue is %s while letters are in doubt", state)
	}
	h.do("outbox", "resolve", "1", "--leave")
	until(t, "the issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })
	if total, recipients, _ := s.count(); total != n || recipients != n {
		t.Errorf("%d mails to %d recipients, want %d of each", total, recipients, n)
	}
	t.Logf("%d letters, %d answers lost: as many in doubt, none lost, none repeated", n, uncertain)
}

// TestChaosCutInTheContent: the daemon has handed the whole letter to its kernel by the time the connection is cut, and cannot know that
// the server had not read its end. So the letter is in doubt, and not sent again before the operator says so.
func TestChaosCutInTheContent(t *testing.T) {
	n := size(1_000, 20_000)
	cut := func(reader int) bool { return reader%50 == 3 }
	h, s, c := onClock(t, n, func(at scene) deed {
		return deed{drop: at.at == inContent && at.try == 1 && cut(reader(at.to))}
	})
	h.serve()
	h.quiet(c)
	h.forward(c, 6*time.Minute)
	h.quiet(c)
	for _, l := range h.rows() {
		if l.outcome != mce.Delivered && (l.outcome != mce.Uncertain || !cut(l.reader)) {
			t.Errorf("the letter to reader %d is %s", l.reader, l.outcome)
		}
	}
	uncertain := h.nobodyTwiceNobodyForgotten(s, n, n/50)
	if uncertain > 0 {
		h.do("outbox", "resolve", "1", "--resend")
	}
	until(t, "the issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })
	if left := h.nobodyTwiceNobodyForgotten(s, n, 0); left == 0 {
		t.Logf("%d letters, %d cut in their content: %d in doubt, resolved; all delivered once", n, n/50, uncertain)
	}
}

// TestChaosRefusalsEndRight: a bad address is given up and suppressed, bad content is given up, and a busy server is tried again.
func TestChaosRefusalsEndRight(t *testing.T) {
	n := size(1_000, 20_000)
	const unknown, spam, busy = "550 5.1.1 no such person here", "550 5.7.1 not such words", "421 4.3.2 too busy"
	h, s, c := onClock(t, n, func(at scene) deed {
		switch {
		case at.at == atRcpt && reader(at.to)%10 == 1:
			return deed{reply: unknown}
		case at.at == atDot && reader(at.to)%10 == 2:
			return deed{reply: spam}
		case at.at == atData && reader(at.to)%10 == 3 && at.try == 1:
			return deed{reply: busy}
		}
		return deed{}
	})
	h.serve()
	h.quiet(c)
	verdicts := func(busy string) {
		t.Helper()
		want := map[int]string{1: "refused 1 550 5.1.1", 2: "refused 1 550 5.7.1", 3: busy}
		for _, l := range h.rows() {
			got, want := fmt.Sprint(l.outcome, " ", l.attempts, " ", l.code, " ", l.status), want[l.reader%10]
			if want == "" {
				want = "delivered 1 250 "
			}
			if got != want {
				t.Errorf("reader %d: %s, want %s", l.reader, got, want)
			}
		}
	}
	verdicts("deferred 1 421 4.3.2")
	h.forward(c, 6*time.Minute)
	h.quiet(c)
	verdicts("delivered 2 250 ")
	until(t, "the issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })
	if twice := s.twice(); len(twice) > 0 || s.arrived() != n*8/10 {
		t.Errorf("%d mails arrived, want %d; twice: %v", s.arrived(), n*8/10, twice)
	}
	if got, want := h.suppressed(), n/10; len(got) != want || slices.ContainsFunc(got, func(r int) bool { return r%10 != 1 }) {
		t.Errorf("%d addresses are suppressed, want the %d that are unknown: %v", len(got), want, got)
	}
	t.Logf("%d letters: %d delivered, %d of them at the second try, %d refused", n, n*8/10, n/10, n*2/10)
}

// suppressed are the readers that must not be written to any more.
func (h *house) suppressed() (out []int) {
	h.t.Helper()
	found, err := h.db.QueryContext(h.t.Context(), `select email from suppressions`)
	if err != nil {
		h.t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var email string
		if err := found.Scan(&email); err != nil {
			h.t.Fatal(err)
		}
		out = append(out, reader(email))
	}
	return out
}
