package web_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/demo/sample"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
	"github.com/majorcities/mce-mailer/templates/letter"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/web"
	"github.com/majorcities/mce-mailer/web/api"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// frozen is a clock that stands still, in the weeks of the sample content.
type frozen struct{}

func (frozen) Now() time.Time { return time.Date(2023, 10, 18, 10, 0, 0, 0, time.UTC) }

const public = "https://mail.example.org"

// site is the web server on a database of its own, which holds the sample content.
type site struct {
	t        testing.TB
	url      string // of the server, without the base path
	database string
	store    *postgres.Store
	letters  *letter.Letters
	keys     *mce.Keys
	pages    *page.Pages
	fault    error   // of the mailer
	left     []int64 // who has left, as the mailer hears it
	log      lockedBuffer
	clients  int // that took has played
}

func newSite(t testing.TB, public string) *site {
	t.Helper()
	about := mce.Site{
		Name: "Major Cities of Europe", Short: "MCE", Postal: "1 Example Street, Example City", PublicURL: public,
		FromName: "Major Cities of Europe", From: "news@mce.example", ReplyTo: "office@mce.example",
	}
	s := &site{t: t, database: pgtest.URL(t)}
	var err error
	if s.store, err = postgres.Open(t.Context(), s.database); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.store.Close() })
	if s.letters, err = letter.New(about); err != nil {
		t.Fatal(err)
	}
	if s.keys, err = mce.NewKeys([]byte(strings.Repeat("k", mce.MinSecret))); err != nil {
		t.Fatal(err)
	}
	if s.pages, err = page.New(about); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&s.log, nil))
	programs := api.Server{Store: s.store, Notices: s.letters, Site: about, Clock: frozen{}, Log: log}
	server := web.Server{
		Store: s.store, Letters: s.letters, Pages: s.pages, Keys: s.keys, Site: about, Keep: mce.Keep{Letters: 13, Unconfirmed: 30, Unsubscribed: 36, Delegates: 24}, Clock: frozen{}, Log: log, API: programs.Handler(),
		Mailer: func() error { return s.fault }, Left: func(subscriberID int64) { s.left = append(s.left, subscriberID) },
	}
	listener := httptest.NewServer(server.Handler())
	t.Cleanup(listener.Close)
	s.url = listener.URL
	s.fill()
	return s
}

func (s *site) fill() {
	s.t.Helper()
	var lib mce.Library
	if err := json.Unmarshal(sample.Content(), &lib); err != nil {
		s.t.Fatal(err)
	}
	if err := s.store.SaveLibrary(s.t.Context(), lib, frozen{}.Now()); err != nil {
		s.t.Fatal(err)
	}
}

// reader adds an active subscriber and gives the leave link of a newsletter, as a path.
func (s *site) reader(email string, lang mce.Lang) (mce.Subscriber, string) {
	s.t.Helper()
	p := mce.Subscriber{Email: email, Details: mce.Details{Name: "Anna Rossi"}, Choices: mce.Choices{Language: lang, Topics: []string{"events", "association-news"}}}
	if _, err := s.store.ImportSubscribers(s.t.Context(), []mce.Subscriber{p}, "yes", "test", frozen{}.Now(), nil); err != nil {
		s.t.Fatal(err)
	}
	p = s.subscriber(email)
	return p, "/leave/" + s.keys.Token(mce.ForLeaving, p.ID, 1)
}

const wording = "I want these newsletters, in these very words."

// asked adds a subscriber who is asked to confirm and gives the link of that letter, as a path.
func (s *site) asked(email string, lang mce.Lang) (mce.Subscriber, string) {
	s.t.Helper()
	p := mce.Subscriber{Email: email, Choices: mce.Choices{Language: lang, Topics: []string{"events"}}}
	render := func() (mce.Edition, error) { return s.letters.OptIn(lang, nil) }
	if asked, err := s.store.AskToConfirm(s.t.Context(), mce.Wish{Subscriber: p, Consent: mce.Consent{Wording: wording, Source: "test", At: frozen{}.Now()}}, render, "mce.example"); err != nil || !asked {
		s.t.Fatal(asked, err)
	}
	p = s.subscriber(email)
	return p, "/confirm/" + s.keys.Token(mce.ForConfirming, p.ID, s.record(p)[0].ID)
}

func (s *site) subscriber(email string) mce.Subscriber {
	s.t.Helper()
	p, err := s.store.SubscriberByEmail(s.t.Context(), email)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *site) record(p mce.Subscriber) []mce.Consent {
	s.t.Helper()
	record, err := s.store.Consents(s.t.Context(), p.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return record
}

// story is a subscriber's state and what stands on record, "unsubscribed: imported withdrawn".
func (s *site) story(p mce.Subscriber) string {
	s.t.Helper()
	words := []string{string(s.subscriber(p.Email).State) + ":"}
	for _, c := range s.record(p) {
		words = append(words, c.Action)
	}
	return strings.Join(words, " ")
}

// send sends an issue of the sample's newsletter to whoever reads it.
func (s *site) send() { s.sendAt(frozen{}.Now()) }

func (s *site) sendAt(now time.Time) {
	s.t.Helper()
	ctx := s.t.Context()
	series, err := s.store.Series(ctx, "newsletter")
	if err != nil {
		s.t.Fatal(err)
	}
	issue, _, err := s.store.Assemble(ctx, series, mce.Slot{Wall: now.Format("2006-01-02 15:04"), Due: now}, true, now)
	if err != nil {
		s.t.Fatal(err)
	}
	_, approve := s.store.Approve(ctx, issue.ID, "test", s.letters.Look(), now)
	_, schedule := s.store.Schedule(ctx, issue.ID, now, s.letters.Look())
	_, start := s.store.StartSending(ctx, issue.ID, s.letters, "mce.example", now)
	if err := errors.Join(approve, schedule, start); err != nil {
		s.t.Fatal(err)
	}
}

// answer is what the server answered.
type answer struct {
	*http.Response
	body string
}

// ask makes a request without following redirects. Headers are pairs of name and value.
func (s *site) ask(method, path string, body io.Reader, headers ...string) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	r, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{r, string(b)}
}

func (s *site) get(path string, headers ...string) answer {
	s.t.Helper()
	return s.ask(http.MethodGet, path, nil, headers...)
}

// wants checks the status and what the page says.
func (a answer) wants(t testing.TB, status int, says ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("status %d, want %d\n%s", a.StatusCode, status, a.body)
	}
	for _, words := range says {
		if !strings.Contains(a.body, words) {
			t.Errorf("the page does not say %q:\n%s", words, a.body)
		}
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
