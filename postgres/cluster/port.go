package cluster

import (
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
)

// choosePort is the port of the last start, if it is still free, else a free one, kept for the next start.
func (f folder) choosePort() (int, error) {
	if content, err := os.ReadFile(f.port()); err == nil {
		port, err := strconv.Atoi(strings.TrimSpace(string(content)))
		if err == nil && port > 0 && isFree(port) {
			return port, nil
		}
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, errors.Join(l.Close(), os.WriteFile(f.port(), []byte(strconv.Itoa(port)), 0o600))
}

func isFree(port int) bool {
	l, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return l.Close() == nil
}
