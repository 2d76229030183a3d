package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the system user that PostgreSQL runs as; the zero value is oneself. PostgreSQL refuses to run as root.
type account struct {
	name       string
	credential *syscall.Credential
}

// chooseAccount is oneself for an ordinary user. For root it is the owner of the data, since the server accepts no
// other; without data "postgres", else "nobody".
func chooseAccount(data string) (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	info, err := os.Stat(data)
	if err == nil {
		if owner := info.Sys().(*syscall.Stat_t).Uid; owner != 0 {
			u, err := user.LookupId(strconv.FormatUint(uint64(owner), 10))
			if err != nil {
				return account{}, fmt.Errorf("the owner of %s: %w", data, err)
			}
			return newAccount(u)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return account{}, err
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return newAccount(u)
		}
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
}

func newAccount(u *user.User) (account, error) {
	names, err := u.GroupIds()
	if err != nil {
		return account{}, fmt.Errorf("the groups of %s: %w", u.Username, err)
	}
	var ids []uint32
	for _, name := range append([]string{u.Uid, u.Gid}, names...) {
		id, err := strconv.ParseUint(name, 10, 32)
		if err != nil {
			return account{}, fmt.Errorf("the user %s: %w", u.Username, err)
		}
		ids = append(ids, uint32(id))
	}
	return account{u.Username, &syscall.Credential{Uid: ids[0], Gid: ids[1], Groups: ids[2:]}}, nil
}

func (a account) String() string { return cmp.Or(a.name, "oneself") }

// command prepares a program of PostgreSQL. It runs in a process group of its own: Ctrl-C on the terminal must not end
// the server before we have closed our connections. It gets a small environment, without our secrets. When ctx ends,
// the whole group is killed.
func (a account) command(ctx context.Context, dir, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	if zone, ok := os.LookupEnv("TZ"); ok {
		cmd.Env = append(cmd.Env, "TZ="+zone)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: a.credential}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}

// own gives a file to the account.
func (a account) own(path string) error {
	if a.credential == nil {
		return nil
	}
	return os.Chown(path, int(a.credential.Uid), int(a.credential.Gid))
}

// reach checks that the account can enter dir, and names the parent that is closed to it. It tries instead of reading
// modes, so that access lists and security modules count too. The program is one that the account can run.
func (a account) reach(ctx context.Context, dir, program string) error {
	enter := func(dir string) error { return a.command(ctx, dir, program, "--version").Run() }
	closed := ""
	err := enter(dir)
	for errors.Is(err, fs.ErrPermission) && dir != "/" {
		closed, dir = dir, filepath.Dir(dir)
		err = enter(dir)
	}
	if err != nil || closed == "" {
		return err
	}
	return fmt.Errorf("PostgreSQL runs as the user %s, which cannot enter %s: choose another DATA_DIR, "+
		"or allow it with `chmod o+x %s`", a, closed, closed)
}
