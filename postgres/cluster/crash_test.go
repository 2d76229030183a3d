package cluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// killServer ends the server's first process as a crash would, and waits until the others have noticed.
func killServer(t *testing.T, dir folder) {
	t.Helper()
	check(t, syscall.Kill(serverPID(t, dir), syscall.SIGKILL))
	server, err := lock(t.Context(), dir.serverLock(), syscall.LOCK_EX)
	check(t, err)
	unlock(server)
}

func testOpenAfterTheServerWasKilled(t *testing.T, dir folder) {
	c := open(t, dir)
	keep(t, c, "Turku")
	check(t, syscall.Kill(serverPID(t, dir), syscall.SIGKILL)) // Open itself waits for the survivors
	again := open(t, dir)
	equal(t, "city", kept(t, again), "Turku")
	check(t, again.Close(t.Context()))
	equal(t, "city", kept(t, c), "Turku")
}

func testCloseAfterTheServerWasKilled(t *testing.T, dir folder) {
	c := open(t, dir)
	killServer(t, dir)
	check(t, c.Close(t.Context()))
}

func testOpenAfterTheStarterWasKilled(t *testing.T, dir folder) {
	starter := startHelper(t, testProgram(t), string(dir), nil)
	pid := serverPID(t, dir)
	check(t, starter.Process.Kill())
	if err := starter.Wait(); err == nil {
		t.Fatal("the starter ended by itself")
	}
	equal(t, "running", isRunning(t, dir), true)

	c := open(t, dir)
	equal(t, "process", serverPID(t, dir), pid)
	equal(t, "URL", c.URL("mce"), starter.url)
	check(t, c.Close(t.Context()))
	equal(t, "running", isRunning(t, dir), false)
}

func testTwoProcessesShareTheServer(t *testing.T, dir folder) {
	starter := startHelper(t, testProgram(t), string(dir), nil)
	c := open(t, dir)
	check(t, starter.leave.Close())
	check(t, starter.Wait())
	equal(t, "one", query(t, c.URL("mce"), `SELECT 1`), "1")
	check(t, c.Close(t.Context()))
	equal(t, "running", isRunning(t, dir), false)
}

// A power loss leaves postmaster.pid behind, and after the boot its number may belong to another program.
func testOpenWhenTheNumberInPostmasterPIDIsReused(t *testing.T, dir folder) {
	c := open(t, dir)
	killServer(t, dir)
	check(t, c.Close(t.Context()))

	as, err := chooseAccount(dir.data())
	check(t, err)
	other := as.command(t.Context(), "/", "cat")
	_, err = other.StdinPipe()
	check(t, err)
	check(t, other.Start())
	t.Cleanup(func() {
		check(t, other.Process.Kill())
		_ = other.Wait()
	})
	stale, err := os.ReadFile(pidFile(dir.data()))
	check(t, err)
	_, rest, _ := strings.Cut(string(stale), "\n")
	check(t, os.WriteFile(pidFile(dir.data()), []byte(strconv.Itoa(other.Process.Pid)+"\n"+rest), 0o600))
	open(t, dir)
}

// waitForInitdb returns when initdb is in the middle of its work.
func waitForInitdb(ctx context.Context, dir folder) error {
	return poll(ctx, func() error {
		_, err := os.Stat(filepath.Join(dir.newData(), "data", "PG_VERSION"))
		if errors.Is(err, os.ErrNotExist) {
			return errNotYet
		}
		return err
	})
}

func TestOpenIsCancelledDuringInitdb(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	ctx, cancel := context.WithCancel(t.Context())
	waited := make(chan error, 1)
	go func() {
		waited <- waitForInitdb(t.Context(), dir)
		cancel()
	}()
	_, err := Open(ctx, Options{Dir: string(dir)})
	check(t, <-waited)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("Open yields %v, want that it was cancelled", err)
	}
	equal(t, "running", isRunning(t, dir), false)
	open(t, dir)
}

// The starter dies while initdb, which outlives it, is at work. The next Open must not stumble over either.
func TestOpenAfterTheStarterWasKilledDuringInitdb(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	starter := helperCommand(testProgram(t), string(dir), nil)
	check(t, starter.Start())
	check(t, waitForInitdb(t.Context(), dir))
	check(t, starter.Process.Kill())
	_ = starter.Wait()
	if _, err := os.Stat(dir.data()); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("initdb was done before the kill: %v", err)
	}
	open(t, dir)
}

// A power loss ends initdb too, and leaves what it has made so far.
func TestOpenAfterAHalfMadeCluster(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	check(t, os.MkdirAll(filepath.Join(dir.newData(), "data", "base"), 0o711))
	check(t, os.WriteFile(filepath.Join(dir.newData(), "data", "PG_VERSION"), nil, 0o600))
	check(t, os.WriteFile(dir.password(), []byte("half"), 0o600))
	open(t, dir)
	if _, err := os.Stat(dir.newData()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the half-made folder is still there: %v", err)
	}
}

func TestForeignDataAreLeftAlone(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	check(t, os.MkdirAll(dir.data(), 0o755))
	note := filepath.Join(dir.data(), "note")
	check(t, os.WriteFile(note, []byte("mine"), 0o600))
	check(t, os.Chmod(string(dir), 0o711))
	contains(t, openFails(t, Options{Dir: string(dir)}), "no PG_VERSION")
	if _, err := os.Stat(note); err != nil {
		t.Error(err)
	}
}
