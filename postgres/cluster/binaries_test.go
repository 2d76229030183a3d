package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// fakeBinaries makes programs that know only their version.
func fakeBinaries(t *testing.T, dir, version string) string {
	t.Helper()
	check(t, os.MkdirAll(dir, 0o755))
	for _, name := range []string{"initdb", "postgres"} {
		script := "#!/bin/sh\necho '" + name + " (PostgreSQL) " + version + "'\n"
		check(t, os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755))
	}
	return dir
}

func TestFindBinariesTakesTheHighestVersion(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	old := fakeBinaries(t, filepath.Join(root, "pg", "9.6", "bin"), "9.6.1")
	newest := fakeBinaries(t, filepath.Join(root, "pg", "15", "bin"), "15.3")
	onPath := fakeBinaries(t, filepath.Join(root, "path"), "12.1")
	half := filepath.Join(root, "pg", "17", "bin")
	check(t, os.MkdirAll(half, 0o755))
	check(t, os.WriteFile(filepath.Join(half, "postgres"), nil, 0o755))

	dirs, err := findBinaries("", []string{root + "/pg/*/bin"}, "relative:"+root+":"+onPath)
	check(t, err)
	equal(t, "number of folders", len(dirs), 3)
	equal(t, "first", dirs[0], newest)
	equal(t, "second", dirs[1], old)
	equal(t, "third", dirs[2], onPath)

	dirs, err = findBinaries(old, []string{root + "/pg/*/bin"}, onPath)
	check(t, err)
	equal(t, "override", dirs[0], old)
	_, err = FindBinaries(half)
	contains(t, err.Error(), half, "initdb and postgres")
}

func TestNoBinaries(t *testing.T) {
	t.Parallel()
	_, err := findBinaries("", []string{"/nowhere/*/bin"}, "/nowhere:relative")
	if !errors.Is(err, ErrNoBinaries) {
		t.Fatalf("the error is %v, want ErrNoBinaries", err)
	}
	contains(t, err.Error(), "apt-get install postgresql", "DATABASE_URL")
}

func TestPickTakesTheVersionOfTheData(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dirs := []string{
		filepath.Join(root, "broken"),
		fakeBinaries(t, filepath.Join(root, "a"), "17beta1"),
		fakeBinaries(t, filepath.Join(root, "b"), "15.13 (Debian 15.13-0+deb12u1)"),
	}
	for want, dir := range map[string]string{"": dirs[1], "17": dirs[1], "15": dirs[2]} {
		got, err := pick(t.Context(), account{}, dirs, want)
		check(t, err)
		equal(t, "programs for version "+want, got, dir)
	}
	_, err := pick(t.Context(), account{}, dirs, "16")
	contains(t, err.Error(), "PostgreSQL 16", "17, 15", "nothing was changed")
	_, err = pick(t.Context(), account{}, dirs[:1], "")
	contains(t, err.Error(), dirs[0])
}

func testAnotherVersionIsRefusedAndNothingDeleted(t *testing.T, dir folder) {
	c := open(t, dir)
	keep(t, c, "Gent")
	check(t, c.Close(t.Context()))

	file := filepath.Join(dir.data(), "PG_VERSION")
	version, err := os.ReadFile(file)
	check(t, err)
	check(t, os.WriteFile(file, []byte("8\n"), 0o600))
	contains(t, openFails(t, Options{Dir: string(dir)}), "made by PostgreSQL 8", "nothing was changed")
	check(t, os.WriteFile(file, version, 0o600))
	equal(t, "city", kept(t, open(t, dir)), "Gent")
}
