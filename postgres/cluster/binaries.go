package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrNoBinaries says that PostgreSQL is not installed and what to do about it.
var ErrNoBinaries = errors.New("PostgreSQL was not found: install it (Debian, Ubuntu: `apt-get install postgresql`; " +
	"Fedora: `dnf install postgresql-server`; Alpine: `apk add postgresql`; macOS: `brew install postgresql`), " +
	"or set DATABASE_URL")

// FindBinaries is the folder of the newest initdb and postgres: override if it is given, else the usual places of the
// distributions, else PATH. It fails with ErrNoBinaries, or, when override lacks one of the two, with its name.
func FindBinaries(override string) (string, error) {
	dirs, err := findBinaries(override, usualPlaces(), os.Getenv("PATH"))
	if err != nil {
		return "", err
	}
	return dirs[0], nil
}

func usualPlaces() []string {
	return []string{
		"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                   // Fedora, RHEL with the packages of postgresql.org
		"/usr/lib/postgresql[0-9]*/bin",                      // SUSE
		"/usr/lib64/postgresql-*/bin",                        // Gentoo
		"/usr/libexec/postgresql[0-9]*",                      // Alpine
		"/opt/homebrew/opt/postgresql*/bin",                  // Homebrew on Apple silicon
		"/usr/local/opt/postgresql*/bin",                     // Homebrew on Intel
		"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",     // Homebrew on Linux
	}
}

// findBinaries lists, best first, every folder that has both programs; the list is never empty without an error.
func findBinaries(override string, patterns []string, path string) ([]string, error) {
	if override != "" {
		dir, err := filepath.Abs(override)
		if err == nil && !hasBinaries(dir) {
			err = fmt.Errorf("no PostgreSQL in %s: initdb and postgres must both be there", dir)
		}
		return []string{dir}, err
	}
	var dirs []string
	for _, pattern := range patterns {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pattern, err)
		}
		slices.SortStableFunc(matches, newestFirst)
		dirs = append(dirs, matches...)
	}
	dirs = append(dirs, filepath.SplitList(path)...)
	dirs = slices.DeleteFunc(dirs, func(dir string) bool { return !filepath.IsAbs(dir) || !hasBinaries(dir) })
	if len(dirs) == 0 {
		return nil, ErrNoBinaries
	}
	return dirs, nil
}

func hasBinaries(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			return false
		}
	}
	return true
}

var number = regexp.MustCompile(`\d+(\.\d+)?`)

// newestFirst orders folders by the number in their name, as a number: 15 before 9.6. No number comes last.
func newestFirst(a, b string) int {
	inName := func(dir string) float64 {
		n, err := strconv.ParseFloat(number.FindString(dir), 64)
		if err != nil {
			return 0
		}
		return n
	}
	switch na, nb := inName(a), inName(b); {
	case na > nb:
		return -1
	case na < nb:
		return 1
	}
	return 0
}

// pick chooses the first folder whose programs the account can run and whose major version is want; "" wants any.
func pick(ctx context.Context, as account, dirs []string, want string) (string, error) {
	var installed []string
	var failures error
	for _, dir := range dirs {
		major, err := majorVersion(ctx, as, dir)
		if err != nil {
			failures = errors.Join(failures, err)
			continue
		}
		if want == "" || major == want {
			return dir, nil
		}
		installed = append(installed, major)
	}
	if installed == nil {
		return "", failures
	}
	return "", fmt.Errorf("the data was made by PostgreSQL %s, but installed is %s: install PostgreSQL %s, "+
		"or upgrade the data with pg_upgrade; nothing was changed", want, strings.Join(installed, ", "), want)
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// majorVersion asks the server program, e.g. "15". It fails too when the account may not run it.
func majorVersion(ctx context.Context, as account, dir string) (string, error) {
	program := filepath.Join(dir, "postgres")
	out, err := as.command(ctx, "/", program, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("run %s as %s: %w", program, as, err)
	}
	found := versionLine.FindStringSubmatch(string(out))
	if found == nil {
		return "", fmt.Errorf("%s --version answers %q", program, out)
	}
	return found[1], nil
}
