package cluster

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test program is also the second process of some tests: it opens the cluster that this variable names.
const helperFolder = "MCE_CLUSTER_TEST_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperFolder); dir != "" {
		if err := openUntilToldToLeave(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// openUntilToldToLeave opens the cluster, prints its address and closes it when standard input ends.
func openUntilToldToLeave(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := Open(ctx, Options{Dir: dir})
	if err != nil {
		return err
	}
	fmt.Println(c.URL("mce"))
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, c.Close(ctx))
}

// helper is a second process that has the cluster open.
type helper struct {
	*exec.Cmd
	leave io.Closer
	url   string
}

// testProgram is the path of this program.
func testProgram(t *testing.T) string {
	t.Helper()
	program, err := os.Executable()
	check(t, err)
	return program
}

// helperCommand is the test program, or a copy of it, as a second process; without a credential as oneself.
func helperCommand(program, dir string, credential *syscall.Credential) *exec.Cmd {
	cmd := exec.Command(program)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), helperFolder+"="+dir)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	return cmd
}

// startHelper waits until the second process has opened the cluster.
func startHelper(t *testing.T, program, dir string, credential *syscall.Credential) *helper {
	t.Helper()
	cmd := helperCommand(program, dir, credential)
	in, err := cmd.StdinPipe()
	check(t, err)
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	if url := strings.TrimSpace(line); strings.HasPrefix(url, "postgres://") {
		return &helper{cmd, in, url}
	}
	t.Fatalf("the helper process says %q (%v) and ends with %v", line, err, cmd.Wait())
	return nil
}

// newFolder is an absent data folder that every user can reach, which t.TempDir is not for root. Whatever server is
// left in it is stopped at the end. The test is skipped without PostgreSQL, but fails where CI should have it.
func newFolder(t *testing.T) folder {
	t.Helper()
	if _, err := FindBinaries(""); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	parent, err := os.MkdirTemp("/tmp", "mce-cluster-")
	check(t, err)
	check(t, os.Chmod(parent, 0o755))
	dir := folder(filepath.Join(parent, "data"))
	t.Cleanup(func() {
		if _, err := os.Stat(string(dir)); err == nil {
			check(t, (&Cluster{folder: dir}).stop(background(t), syscall.SIGQUIT))
		}
		check(t, os.RemoveAll(parent))
	})
	return dir
}

// background is a context that does not end with the test, for cleaning up, but ends some day.
func background(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func open(t *testing.T, dir folder) *Cluster {
	t.Helper()
	c, err := Open(background(t), Options{Dir: string(dir), Settings: map[string]string{"max_connections": "20"}})
	check(t, err)
	t.Cleanup(func() { check(t, c.Close(background(t))) })
	return c
}

// openFails is the error's text.
func openFails(t *testing.T, o Options) string {
	t.Helper()
	c, err := Open(background(t), o)
	if err == nil {
		t.Fatal("Open succeeds, want an error", c.Close(background(t)))
	}
	return err.Error()
}

// keep stores a name in the cluster, and kept reads it.
func keep(t *testing.T, c *Cluster, city string) {
	t.Helper()
	query(t, c.URL("mce"), `CREATE TABLE IF NOT EXISTS city (id int PRIMARY KEY, name text)`)
	query(t, c.URL("mce"), `INSERT INTO city VALUES (1, '`+city+`') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name`)
}

func kept(t *testing.T, c *Cluster) string {
	t.Helper()
	return query(t, c.URL("mce"), `SELECT name FROM city`)
}

// query is the single value that a statement yields, as text; "" when it yields none.
func query(t *testing.T, url, statement string) string {
	t.Helper()
	db, err := sql.Open("postgres", url)
	check(t, err)
	defer db.Close()
	var value string
	if err = db.QueryRowContext(background(t), statement).Scan(&value); !errors.Is(err, sql.ErrNoRows) {
		check(t, err)
	}
	return value
}

// isRunning tells whether any process of the server is left.
func isRunning(t *testing.T, dir folder) bool {
	t.Helper()
	server, err := tryLock(dir.serverLock(), syscall.LOCK_EX)
	if errors.Is(err, errHeld) {
		return true
	}
	check(t, err)
	unlock(server)
	return false
}

func serverPID(t *testing.T, dir folder) int {
	t.Helper()
	p, err := readPostmaster(dir.data())
	check(t, err)
	return p.pid
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q lacks %q", text, part)
		}
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
