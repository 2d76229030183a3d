package main

import (
	"context"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres/cluster"
)

// ownCluster is a PostgreSQL that this test may crash.
func ownCluster(t *testing.T) *cluster.Cluster {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "mce-pgtest-") // t.TempDir is closed to the user that PostgreSQL runs as
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	c, err := cluster.Open(t.Context(), cluster.Options{Dir: dir, BinDir: os.Getenv("POSTGRES_BIN")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

// TestChaosACrashingDatabaseLosesAndRepeatsNothing crashes PostgreSQL in mid-send, again and again. The daemon stays up and goes on when
// the database is back.
func TestChaosACrashingDatabaseLosesAndRepeatsNothing(t *testing.T) {
	n, crashes := size(6_000, 20_000), size(2, 10)
	c := ownCluster(t)
	address := c.URL("mce")
	h, s := newHouseOn(t, address), newSink(t, nil)
	h.schedule(s, people(n))
	stop := h.watch("1")
	d := h.spawn()
	var longest time.Duration
	for _, moment := range moments(crashes, n*4/5) {
		await(t, "letters arrive", s.arrival(max(moment, s.arrived()+1)))
		if err := c.StopImmediate(); err != nil {
			t.Fatal(err)
		}
		until(t, "the daemon says that its database is away", func() bool { return h.ready() == http.StatusServiceUnavailable })
		before := s.arrived()
		if err := c.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c.URL("mce") != address {
			t.Fatal("PostgreSQL came back at another address: its port was taken meanwhile")
		}
		began := time.Now()
		await(t, "letters arrive again", s.arrival(min(n, before+1)))
		longest = max(longest, time.Since(began))
	}
	within(t, 2*time.Minute, "nothing waits any more", func() bool { _, l := h.outcomes("1"); return l[mce.Waiting] == 0 && sum(l) == n })
	if !d.alive() {
		t.Error("the daemon has ended")
	}
	uncertain := h.nobodyTwiceNobodyForgotten(s, n, crashes*sessions*window)
	t.Logf("%d letters, %d crashes: %d in doubt, none lost, none repeated; it went on at most %s after the database was back", n, crashes,
		uncertain, longest.Round(time.Millisecond))
	stop()
	if uncertain > 0 {
		h.do("outbox", "resolve", "1", "--leave")
	}
	until(t, "the issue is sent", func() bool { state, _ := h.outcomes("1"); return state == "sent" })
}
