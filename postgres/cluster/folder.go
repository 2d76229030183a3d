package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// folder is the data folder: absolute, without symbolic links.
type folder string

func (f folder) data() string       { return f.join("postgres-data") }
func (f folder) newData() string    { return f.join("postgres-new") }
func (f folder) socket() string     { return f.join("postgres-socket") }
func (f folder) password() string   { return f.join("postgres-password") }
func (f folder) port() string       { return f.join("postgres-port") }
func (f folder) logFile() string    { return f.join("postgres.log") }
func (f folder) startLock() string  { return f.join("postgres-start.lock") }
func (f folder) usersLock() string  { return f.join("postgres-users.lock") }
func (f folder) serverLock() string { return f.join("postgres-server.lock") }

func (f folder) join(name string) string { return filepath.Join(string(f), name) }

// makeFolder makes the data folder if it is absent. Made by root, others may pass through it but not list it: the
// server runs as another user and must get to its own part.
func makeFolder(dir string) (folder, error) {
	if dir == "" {
		return "", errors.New("no data folder is given")
	}
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return "", err
	}
	dir, err = filepath.EvalSymlinks(dir)
	return folder(dir), err
}

// version is the major version that made the data, e.g. "15"; "" when there is no data yet.
func (f folder) version() (string, error) {
	if _, err := os.Lstat(f.data()); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	version, err := os.ReadFile(filepath.Join(f.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s holds no PostgreSQL data (no PG_VERSION): move it away to start afresh", f.data())
	}
	return strings.TrimSpace(string(version)), err
}

// writeDurably writes a small private file that survives a power loss, once its folder is synced.
func writeDurably(path, content string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(content)
	return errors.Join(err, file.Sync(), file.Close())
}

// sync makes the names in the folder survive a power loss.
func (f folder) sync() error {
	dir, err := os.Open(string(f))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
