package scheduler_test

import (
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
	"github.com/majorcities/mce-mailer/scheduler"
	"github.com/majorcities/mce-mailer/templates/letter"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func en(s string) mce.Text { return mce.Text{"en": s} }

// clock stands still until it is set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// house is an installation with two daemons' schedulers on one database.
type house struct {
	t       *testing.T
	store   *postgres.Store
	db      *sql.DB
	address string // of the database
	clock   *clock
	letters *letter.Letters
	daemons [2]*scheduler.Scheduler
	lib     mce.Library
}

// newHouse has a series, an event and three readers; change adapts the content that it begins with, at the time now.
func newHouse(t *testing.T, now time.Time, change func(*mce.Library)) *house {
	t.Helper()
	t.Parallel()
	address := pgtest.URL(t)
	h := &house{t: t, db: pgtest.DB(t, address), address: address, clock: &clock{now: now}, lib: library()}
	letters, err := letter.New(mce.Site{Name: "Major Cities of Europe", Short: "MCE", Postal: "Prato", PublicURL: "https://mail.example", From: "news@mce.example"})
	h.must(err)
	h.letters = letters
	for i := range h.daemons {
		h.daemons[i] = h.another()
	}
	if change != nil {
		change(&h.lib)
	}
	h.save()
	var people []mce.Subscriber
	for i := range 3 {
		people = append(people, mce.Subscriber{Email: fmt.Sprintf("reader%d@example.org", i), Choices: mce.Choices{Language: "en", Topics: []string{"news"}}})
	}
	_, err = h.store.ImportSubscribers(t.Context(), people, "yes", "test", now, nil)
	h.must(err)
	return h
}

// another is one more daemon, with connections of its own.
func (h *house) another() *scheduler.Scheduler {
	h.t.Helper()
	store, err := postgres.Open(h.t.Context(), h.address)
	h.must(err)
	h.t.Cleanup(func() { store.Close() })
	h.store = store
	keep := mce.Keep{Letters: 2, Unconfirmed: 30, Unsubscribed: 36, Delegates: 24}
	return scheduler.New(store, h.letters, "mce.example", keep, h.clock, slog.New(slog.DiscardHandler))
}

// library has a weekly series without approval, for one article an issue.
func library() mce.Library {
	return mce.Library{
		Topics:   []mce.Topic{{Slug: "news", Name: en("News")}},
		Articles: articles(1),
		Events: []mce.Event{{
			Slug: "prato", Kind: mce.Conference, State: mce.EventOpen, Title: en("Conference"), TimeZone: "Europe/Rome",
			Starts: at("2023-10-25T09:00:00+02:00"), Ends: at("2023-10-27T13:00:00+02:00"), Window: mce.Window{From: at("2023-01-01T00:00:00Z")},
		}},
		Series: []mce.Series{{
			Slug: "newsletter", Name: en("Newsletter"), Cron: "0 9 * * 4", TimeZone: "Europe/Rome", Languages: []mce.Lang{"en"}, Minimum: 1,
			Approval: mce.ApprovalAutomatic, From: at("2023-01-01T00:00:00Z"),
			Sections: []mce.Section{{Slug: "news", Title: en("News"), Kind: mce.KindArticle, Quota: 1}},
		}},
	}
}

func articles(n int) (out []mce.Article) {
	for i := range n {
		out = append(out, mce.Article{
			Slug: fmt.Sprintf("story-%d", i), Title: en("Story"), Body: en("Body"), Topics: []string{"news"}, Window: mce.Window{From: at("2023-01-01T00:00:00Z")},
		})
	}
	return out
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) save() {
	h.t.Helper()
	h.must(h.store.SaveLibrary(h.t.Context(), h.lib, h.clock.Now()))
}

// tick lets one daemon work at the time now.
func (h *house) tick(now time.Time) {
	h.t.Helper()
	h.clock.set(now)
	h.must(h.daemons[0].Tick(h.t.Context()))
}

// tickAll lets both daemons work at the same moment, several times; none may find a fault in that.
func (h *house) tickAll(now time.Time) {
	h.t.Helper()
	h.clock.set(now)
	var all errgroup.Group
	for range 5 {
		for _, d := range h.daemons {
			all.Go(func() error { return d.Tick(h.t.Context()) })
		}
	}
	h.must(all.Wait())
}

func (h *house) issues() []mce.Issue {
	h.t.Helper()
	all, err := h.store.Issues(h.t.Context(), "newsletter")
	h.must(err)
	return all
}

// count is the number of a query's rows.
func (h *house) count(query string) (n int) {
	h.t.Helper()
	h.must(h.db.QueryRowContext(h.t.Context(), `select count(*) from (`+query+`) x`).Scan(&n))
	return n
}
