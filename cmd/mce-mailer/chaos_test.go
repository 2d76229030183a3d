package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// The tests named TestChaos… hold the promise of docs/states.md, "Nobody twice, nobody forgotten", against faults of every part. A short
// form runs with all tests; "make chaos" runs the full numbers.

// full reports whether the full numbers are asked for. Nothing else reads CHAOS.
func full() bool { return os.Getenv("CHAOS") == "full" }

// size chooses a number by the form.
func size(short, whole int) int {
	if full() {
		return whole
	}
	return short
}

// sessions is how many connections a daemon has for newsletters unless told otherwise, and window how many letters of each may be in doubt.
const (
	sessions = 8
	window   = 4
)

// moments are k numbers of letters after which something happens: uniformly random from 1 to n, in order.
func moments(k, n int) []int {
	out := make([]int, k)
	for i := range out {
		out[i] = 1 + rand.IntN(n)
	}
	slices.Sort(out)
	return out
}

// await waits for a mail server's count.
func await(t *testing.T, what string, arrival <-chan struct{}) {
	t.Helper()
	select {
	case <-arrival:
	case <-time.After(2 * time.Minute):
		t.Fatalf("waited in vain until %s", what)
	}
}

// daemon is a process of its own: it can be killed.
type daemon struct {
	h      *house
	cmd    *exec.Cmd
	exited chan struct{}
}

// spawn starts the daemon as a process. It is killed at the end of the test at the latest.
func (h *house) spawn(more ...string) *daemon {
	h.t.Helper()
	d := &daemon{h: h, cmd: exec.Command("mce-mailer", append(append([]string{"serve"}, h.flags...), more...)...), exited: make(chan struct{})}
	var log lockedBuffer
	d.cmd.Stdout, d.cmd.Stderr = &log, &log
	if err := d.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	go func() {
		d.cmd.Wait()
		close(d.exited)
	}()
	h.t.Cleanup(func() {
		d.kill()
		if h.t.Failed() {
			h.t.Log(tail(log.String(), 1_500))
		}
	})
	return d
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

// kill ends the daemon without warning.
func (d *daemon) kill() {
	d.cmd.Process.Kill()
	<-d.exited
}

// terminate asks the daemon to stop; it must do so in good order and in time.
func (d *daemon) terminate() (took time.Duration) {
	d.h.t.Helper()
	began := time.Now()
	d.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-d.exited:
	case <-time.After(30 * time.Second):
		d.h.t.Fatal("the daemon does not stop within 30 s")
	}
	if status := d.cmd.ProcessState.ExitCode(); status != 0 {
		d.h.t.Errorf("told to stop, the daemon ends with status %d", status)
	}
	return time.Since(began)
}

// alive reports whether the daemon still runs.
func (d *daemon) alive() bool {
	select {
	case <-d.exited:
		return false
	default:
		return true
	}
}

// watch looks at an issue over and over, as an operator would, until stop is called: it must not be called sent while a letter is open.
func (h *house) watch(issue string) (stop func()) {
	end := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		looks := time.NewTicker(200 * time.Millisecond)
		defer looks.Stop()
		for {
			select {
			case <-end:
				return
			case <-looks.C:
			}
			status, out, _ := h.try("issue", "status", issue, "--json")
			if status != 0 { // the database is away
				continue
			}
			state, letters := h.decodeStatus(out)
			if open := letters[mce.Waiting] + letters[mce.Deferred] + letters[mce.Uncertain]; state == "sent" && open > 0 {
				h.t.Errorf("the issue is said to be sent while %d letters are open: %v", open, letters)
				return
			}
		}
	})
	stop = sync.OnceFunc(func() { close(end); all.Wait() })
	h.t.Cleanup(stop)
	return stop
}

// nobodyTwiceNobodyForgotten compares what has arrived with what the daemon says of it, once no letter waits.
func (h *house) nobodyTwiceNobodyForgotten(s *sink, n, mayDoubt int) (uncertain int) {
	h.t.Helper()
	_, letters := h.outcomes("1")
	uncertain = letters[mce.Uncertain]
	if twice := s.twice(); len(twice) > 0 {
		h.t.Errorf("%d people got it twice, %s for one", len(twice), twice[0])
	}
	total, recipients, ids := s.count()
	if total != recipients || ids != recipients {
		h.t.Errorf("%d mails to %d recipients under %d Message-IDs", total, recipients, ids)
	}
	if letters[mce.Delivered]+uncertain != n || recipients < letters[mce.Delivered] || recipients+uncertain < n {
		h.t.Errorf("%d arrived, outcomes %v: some of %d letters are lost", recipients, letters, n)
	}
	if uncertain > mayDoubt {
		h.t.Errorf("%d letters are in doubt, more than %d", uncertain, mayDoubt)
	}
	return uncertain
}

// endLeases makes the leases of the dead run out at once, and wakes the living. Nobody who lives may hold one.
func (h *house) endLeases() {
	h.t.Helper()
	h.exec(`update runs set leased_until = now() where leased_until is not null`)
	h.exec(`notify letters`)
}

func (h *house) exec(statement string, args ...any) {
	h.t.Helper()
	if _, err := h.db.ExecContext(h.t.Context(), statement, args...); err != nil {
		h.t.Fatal(err)
	}
}

// number asks the database for one.
func (h *house) number(query string, args ...any) (n int) {
	h.t.Helper()
	if err := h.db.QueryRowContext(h.t.Context(), query, args...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// reader is the number in the address of one of people's readers.
func reader(address string) int {
	name, _, _ := strings.Cut(address, "@")
	n, err := strconv.Atoi(strings.TrimPrefix(name, "reader"))
	if err != nil {
		panic(fmt.Sprintf("%s is none of our readers", address))
	}
	return n
}
