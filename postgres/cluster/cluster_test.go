package cluster

import (
	"context"
	"errors"
	"net/url"
	"os"
	"sync"
	"syscall"
	"testing"
)

// Making a cluster is slow, so these share one. Each finds it stopped, and closes what it opens.
func TestOneCluster(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, folder)
	}{
		{"an error quotes the log", testAnErrorQuotesTheLog},
		{"data survive a close and reopen", testDataSurviveACloseAndReopen},
		{"the server is private and detached", testTheServerIsPrivateAndDetached},
		{"the last that leaves stops the server", testTheLastThatLeavesStopsTheServer},
		{"Close can be called again", testCloseCanBeCalledAgainWhenItsTimeWasUp},
		{"Restart after an immediate stop", testRestartAfterAnImmediateStop},
		{"Open after the server was killed", testOpenAfterTheServerWasKilled},
		{"Close after the server was killed", testCloseAfterTheServerWasKilled},
		{"Open after the starter was killed", testOpenAfterTheStarterWasKilled},
		{"two processes share the server", testTwoProcessesShareTheServer},
		{"the number in postmaster.pid is reused", testOpenWhenTheNumberInPostmasterPIDIsReused},
		{"a taken port is replaced", testATakenPortIsReplaced},
		{"launch on a taken port", testLaunchOnATakenPort},
		{"another version is refused", testAnotherVersionIsRefusedAndNothingDeleted},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, dir) })
		equal(t, "running after: "+test.name, isRunning(t, dir), false)
	}
}

func testDataSurviveACloseAndReopen(t *testing.T, dir folder) {
	c := open(t, dir)
	keep(t, c, "Tromsø")
	equal(t, "owner", query(t, c.URL("mce"), `SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'mce'`), "mce")
	equal(t, "encoding", query(t, c.URL("mce"), `SHOW server_encoding`), "UTF8")
	equal(t, "checksums", query(t, c.URL("mce"), `SHOW data_checksums`), "on")
	equal(t, "fsync", query(t, c.URL("mce"), `SHOW fsync`), "on")
	equal(t, "our setting", query(t, c.URL("mce"), `SHOW max_connections`), "20")
	first := c.URL("mce")

	check(t, c.Close(t.Context()))
	check(t, c.Close(t.Context())) // twice is safe
	equal(t, "running", isRunning(t, dir), false)

	c = open(t, dir)
	equal(t, "city", kept(t, c), "Tromsø")
	equal(t, "URL", c.URL("mce"), first)
}

func testTheServerIsPrivateAndDetached(t *testing.T, dir folder) {
	c := open(t, dir)
	for path, want := range map[string]os.FileMode{
		dir.password(): 0o600,
		dir.logFile():  0o600,
		dir.data():     os.ModeDir | 0o700,
		dir.socket():   os.ModeDir | 0o700,
	} {
		info, err := os.Stat(path)
		check(t, err)
		equal(t, path, info.Mode(), want)
	}
	u, err := url.Parse(c.URL("mce"))
	check(t, err)
	u.User = url.UserPassword(superuser, "wrong")
	if err := ensureDatabase(t.Context(), u.String()); err == nil || isTransient(err) {
		t.Errorf("a wrong password yields %v, want a refusal", err)
	}
	group, err := syscall.Getpgid(serverPID(t, dir))
	check(t, err)
	if group == syscall.Getpgrp() {
		t.Error("Ctrl-C would end the server")
	}
}

func testTheLastThatLeavesStopsTheServer(t *testing.T, dir folder) {
	first, second := open(t, dir), open(t, dir)
	equal(t, "URL", second.URL("mce"), first.URL("mce"))
	check(t, first.Close(t.Context()))
	equal(t, "one", query(t, second.URL("mce"), `SELECT 1`), "1")
	check(t, second.Close(t.Context()))
	equal(t, "running", isRunning(t, dir), false)
}

func TestManyOpenAndCloseAtOnce(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			c, err := Open(t.Context(), Options{Dir: string(dir)})
			if err != nil {
				t.Error(err)
				return
			}
			if err := errors.Join(ensureDatabase(t.Context(), c.URL("mce")), c.Close(t.Context())); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	equal(t, "running", isRunning(t, dir), false)
}

func testCloseCanBeCalledAgainWhenItsTimeWasUp(t *testing.T, dir folder) {
	c := open(t, dir)
	start, err := lock(t.Context(), dir.startLock(), syscall.LOCK_EX)
	check(t, err)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Close(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("Close yields %v, want that it was cancelled", err)
	}
	unlock(start)
	equal(t, "one", query(t, c.URL("mce"), `SELECT 1`), "1")
	check(t, c.Close(t.Context()))
	equal(t, "running", isRunning(t, dir), false)
}

func testRestartAfterAnImmediateStop(t *testing.T, dir folder) {
	c := open(t, dir)
	keep(t, c, "Lund")
	check(t, c.StopImmediate())
	equal(t, "running", isRunning(t, dir), false)
	check(t, c.Restart(t.Context()))
	equal(t, "city", kept(t, c), "Lund")
	before := serverPID(t, dir)
	check(t, c.Restart(t.Context()))
	if serverPID(t, dir) == before {
		t.Error("Restart leaves the same process running")
	}
}

func TestNoFolder(t *testing.T) {
	t.Parallel()
	contains(t, openFails(t, Options{}), "no data folder")
}
