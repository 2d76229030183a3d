package cluster

import (
	"context"
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

func TestLocks(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	first, err := tryLock(path, syscall.LOCK_SH)
	check(t, err)
	second, err := tryLock(path, syscall.LOCK_SH)
	check(t, err)
	if err := flock(first, syscall.LOCK_EX); !errors.Is(err, errHeld) {
		t.Errorf("the shared lock of two becomes exclusive: %v", err)
	}

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = lock(ended, path, syscall.LOCK_EX)
	if !errors.Is(err, context.Canceled) || !errors.Is(err, errHeld) {
		t.Errorf("waiting yields %v, want that it was cancelled and why it waited", err)
	}

	unlock(first)
	check(t, flock(second, syscall.LOCK_EX))
	unlock(second)
}

func TestALockNeedsItsFolder(t *testing.T) {
	t.Parallel()
	if _, err := lock(t.Context(), "/nowhere/lock", syscall.LOCK_EX); err == nil {
		t.Error("a lock in an absent folder is taken")
	}
}
