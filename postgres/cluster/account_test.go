package cluster

import (
	"os"
	"os/user"
	"path/filepath"
	"testing"
)

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can run as another user")
	}
}

func TestAsAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	needRoot(t)
	dir := newFolder(t)
	nobody, err := user.Lookup("nobody")
	check(t, err)
	as, err := newAccount(nobody)
	check(t, err)
	check(t, os.Mkdir(string(dir), 0o700))
	check(t, as.own(string(dir)))
	// The test program itself is in a folder that is closed to others.
	binary, err := os.ReadFile(testProgram(t))
	check(t, err)
	program := filepath.Join(filepath.Dir(string(dir)), "cluster.test")
	check(t, os.WriteFile(program, binary, 0o755))

	for range 2 {
		h := startHelper(t, program, string(dir), as.credential)
		equal(t, "one", query(t, h.url, `SELECT 1`), "1")
		check(t, h.leave.Close())
		check(t, h.Wait())
		equal(t, "running", isRunning(t, dir), false)
	}

	// Root runs the server of an ordinary user as that user.
	chosen, err := chooseAccount(dir.data())
	check(t, err)
	equal(t, "account", chosen.String(), "nobody")
	c := open(t, dir)
	equal(t, "one", query(t, c.URL("mce"), `SELECT 1`), "1")
}

func TestAClosedParentIsNamed(t *testing.T) {
	t.Parallel()
	needRoot(t)
	closed := newFolder(t)
	check(t, os.Mkdir(string(closed), 0o700))
	text := openFails(t, Options{Dir: closed.join("a/b")})
	contains(t, text, "cannot enter "+string(closed)+":", "DATA_DIR", "chmod o+x "+string(closed)+"`")

	check(t, os.Chmod(string(closed), 0o711))
	c := open(t, folder(closed.join("a/b")))
	check(t, c.Close(t.Context()))
}

func TestRootRunsAsAnotherUser(t *testing.T) {
	t.Parallel()
	needRoot(t)
	as, err := chooseAccount("/nowhere")
	check(t, err)
	if as.credential == nil || as.credential.Uid == 0 {
		t.Errorf("root would run PostgreSQL as %v", as)
	}
}
