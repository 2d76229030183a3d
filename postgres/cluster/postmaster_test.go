package cluster

import (
	"os"
	"testing"
)

func TestReadPostmaster(t *testing.T) {
	t.Parallel()
	const whole = "4711\n/data\n1700000000\n40123\n/socket\n127.0.0.1\n  123 45\nready   \n"
	for _, test := range []struct {
		name, content string
		want          postmaster
		fails         bool
	}{
		{"ready", whole, postmaster{4711, 40123, true}, false},
		{"starting", "4711\n/data\n1700000000\n40123\n\n\n\nstarting\n", postmaster{4711, 40123, false}, false},
		{"half written", "4711\n/data\n", postmaster{4711, 0, false}, false},
		{"empty", "", postmaster{}, true},
		{"a number that signals everybody", "-1\n", postmaster{}, true},
		{"the first process", "1\n", postmaster{}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			check(t, os.WriteFile(pidFile(dir), []byte(test.content), 0o600))
			got, err := readPostmaster(dir)
			equal(t, "postmaster", got, test.want)
			equal(t, "failure", err != nil, test.fails)
		})
	}
}

func TestIsOther(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/cwd"); err != nil {
		t.Skip("needs /proc")
	}
	here, err := os.Getwd()
	check(t, err)
	equal(t, "this process, in its folder", isOther(os.Getpid(), here), false)
	equal(t, "this process, in another folder", isOther(os.Getpid(), t.TempDir()), true)
	equal(t, "no process", isOther(1<<30, here), false)
}
