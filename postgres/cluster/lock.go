package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// pollInterval is how often a condition that cannot notify us is looked at.
const pollInterval = 25 * time.Millisecond

// errNotYet: a condition is not met, but waiting may help.
var errNotYet = errors.New("not yet")

// errHeld: another open file holds the lock, in this process or in another.
var errHeld = fmt.Errorf("%w: the lock is held", errNotYet)

// poll repeats a check for as long as it answers errNotYet. When ctx ends, the error tells both that and the last
// answer.
func poll(ctx context.Context, check func() error) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		err := check()
		if !errors.Is(err, errNotYet) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// lock waits for a lock (LOCK_SH or LOCK_EX). It polls because a blocking flock would not heed ctx.
func lock(ctx context.Context, path string, how int) (*os.File, error) {
	var file *os.File
	err := poll(ctx, func() (err error) {
		file, err = tryLock(path, how)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return file, nil
}

// tryLock takes a lock at once or fails with errHeld.
func tryLock(path string, how int) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := flock(file, how); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// flock takes or changes the lock of an open file at once or fails with errHeld.
func flock(file *os.File, how int) error {
	err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return errHeld
	}
	return err
}

// unlock releases the lock itself before it closes the file: closing alone would leave it held for as long as a child
// that another goroutine is just starting has a copy of the file.
func unlock(file *os.File) {
	_ = syscall.Flock(int(file.Fd()), syscall.LOCK_UN) // the close that follows releases it too
	_ = file.Close()
}
