package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is what this process and the private PostgreSQL have used so far.
type usage struct {
	daemon, postgres time.Duration // CPU
	peak             int64         // bytes, of this process, since the last usageOf
}

// usageOf reads the counters and lets the peak of memory begin anew.
func usageOf(dataDir string) (usage, error) {
	var u usage
	var self syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &self); err != nil {
		return u, err
	}
	u.daemon = time.Duration(self.Utime.Nano() + self.Stime.Nano())
	var err error
	if u.peak, err = peakMemory(); err != nil {
		return u, err
	}
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		return u, err
	}
	pid, err := postmasterPID(dataDir)
	if err != nil {
		return u, err
	}
	u.postgres, err = cpuOfFamily(pid)
	return u, err
}

func peakMemory() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if kib, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseInt(strings.Fields(kib)[0], 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("the kernel does not tell the peak of memory")
}

func postmasterPID(dataDir string) (int, error) {
	content, err := os.ReadFile(filepath.Join(dataDir, "postgres-data", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(content), "\n")
	return strconv.Atoi(first)
}

// cpuOfFamily adds up a process, its children that live, and those that have ended.
func cpuOfFamily(parent int) (time.Duration, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	var ticks int64
	for _, name := range stats {
		content, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended meanwhile; its parent counts it
		}
		// proc(5): behind the name in parentheses come state, ppid, … utime (14th), stime, cutime, cstime.
		fields := strings.Fields(string(content[strings.LastIndexByte(string(content), ')')+1:]))
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if pid != parent && fields[1] != strconv.Itoa(parent) {
			continue
		}
		for _, f := range fields[11:15] {
			n, _ := strconv.ParseInt(f, 10, 64)
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil // USER_HZ is 100
}
