// Package icaltest lets tests read calendars with libical, an implementation that is not ours.
package icaltest

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

//go:embed testdata/libical_check.c
var source []byte

// Reading is what libical makes of a calendar.
type Reading struct {
	Method       string
	Starts, Ends time.Time // through the calendar's own VTIMEZONE
}

// Check has libical parse one iCalendar object and hold it to the restrictions of iTIP, fails the test where it does not pass, and
// gives its method. See New for machines without libical.
func Check(t testing.TB, ics string) (method string) {
	t.Helper()
	return New(t).Check(t, ics).Method
}

// Checker is the compiled program; New once and Check often where there are many calendars.
type Checker struct{ program string }

// New compiles the program. Without a C compiler or libical the test is skipped, but fails where CI=true: there it has to run.
func New(t testing.TB) *Checker {
	t.Helper()
	dir := t.TempDir()
	file, program := filepath.Join(dir, "libical_check.c"), filepath.Join(dir, "libical_check")
	if err := os.WriteFile(file, source, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "cc", "-O", "-Wall", "-Werror", "-o", program, file, "-lical").CombinedOutput(); err != nil {
		missing := t.Skipf
		if os.Getenv("CI") == "true" {
			missing = t.Fatalf
		}
		missing("libical cannot be used: apt-get install gcc libical-dev (%s)\n%s", err, out)
	}
	return &Checker{program}
}

// Check is the package's Check, and tells more.
func (c *Checker) Check(t testing.TB, ics string) Reading {
	t.Helper()
	reading, err := c.read(t.Context(), ics)
	if err != nil {
		t.Fatalf("libical: %s\nin:\n%s", err, ics)
	}
	return reading
}

func (c *Checker) read(ctx context.Context, ics string) (Reading, error) {
	cmd := exec.CommandContext(ctx, c.program)
	cmd.Stdin = strings.NewReader(ics)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return Reading{}, fmt.Errorf("%w: %s", err, stderr.String())
	}
	var r Reading
	var starts, ends int64
	if _, err := fmt.Sscan(string(out), &r.Method, &starts, &ends); err != nil {
		return Reading{}, fmt.Errorf("%w in its answer %q", err, out)
	}
	r.Starts, r.Ends = time.Unix(starts, 0).UTC(), time.Unix(ends, 0).UTC()
	return r, nil
}
