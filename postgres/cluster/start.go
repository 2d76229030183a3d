package cluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// startAttempts is how many ports are tried.
const startAttempts = 5

// run makes sure that a server is up and sets our address: it attaches or starts. While a server is there but not
// ready, because it starts, recovers, stops, or its last processes die after a crash, it waits for one or the other.
// The caller holds the start lock.
func (c *Cluster) run(ctx context.Context) error {
	var server *os.File
	err := poll(ctx, func() (err error) {
		server, err = tryLock(c.folder.serverLock(), syscall.LOCK_EX)
		if errors.Is(err, errHeld) {
			return c.probe(ctx, 0)
		}
		return err
	})
	if err != nil {
		return err
	}
	if server == nil {
		c.log.Info("PostgreSQL runs already", "folder", c.folder)
		return nil
	}
	return c.start(ctx, server)
}

// start creates the cluster if there is none, starts its server and waits until it is ready. It takes over the server
// lock. Closing the file without unlocking leaves the lock to those that inherited it, if any is there.
func (c *Cluster) start(ctx context.Context, server *os.File) error {
	as, binDir, err := c.prepare(ctx, server)
	if err == nil {
		err = c.launchOnFreePort(ctx, as, binDir, server)
	}
	return errors.Join(err, server.Close())
}

// launchOnFreePort tries another port when some program took the chosen one before the server did.
func (c *Cluster) launchOnFreePort(ctx context.Context, as account, binDir string, server *os.File) error {
	dropReusedPID(c.folder.data())
	began := time.Now()
	var err error
	for range startAttempts {
		var port int
		if port, err = c.folder.choosePort(); err != nil {
			return err
		}
		if err = c.launch(ctx, as, binDir, port, server); err == nil {
			c.log.Info("PostgreSQL started", "folder", c.folder, "programs", binDir, "port", port,
				"took", time.Since(began).Round(time.Millisecond))
			return nil
		}
		if ctx.Err() != nil || isFree(port) {
			return err
		}
	}
	return err
}

// prepare chooses the account and the programs, refuses what cannot work, and creates the cluster on first use.
func (c *Cluster) prepare(ctx context.Context, server *os.File) (as account, binDir string, err error) {
	if as, err = chooseAccount(c.folder.data()); err != nil {
		return as, "", err
	}
	version, err := c.folder.version()
	if err != nil {
		return as, "", err
	}
	dirs, err := findBinaries(c.binDir, usualPlaces(), os.Getenv("PATH"))
	if err != nil {
		return as, "", err
	}
	if binDir, err = pick(ctx, as, dirs, version); err != nil {
		return as, "", err
	}
	if err = as.reach(ctx, string(c.folder), filepath.Join(binDir, "postgres")); err != nil {
		return as, "", err
	}
	if version == "" {
		c.log.Info("creating the PostgreSQL cluster", "folder", c.folder, "programs", binDir)
		err = c.folder.create(ctx, as, binDir, server)
	}
	return as, binDir, err
}
