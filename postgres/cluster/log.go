package cluster

import (
	"bytes"
	"io"
	"os"
	"strings"
)

// logMax is the size from which the log is set aside at a start; one old log is kept.
const logMax = 10 << 20

// tailLines is how much of the log an error quotes.
const tailLines = 10

// openLog opens the server's log for appending, and tells its size before this start.
func openLog(path string) (file *os.File, size int64, err error) {
	if info, err := os.Stat(path); err == nil && info.Size() > logMax {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, 0, err
		}
	}
	if file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return nil, 0, err
	}
	size, err = file.Seek(0, io.SeekEnd)
	return file, size, err
}

// tail is the last lines of a log that come after its first bytes.
func tail(log io.ReaderAt, from int64) string {
	content, err := io.ReadAll(io.NewSectionReader(log, from, logMax))
	if err != nil {
		return "its log cannot be read: " + err.Error()
	}
	lines := strings.Split(string(bytes.TrimSpace(content)), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
