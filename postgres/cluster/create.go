package cluster

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// create makes the cluster's data. They are built in another folder and take their place when all is done, so that a
// crash leaves no half-made data, only a folder that the next call removes. initdb inherits the server lock: when it
// outlives a killed process, the next one waits until it is gone.
func (f folder) create(ctx context.Context, as account, binDir string, server *os.File) error {
	work := f.newData()
	if err := os.RemoveAll(work); err != nil {
		return err
	}
	if err := os.Mkdir(work, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(work)

	password := rand.Text()
	data, passwordFile := filepath.Join(work, "data"), filepath.Join(work, "password")
	if err := os.WriteFile(passwordFile, []byte(password), 0o600); err != nil {
		return err
	}
	if err := errors.Join(as.own(passwordFile), as.own(work)); err != nil {
		return err
	}
	if err := initdb(ctx, as, binDir, data, passwordFile, server); err != nil {
		return err
	}
	if err := writeDurably(f.password(), password); err != nil {
		return err
	}
	if err := os.Rename(data, f.data()); err != nil {
		return err
	}
	return f.sync()
}

// initdb runs the program of that name. Not every system has the locale C.UTF-8; where the first try fails, for
// whatever reason, the second one's error is the one to read.
func initdb(ctx context.Context, as account, binDir, data, passwordFile string, server *os.File) error {
	var err error
	for _, locale := range []string{"C.UTF-8", "C"} {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		cmd := as.command(ctx, filepath.Dir(data), filepath.Join(binDir, "initdb"), "-D", data, "-U", superuser,
			"-E", "UTF8", "--locale="+locale, "--data-checksums", "-A", "scram-sha-256", "--pwfile="+passwordFile)
		cmd.ExtraFiles = []*os.File{server}
		var out []byte
		if out, err = cmd.CombinedOutput(); err == nil {
			return nil
		}
		err = fmt.Errorf("initdb: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return err
}
