package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// postmaster is what the server says of itself in postmaster.pid.
type postmaster struct {
	pid   int
	port  int
	ready bool // it has its sockets and accepts connections
}

func pidFile(data string) string { return filepath.Join(data, "postmaster.pid") }

// readPostmaster reads postmaster.pid. A server writes it early, line by line, and removes it late; a crash leaves it.
func readPostmaster(data string) (postmaster, error) {
	content, err := os.ReadFile(pidFile(data))
	if err != nil {
		return postmaster{}, err
	}
	// The lines: process, data folder, start time, port, socket folder, listen address, shared memory, status.
	lines := append(strings.Split(string(content), "\n"), make([]string, 8)...)
	pid, err := strconv.Atoi(lines[0])
	if err != nil || pid <= 1 {
		return postmaster{}, fmt.Errorf("%s names no process: %q", pidFile(data), lines[0])
	}
	port, err := strconv.Atoi(lines[3])
	ready := err == nil && strings.TrimSpace(lines[7]) == "ready"
	return postmaster{pid, port, ready}, nil
}

// isOther says that a process exists and is certainly not the server of this data: a server works in its data folder.
// A zombie, which works nowhere, counts as another. Without /proc the answer is always no.
func isOther(pid int, data string) bool {
	process := fmt.Sprintf("/proc/%d", pid)
	if _, err := os.Stat(process); err != nil {
		return false
	}
	at, err := os.Stat(process + "/cwd")
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	own, ownErr := os.Stat(data)
	return err == nil && ownErr == nil && !os.SameFile(at, own)
}

// dropReusedPID removes a postmaster.pid that a crash left behind when its number belongs to another program by now;
// the server would take that program for itself and refuse to start. All other stale files it recognises on its own,
// and better than we can: it also looks for survivors in the shared memory.
func dropReusedPID(data string) {
	if p, err := readPostmaster(data); err == nil && isOther(p.pid, data) {
		_ = os.Remove(pidFile(data)) // if it stays, the server's own message says so
	}
}
