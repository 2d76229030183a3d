package main

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"os/exec"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

// outcomes reads an issue's letters as the operator sees them.
func (h *house) outcomes(issue string) (state string, letters map[mce.Outcome]int) {
	h.t.Helper()
	var st issueStatus
	if err := json.Unmarshal([]byte(h.do("issue", "status", issue, "--json")), &st); err != nil {
		h.t.Fatal(err)
	}
	return st.State, st.Letters
}

// scheduled is a house with an issue for n readers that is to go out now, to the sink.
func scheduled(t *testing.T, n int) (*house, *sink) {
	t.Helper()
	h, s := newHouse(t), newSink(t)
	h.flags = append(h.flags, "--smtp-url=smtp://"+s.addr+"?tls=none")
	h.do("content", "import", library(t))
	h.do("subscriber", "import", file(t, "p.csv", people(n)), "--confirmed", "--consent=yes")
	h.do("issue", "assemble", "newsletter")
	h.do("issue", "submit", "1")
	h.do("issue", "approve", "1")
	h.do("issue", "schedule", "1", "--at=now")
	return h, s
}

func TestTwoDaemonsSendTwentyThousandLettersOnce(t *testing.T) {
	const n = 20_000
	h, s := scheduled(t, n)
	h.serve()
	h.serve("--listen-addr=" + freeAddr(t))
	until(t, "all letters have arrived", func() bool { total, _, _ := s.count(); return total >= n })
	until(t, "the issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })
	total, recipients, ids := s.count()
	if total != n || recipients != n || ids != n {
		t.Errorf("%d mails to %d recipients under %d Message-IDs, want %d of each", total, recipients, ids, n)
	}
	if _, letters := h.outcomes("1"); letters[mce.Delivered] != n {
		t.Errorf("outcomes: %v", letters)
	}
	if status, _, stderr := h.try("issue", "schedule", "1", "--at=now"); status != 4 {
		t.Errorf("scheduled a second time: exit status %d, %s", status, stderr)
	}
}

// TestKilledDaemonsLoseAndRepeatNothing kills a daemon without warning, again and again, while it sends. The leases of the dead are made
// to run out at once; otherwise the next daemon would wait for half a minute each time.
func TestKilledDaemonsLoseAndRepeatNothing(t *testing.T) {
	const n, kills, sessions = 6_000, 6, 8
	h, s := scheduled(t, n)
	db := pgtest.DB(t, h.database)
	for range kills {
		before, _, _ := s.count()
		child := exec.CommandContext(t.Context(), "mce-mailer", append([]string{"serve"}, h.flags...)...)
		child.Stdout, child.Stderr = io.Discard, io.Discard
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		target := before + 1 + rand.IntN(n/kills)
		until(t, "the daemon is in the middle of it", func() bool { total, _, _ := s.count(); return total >= target || total >= n-100 })
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		child.Wait()
		if _, err := db.Exec(`update runs set leased_until = now() where leased_until is not null`); err != nil {
			t.Fatal(err)
		}
	}
	h.serve()
	var letters map[mce.Outcome]int
	until(t, "nothing waits any more", func() bool { _, letters = h.outcomes("1"); return letters[mce.Waiting] == 0 && sum(letters) == n })

	if twice := s.twice(); len(twice) > 0 {
		t.Errorf("%d people got it twice, %s for one", len(twice), twice[0])
	}
	_, arrived, _ := s.count()
	uncertain := letters[mce.Uncertain]
	if arrived+uncertain < n || letters[mce.Delivered]+uncertain != n {
		t.Errorf("%d arrived, outcomes %v: some of %d letters are lost", arrived, letters, n)
	}
	if limit := kills * sessions * 4; uncertain > limit {
		t.Errorf("%d letters are in doubt, more than sessions × window per kill (%d)", uncertain, limit)
	}
	if state, _ := h.outcomes("1"); uncertain > 0 && state != "sending" {
		t.Errorf("the issue is %s while %d letters are in doubt", state, uncertain)
	}
	t.Logf("%d kills: %d letters in doubt, none lost, none repeated", kills, uncertain)
	if uncertain == 0 {
		return
	}
	h.do("outbox", "resolve", "1", "--resend")
	until(t, "the resolved issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })
	if _, recipients, ids := s.count(); recipients != n || ids != n {
		t.Errorf("after the doubt was resolved %d people have a letter, under %d Message-IDs, want %d", recipients, ids, n)
	}
}

func TestATerminatedDaemonLeavesNothingInDoubt(t *testing.T) {
	const n = 3_000
	h, s := scheduled(t, n)
	for total := 0; total < n/2; total, _, _ = s.count() {
		stop := h.serve()
		target := total + 200
		until(t, "some letters have left", func() bool { got, _, _ := s.count(); return got >= target || got == n })
		began := time.Now()
		stop()
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("stopping took %s", took)
		}
	}
	h.serve()
	until(t, "the issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })
	if total, recipients, _ := s.count(); total != n || recipients != n {
		t.Errorf("%d mails to %d recipients, want %d of each", total, recipients, n)
	}
}
