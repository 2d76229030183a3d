package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/demo/inbox"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

// house is an installation for one test: a database, an inbox as its relay, and the program itself, called as people call it.
type house struct {
	t        *testing.T
	database string
	store    *postgres.Store
	db       *sql.DB // for what a test wants to see for itself
	clock    mce.Clock
	inbox    *inbox.Inbox
	flags    []string
	public   string
	log      lockedBuffer // of the daemons of serve
}

func newHouse(t *testing.T) *house {
	t.Helper()
	return newHouseOn(t, pgtest.URL(t))
}

// newHouseOn is newHouse on a database of the caller's.
func newHouseOn(t *testing.T, database string) *house {
	t.Helper()
	in, err := inbox.Open(inbox.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(context.Background()) })
	h := &house{t: t, database: database, db: pgtest.DB(t, database), clock: mce.SystemClock{}, inbox: in, public: "http://" + freeAddr(t)}
	if h.store, err = postgres.Open(t.Context(), h.database); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	h.flags = []string{
		"--database-url=" + h.database, "--smtp-url=smtp://" + in.Addr() + "?tls=none", "--data-dir=" + t.TempDir(),
		"--mail-from=Major Cities of Europe <news@mce.example>", "--public-url=" + h.public,
		"--listen-addr=" + strings.TrimPrefix(h.public, "http://"), "--tick=@every 1s", "--secret-key=" + strings.Repeat("k", 40),
		"--check-network=off",
	}
	return h
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// try runs a verb and gives its exit status and what it printed.
func (h *house) try(args ...string) (status int, stdout, stderr string) {
	h.t.Helper()
	var out, err bytes.Buffer
	status = runAt(h.t.Context(), h.clock, append(args, h.flags...), strings.NewReader(""), &out, &err)
	return status, out.String(), err.String()
}

// do runs a verb that must succeed and gives what it printed.
func (h *house) do(args ...string) string {
	h.t.Helper()
	status, out, err := h.try(args...)
	if status != 0 {
		h.t.Fatalf("%v: exit status %d\n%s%s", args, status, out, err)
	}
	return out
}

// serve runs the daemon until the test ends or stop is called.
func (h *house) serve(more ...string) (stop func()) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan int, 1)
	go func() {
		done <- runAt(ctx, h.clock, append(append([]string{"serve"}, h.flags...), more...), strings.NewReader(""), &h.log, &h.log)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if status := <-done; status != 0 {
			h.t.Errorf("serve: exit status %d\n%s", status, h.log.String())
		}
	})
	h.t.Cleanup(func() {
		stop()
		if h.t.Failed() {
			h.t.Log(h.log.String())
		}
	})
	until(h.t, "the daemon is ready", func() bool { return h.ready() == http.StatusOK })
	return stop
}

// ready is the status with which the daemon says whether it can do its work; 0 when it does not answer.
func (h *house) ready() int {
	r, err := http.Get(h.public + "/readyz")
	if err != nil {
		return 0
	}
	defer r.Body.Close()
	return r.StatusCode
}

// mails waits until the inbox holds n mails that match and gives them, the newest first.
func (h *house) mails(n int, match func(inbox.Mail) bool) []inbox.Mail {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	var found []inbox.Mail
	err := h.inbox.Wait(ctx, func(all []inbox.Mail) bool {
		found = found[:0]
		for _, m := range all {
			if match(m) {
				found = append(found, m)
			}
		}
		return len(found) >= n
	})
	if err != nil {
		h.t.Fatalf("waited for %d mails, there are %d: %v", n, len(found), err)
	}
	return found
}

func all(inbox.Mail) bool { return true }

// until waits for a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	within(t, time.Minute, what, holds)
}

func within(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(20 * time.Millisecond) // between looks, not instead of one
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// people makes a CSV of n subscribers.
func people(n int) string {
	var b strings.Builder
	b.WriteString("email,name,language,topics\n")
	for i := range n {
		fmt.Fprintf(&b, "reader%d@example.org,Reader %d,%s,events association-news\n", i, i, []string{"en", "it"}[i%2])
	}
	return b.String()
}
