package cluster

import (
	"bytes"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func testAnErrorQuotesTheLog(t *testing.T, dir folder) {
	text := openFails(t, Options{Dir: string(dir), Settings: map[string]string{"shared_buffers": "plenty"}})
	contains(t, text, "did not start", `invalid value for parameter "shared_buffers"`)
	equal(t, "running", isRunning(t, dir), false)
	open(t, dir)
}

func testATakenPortIsReplaced(t *testing.T, dir folder) {
	c := open(t, dir)
	u, err := url.Parse(c.URL("mce"))
	check(t, err)
	check(t, c.Close(t.Context()))
	l, err := net.Listen("tcp4", u.Host)
	check(t, err)
	defer l.Close()
	if again := open(t, dir); again.URL("mce") == c.URL("mce") {
		t.Errorf("the server runs on %s, which is taken", u.Host)
	}
}

// Between choosing a port and binding it another program may be faster: launch must fail, and leave nothing.
func testLaunchOnATakenPort(t *testing.T, dir folder) {
	c := open(t, dir)
	check(t, c.StopImmediate())
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	check(t, err)
	defer l.Close()
	server, err := tryLock(dir.serverLock(), syscall.LOCK_EX)
	check(t, err)
	as, binDir, err := c.prepare(t.Context(), server)
	check(t, err)
	err = c.launch(t.Context(), as, binDir, l.Addr().(*net.TCPAddr).Port, server)
	if err == nil {
		t.Fatal("launch succeeds on a taken port")
	}
	contains(t, err.Error(), "Address already in use")
	unlock(server)
	check(t, c.Restart(t.Context()))
}

func TestALongPathRunsWithoutASocket(t *testing.T) {
	t.Parallel()
	parent, err := os.MkdirTemp("/tmp", "mce-") // t.TempDir is itself too long on some systems
	check(t, err)
	t.Cleanup(func() { check(t, os.RemoveAll(parent)) })
	short := folder(parent)
	long := folder(short.join(strings.Repeat("long", 25)))
	check(t, os.Mkdir(string(long), 0o700))
	for dir, want := range map[folder]string{
		short: `unix_socket_directories="` + short.socket() + `"`,
		long:  "unix_socket_directories=",
	} {
		args, err := (&Cluster{folder: dir}).arguments(account{}, 5432)
		check(t, err)
		if !slices.Contains(args, want) {
			t.Errorf("the arguments %q lack %q", args, want)
		}
	}
}

func TestAWrongPortFileIsReplaced(t *testing.T) {
	t.Parallel()
	dir := folder(t.TempDir())
	for _, content := range []string{"", "x", "-1", "0", "70000"} {
		check(t, os.WriteFile(dir.port(), []byte(content), 0o600))
		port, err := dir.choosePort()
		check(t, err)
		kept, err := os.ReadFile(dir.port())
		check(t, err)
		equal(t, "kept port after "+content, string(kept), strconv.Itoa(port))
	}
}

func TestABigLogIsSetAside(t *testing.T) {
	t.Parallel()
	path := folder(t.TempDir()).logFile()
	check(t, os.WriteFile(path, bytes.Repeat([]byte("x"), logMax+1), 0o600))
	log, from, err := openLog(path)
	check(t, err)
	defer log.Close()
	equal(t, "size", from, 0)
	info, err := os.Stat(path + ".old")
	check(t, err)
	equal(t, "old size", info.Size(), logMax+1)
}

func TestTailIsOfThisStart(t *testing.T) {
	t.Parallel()
	log := bytes.NewReader([]byte("before\na\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n"))
	equal(t, "tail", tail(log, 0), "b\nc\nd\ne\nf\ng\nh\ni\nj\nk")
	equal(t, "tail", tail(log, int64(len("before\na\nb\nc\nd\ne\nf\ng\nh\ni\n"))), "j\nk")
}
