package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// socketPathMax is how long the path of a Unix socket may be: 103 bytes on macOS, 107 on Linux.
const socketPathMax = 103

// launch starts the server on a port, lets it inherit the server lock and waits until it is ready. When it fails, the
// server has ended.
func (c *Cluster) launch(ctx context.Context, as account, binDir string, port int, server *os.File) error {
	args, err := c.arguments(as, port)
	if err != nil {
		return err
	}
	log, from, err := openLog(c.folder.logFile())
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := as.command(context.WithoutCancel(ctx), string(c.folder), filepath.Join(binDir, "postgres"), args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{server}
	if err := cmd.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // what it died of is in its log
		close(exited)
	}()

	err = poll(ctx, func() error {
		select {
		case <-exited:
			return fmt.Errorf("PostgreSQL did not start: %s", tail(log, from))
		default:
			return c.probe(ctx, cmd.Process.Pid)
		}
	})
	if err != nil {
		_ = cmd.Process.Signal(syscall.SIGQUIT) // fails only when it is gone already
		<-exited
	}
	return err
}

// arguments are those of the server program. Later ones win, so the caller's settings come first.
func (c *Cluster) arguments(as account, port int) ([]string, error) {
	if err := os.Mkdir(c.folder.socket(), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if err := as.own(c.folder.socket()); err != nil {
		return nil, err
	}
	socket := ""
	if len(c.folder.socket())+len("/.s.PGSQL.65535") <= socketPathMax {
		socket = `"` + strings.ReplaceAll(c.folder.socket(), `"`, `""`) + `"`
	}
	args := []string{"-D", c.folder.data()}
	for _, name := range slices.Sorted(maps.Keys(c.settings)) {
		args = append(args, "-c", name+"="+c.settings[name])
	}
	return append(args,
		"-c", "listen_addresses=127.0.0.1",
		"-c", "port="+strconv.Itoa(port),
		"-c", "unix_socket_directories="+socket,
		"-c", "log_destination=stderr",
		"-c", "logging_collector=off",
	), nil
}

// stop signals the server, whoever started it, and waits until all its processes are gone. It is no error when none
// runs. The caller holds the start lock.
func (c *Cluster) stop(ctx context.Context, signal syscall.Signal) error {
	signalled := 0
	return poll(ctx, func() error {
		server, err := tryLock(c.folder.serverLock(), syscall.LOCK_EX)
		if err == nil {
			unlock(server)
			return nil
		}
		if !errors.Is(err, errHeld) {
			return err
		}
		p, readErr := readPostmaster(c.folder.data())
		if readErr != nil || p.pid == signalled || isOther(p.pid, c.folder.data()) {
			return err // it has yet to write the file, or is about to be gone
		}
		signalled = p.pid
		if killErr := syscall.Kill(p.pid, signal); killErr != nil && !errors.Is(killErr, syscall.ESRCH) {
			return fmt.Errorf("signal process %d: %w", p.pid, killErr)
		}
		return err
	})
}
