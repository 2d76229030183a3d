package mailer_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
	"github.com/majorcities/mce-mailer/templates/letter"
)

// patience is how long a test waits for something that should come at once.
const patience = 30 * time.Second

// scene is an association with its database and its mail relay.
type scene struct {
	t       testing.TB
	store   *postgres.Store
	db      *sql.DB // to look, and to make the past
	letters *letter.Letters
	lib     mce.Library
	clock   *clock
	relay   *relay
	log     *heard
	options func(*mailer.Options) // if not nil, changes those of daemons
}

func newScene(t testing.TB) *scene {
	t.Helper()
	address := pgtest.URL(t)
	store, err := postgres.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s := &scene{
		t: t, store: store, db: pgtest.DB(t, address), letters: mailer.FixtureLetters(t), lib: mailer.FixtureLibrary(t),
		clock: &clock{now: mailer.FixtureNow}, relay: newRelay(t), log: &heard{lines: make(chan string, 10000)},
	}
	s.check(store.SaveLibrary(t.Context(), s.lib, mailer.FixtureNow.AddDate(0, 0, -7)))
	return s
}

func (s *scene) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// subscribe adds readers of everything.
func (s *scene) subscribe(addresses ...string) {
	s.t.Helper()
	topics, err := mce.ParseTopics("", s.lib.Topics)
	s.check(err)
	people := make([]mce.Subscriber, len(addresses))
	for i, a := range addresses {
		people[i] = mce.Subscriber{Email: a, Details: mce.Details{Name: "Reader " + a}, Choices: mce.Choices{Language: mce.Languages()[i%2], Topics: topics}}
	}
	r, err := s.store.ImportSubscribers(s.t.Context(), people, "yes", "test", mailer.FixtureNow, nil)
	s.check(err)
	if r.Added != len(addresses) {
		s.t.Fatalf("added %d of %d", r.Added, len(addresses))
	}
}

// send starts an issue for everybody.
func (s *scene) send() (issue int64) {
	s.t.Helper()
	ctx, now := s.t.Context(), s.clock.Now()
	series, err := s.store.Series(ctx, s.lib.Series[0].Slug)
	s.check(err)
	made, _, err := s.store.Assemble(ctx, series, mce.Slot{Wall: "2023-10-20 09:00", Due: now}, false, now)
	s.check(err)
	_, err = s.store.Submit(ctx, made.ID)
	s.check(err)
	_, err = s.store.Approve(ctx, made.ID, "editor", s.letters.Look(), now)
	s.check(err)
	_, err = s.store.Schedule(ctx, made.ID, now, s.letters.Look())
	s.check(err)
	_, err = s.store.StartSending(ctx, made.ID, s.letters, mailer.FixtureSite().Domain(), now)
	s.check(err)
	return made.ID
}

// newsletter starts an issue for n readers.
func (s *scene) newsletter(n int) (issue int64) {
	s.t.Helper()
	addresses := make([]string, n)
	for i := range addresses {
		addresses[i] = fmt.Sprintf("reader%05d@example.org", i)
	}
	s.subscribe(addresses...)
	return s.send()
}

// register gives people places in the conference, and confirmations.
func (s *scene) register(addresses ...string) {
	s.t.Helper()
	var people []mce.Registration
	for _, a := range addresses {
		p, err := mce.NewRegistration("prato-2023", a, "Delegate", "", "", "en")
		s.check(err)
		people = append(people, p)
	}
	_, err := s.store.Register(s.t.Context(), mce.Order{People: people}, s.letters, mailer.FixtureSite().Domain(), s.clock.Now())
	s.check(err)
}

// daemon is a mailer at work.
type daemon struct {
	*mailer.Mailer
	outbox *watched
	order  func() // to stop
	stop   func() // orders it and waits
}

// daemon starts a mailer whose outbox was prepared, or is a plain one for nil.
func (s *scene) daemon(sessions int, outbox *watched) *daemon {
	s.t.Helper()
	if outbox == nil {
		outbox = s.watch()
	}
	return s.daemonOn(sessions, outbox, outbox)
}

// daemonOn is daemon on an outbox that may be more than watched.
func (s *scene) daemonOn(sessions int, outbox mailer.Outbox, w *watched) *daemon {
	s.t.Helper()
	o := mailer.Options{
		Outbox: outbox, Relays: []mailer.Relay{s.relay.relay(s.t)}, Sender: mailer.Sender{Site: mailer.FixtureSite()}, Keys: mailer.FixtureKeys(s.t),
		Greet: s.letters.Greeting, Clock: s.clock, Log: slog.New(s.log), Sessions: sessions, Poll: time.Hour,
	}
	if s.options != nil {
		s.options(&o)
	}
	m := mailer.New(o)
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := m.Run(ctx); err != nil {
			s.t.Errorf("run: %v", err)
		}
	}()
	d := &daemon{Mailer: m, outbox: w, order: cancel}
	d.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(patience):
			s.t.Error("the mailer does not stop")
		}
	})
	s.t.Cleanup(d.stop)
	return d
}

// watched is the real outbox with a bell on it.
type watched struct {
	*postgres.Store
	settled chan mce.Try  // each outcome, once it is committed
	idle    chan struct{} // the express lane was found empty
	refused chan struct{} // there was no seat
	// beforeSettle and beforeClaim, if not nil, are called first.
	beforeSettle, afterSettle func([]mce.Try)
	beforeClaim               func(context.Context)
	granted                   *grants // if not nil, notes what limits grant
}

func (s *scene) watch() *watched {
	return &watched{Store: s.store, settled: make(chan mce.Try, 10000), idle: make(chan struct{}, 10000), refused: make(chan struct{}, 10000)}
}

func (w *watched) Settle(ctx context.Context, tries []mce.Try, now time.Time) error {
	if w.beforeSettle != nil {
		w.beforeSettle(tries)
	}
	if err := w.Store.Settle(ctx, tries, now); err != nil {
		return err
	}
	if w.afterSettle != nil {
		w.afterSettle(tries)
	}
	for _, t := range tries {
		w.settled <- t
	}
	return nil
}

func (w *watched) ClaimExpress(ctx context.Context, c mce.Claim) (string, []mce.Letter, error) {
	if w.beforeClaim != nil {
		w.beforeClaim(ctx)
	}
	lease, letters, err := w.Store.ClaimExpress(ctx, c)
	if len(letters) == 0 {
		w.idle <- struct{}{}
	}
	return lease, letters, err
}

// await waits for n outcomes to be committed.
func (s *scene) await(d *daemon, n int) {
	s.t.Helper()
	late := time.After(patience)
	for i := range n {
		select {
		case <-d.outbox.settled:
		case <-late:
			s.t.Fatalf("%d of %d outcomes in %s; health: %v; %v", i, n, patience, d.Health(), s.outcomes(""))
		}
	}
}

// outcomes counts the letters of a kind, or of all for "", by outcome.
func (s *scene) outcomes(kind mce.LetterKind) map[mce.Outcome]int {
	s.t.Helper()
	rows, err := s.db.Query(`select outcome, count(*) from letters where kind = $1 or $1 = '' group by outcome`, string(kind))
	s.check(err)
	defer rows.Close()
	out := map[mce.Outcome]int{}
	for rows.Next() {
		var o mce.Outcome
		var n int
		s.check(rows.Scan(&o, &n))
		out[o] = n
	}
	s.check(rows.Err())
	return out
}

// count is one number from the database.
func (s *scene) count(query string, args ...any) (n int) {
	s.t.Helper()
	s.check(s.db.QueryRow(query, args...).Scan(&n))
	return n
}

// onceEach fails unless the relay took exactly n letters, all to different people.
func (s *scene) onceEach(n int) {
	s.t.Helper()
	got := s.relay.letters()
	for to, times := range got {
		if times != 1 {
			s.t.Errorf("%s was sent it %d times", to, times)
		}
	}
	if len(got) != n {
		s.t.Errorf("%d people were sent it, want %d", len(got), n)
	}
}

// clock is the business time, moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// heard is a log that tests can wait for.
type heard struct{ lines chan string }

func (h *heard) Enabled(context.Context, slog.Level) bool { return true }
func (h *heard) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h *heard) WithGroup(string) slog.Handler            { return h }
func (h *heard) Handle(_ context.Context, r slog.Record) error {
	select {
	case h.lines <- r.Message:
	default:
	}
	return nil
}

// awaitLog waits for a line that contains the words.
func (s *scene) awaitLog(words string) {
	s.t.Helper()
	late := time.After(patience)
	for {
		select {
		case line := <-s.log.lines:
			if strings.Contains(line, words) {
				return
			}
		case <-late:
			s.t.Fatalf("nothing about %q in the log", words)
		}
	}
}
