// Package cluster runs a private PostgreSQL server under a data folder, from the machine's own PostgreSQL programs.
//
// Several processes may use one cluster at once; the last that leaves stops it. Three lock files decide, never the
// number in postmaster.pid, which after a crash may belong to any other program. They are flock locks, so the kernel
// drops them when a process dies, however it dies:
//
//   - postgres-start.lock, exclusive: held while a process joins, leaves or restarts the cluster.
//   - postgres-users.lock, shared: held by every process from Open to Close. Who can turn it exclusive is the last.
//   - postgres-server.lock, exclusive: inherited by initdb, the server and all their children. It is free when none
//     of them is left.
//
// Lock files are never removed: two processes could then hold "the same" lock on two different files.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// superuser owns the cluster and the application's database, which carries the same name.
const superuser = "mce"

// cleanupTime bounds stopping a server when the caller's context can no longer do it.
const cleanupTime = 30 * time.Second

// Options say where a cluster lives and how its server runs.
type Options struct {
	Dir      string            // the data folder, made if absent; everything of the cluster is in it as postgres*
	BinDir   string            // the folder of initdb and postgres; "" searches as FindBinaries does
	Log      *slog.Logger      // nil is silent
	Settings map[string]string // for a server that Open starts, e.g. max_connections; those this package sets win
}

// Cluster is this process's share in a running server. Its methods may be called from several goroutines.
type Cluster struct {
	folder   folder
	binDir   string
	log      *slog.Logger
	settings map[string]string

	address atomic.Pointer[url.URL] // without a database

	mu    sync.Mutex // serialises Close, Restart and StopImmediate
	users *os.File   // our shared lock on postgres-users.lock; nil once closed
}

// Open joins the cluster in o.Dir: it attaches to the server that already runs, else starts one, and on first use
// creates the cluster and the database "mce". The server outlives ctx, which only bounds the waiting: without a
// deadline Open waits as long as crash recovery takes.
//
// It fails with ErrNoBinaries when PostgreSQL is not installed, and with a line for the operator when the installed
// version does not fit the data or, run as root, when the server's user cannot enter the folder. It deletes no data.
func Open(ctx context.Context, o Options) (*Cluster, error) {
	dir, err := makeFolder(o.Dir)
	if err != nil {
		return nil, err
	}
	c := &Cluster{folder: dir, binDir: o.BinDir, log: o.Log, settings: o.Settings}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}

	start, err := lock(ctx, dir.startLock(), syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer unlock(start)
	if c.users, err = lock(ctx, dir.usersLock(), syscall.LOCK_SH); err != nil {
		return nil, err
	}
	if err := c.run(ctx); err != nil {
		cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
		defer cancel()
		return nil, errors.Join(err, c.leave(cleanup))
	}
	return c, nil
}

// URL is the address of a database in the cluster, as lib/pq takes it. The database "mce" always exists.
// The address holds the password. It is stable until Restart, which may have to move to another port.
func (c *Cluster) URL(database string) string {
	u := *c.address.Load()
	u.Path = "/" + database
	return u.String()
}

// Close leaves the cluster. The last process that leaves stops the server and waits until it is gone; open
// connections are cut. A second call does nothing. When ctx ends before our turn to leave, we are still in and Close
// may be called again; when it ends while the server stops, the server goes on stopping without us.
func (c *Cluster) Close(ctx context.Context) error {
	return c.exclusively(ctx, func() error { return c.leave(ctx) })
}

// Restart stops the server, whoever started it, and starts it again: connections of all processes are cut. It also
// brings back a server that has died. After Close it does nothing.
func (c *Cluster) Restart(ctx context.Context) error {
	return c.exclusively(ctx, func() error {
		if err := c.stop(ctx, syscall.SIGINT); err != nil {
			return err
		}
		return c.run(ctx)
	})
}

// StopImmediate ends the server as a crash would: no checkpoint, and recovery at the next start. It is for tests of
// faults; Restart brings the server back. After Close it does nothing.
func (c *Cluster) StopImmediate() error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTime)
	defer cancel()
	return c.exclusively(ctx, func() error { return c.stop(ctx, syscall.SIGQUIT) })
}

// exclusively does something while no other process joins or leaves. It does nothing once the cluster is closed.
func (c *Cluster) exclusively(ctx context.Context, do func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users == nil {
		return nil
	}
	start, err := lock(ctx, c.folder.startLock(), syscall.LOCK_EX)
	if err != nil {
		return err
	}
	defer unlock(start)
	return do()
}

// leave gives up our share, and stops the server when it was the last one. The caller holds the start lock.
func (c *Cluster) leave(ctx context.Context) error {
	users := c.users
	c.users = nil
	defer unlock(users)
	err := flock(users, syscall.LOCK_EX)
	if errors.Is(err, errHeld) {
		c.log.Debug("PostgreSQL stays up for another process", "folder", c.folder)
		return nil
	}
	if err != nil {
		return err
	}
	if err := c.stop(ctx, syscall.SIGINT); err != nil {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	c.log.Info("PostgreSQL stopped", "folder", c.folder)
	return nil
}
