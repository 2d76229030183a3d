package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/majorcities/mce-mailer/demo/sample"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
	"github.com/majorcities/mce-mailer/templates/letter"
	"github.com/majorcities/mce-mailer/web/api"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// frozen is a clock that stands still, in the weeks of the sample content.
type frozen struct{}

func (frozen) Now() time.Time { return time.Date(2023, 10, 18, 10, 0, 0, 0, time.UTC) }

const public = "https://mail.example.org"

// site is the interface on a database of its own, with an event that is open, and a token with all scopes.
type site struct {
	t        testing.TB
	url      string
	database string
	store    *postgres.Store
	server   *api.Server
	document libopenapi.Document
	check    validator.Validator // of every request that is granted, and every answer
	token    string
}

// event is one that takes delegates, with a session to choose.
func event() mce.Event {
	at := func(hour int) time.Time { return time.Date(2023, 11, 23, hour, 0, 0, 0, time.UTC) }
	return mce.Event{
		Slug: "larissa", Kind: mce.Workshop, State: mce.EventOpen, Title: mce.Text{"en": "Workshop"}, City: mce.Text{"en": "Larissa"},
		TimeZone: "Europe/Athens", Starts: at(8), Ends: at(16), Topics: []string{"events"}, Window: mce.Window{From: at(0).AddDate(0, -3, 0)},
		Sessions: []mce.Session{
			{Slug: "opening", Title: mce.Text{"en": "Opening"}, Starts: at(8), Ends: at(9)},
			{Slug: "lab", Title: mce.Text{"en": "Lab"}, Starts: at(10), Ends: at(12), Optional: true},
		},
	}
}

func newSite(t testing.TB) *site {
	t.Helper()
	about := mce.Site{Name: "Major Cities of Europe", Short: "MCE", PublicURL: public, From: "news@mce.example", FromName: "MCE", ReplyTo: "office@mce.example"}
	s := &site{t: t, database: pgtest.URL(t)}
	s.store = must(postgres.Open(t.Context(), s.database))(t)
	t.Cleanup(func() { s.store.Close() })
	var lib mce.Library
	if err := json.Unmarshal(sample.Content(), &lib); err != nil {
		t.Fatal(err)
	}
	lib.Events = append(lib.Events, event())
	if err := s.store.SaveLibrary(t.Context(), lib, frozen{}.Now()); err != nil {
		t.Fatal(err)
	}
	s.server = &api.Server{Store: s.store, Notices: must(letter.New(about))(t), Site: about, Clock: frozen{}, Log: slog.New(slog.DiscardHandler)}
	listener := httptest.NewServer(s.server.Handler())
	t.Cleanup(listener.Close)
	s.url = listener.URL
	s.document = must(libopenapi.NewDocument(must(os.ReadFile("openapi.json"))(t)))(t)
	var faults []error
	if s.check, faults = validator.NewValidator(s.document); len(faults) > 0 {
		t.Fatal(faults)
	}
	s.token = s.tokenFor("all", mce.Scopes()...)
	return s
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// tokenFor makes the secret of a token with some scopes.
func (s *site) tokenFor(name string, scopes ...mce.Scope) string {
	s.t.Helper()
	secret := mce.NewAPISecret()
	t := must(mce.NewAPIToken(name, scopes, time.Time{}, frozen{}.Now()))(s.t)
	if err := s.store.AddAPIToken(s.t.Context(), t, mce.APISecretHash(secret)); err != nil {
		s.t.Fatal(err)
	}
	return secret
}

// call is a request to make.
type call struct {
	method, path string // the path below /api/v1
	body         string
	token        string // empty: that of the site, "none" for none
	header       map[string]string
}

// answer is what was answered.
type answer struct {
	*http.Response
	body string
}

// with is the call with a header more.
func (c call) with(name, value string) call {
	header := map[string]string{name: value}
	for n, v := range c.header {
		if n != name {
			header[n] = v
		}
	}
	c.header = header
	return c
}

// request makes the request of a call to an address. Each has a client of its own, unless it says otherwise.
func (s *site) request(c call, to string) *http.Request {
	s.t.Helper()
	r := must(http.NewRequestWithContext(s.t.Context(), c.method, to+"/api/v1"+c.path, strings.NewReader(c.body)))(s.t)
	switch {
	case c.body == "":
	case c.method == http.MethodPatch:
		r.Header.Set("Content-Type", "application/merge-patch+json")
	default:
		r.Header.Set("Content-Type", "application/json")
	}
	switch c.token {
	case "none":
	case "":
		r.Header.Set("Authorization", "Bearer "+s.token)
	default:
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	return r
}

// do makes a call, and holds what is asked and answered to the document: a request that is granted must be one that it describes.
func (s *site) do(c call) answer {
	s.t.Helper()
	r := must(http.DefaultTransport.RoundTrip(s.request(c, s.url)))(s.t)
	defer r.Body.Close()
	raw := must(io.ReadAll(r.Body))(s.t)
	documented := s.request(c, public)
	r.Body = io.NopCloser(bytes.NewReader(raw))
	if r.StatusCode == http.StatusMethodNotAllowed { // the document says it of all paths at once
		return answer{r, string(raw)}
	}
	if ok, faults := s.check.ValidateHttpResponse(documented, r); !ok {
		s.t.Errorf("%s %s: the answer %d is not as documented: %v\n%s", c.method, c.path, r.StatusCode, faults, raw)
	}
	if ok, faults := s.check.ValidateHttpRequest(documented); !ok && r.StatusCode < 300 {
		s.t.Errorf("%s %s: the request is not as documented, and granted: %v\n%s", c.method, c.path, faults, c.body)
	}
	return answer{r, string(raw)}
}

func (s *site) get(path string) answer {
	s.t.Helper()
	return s.do(call{method: http.MethodGet, path: path})
}

func (s *site) post(path, body string) answer {
	s.t.Helper()
	return s.do(call{method: http.MethodPost, path: path, body: body})
}

func (s *site) patch(path, body string) answer {
	s.t.Helper()
	return s.do(call{method: http.MethodPatch, path: path, body: body})
}

// problem is one as a program reads it.
type problem struct {
	Type, Title, Detail, Code string
	Status                    int
	Errors                    []struct{ Pointer, Detail string }
}

// gives checks the status and the code of a problem, with the places that it names.
func (a answer) gives(t testing.TB, status int, code string, pointers ...string) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatalf("status %d: %v\n%s", a.StatusCode, err, a.body)
	}
	var named []string
	for _, e := range p.Errors {
		named = append(named, e.Pointer)
	}
	if a.StatusCode != status || p.Status != status || p.Code != code || strings.Join(named, " ") != strings.Join(pointers, " ") {
		t.Errorf("want %d %s at %q:\n%d %s", status, code, pointers, a.StatusCode, a.body)
	}
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s, %s", got, a.Header.Get("Cache-Control"))
	}
	return p
}

// into reads an answer of a status.
func (a answer) into(t testing.TB, status int, v any) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("status %d, want %d\n%s", a.StatusCode, status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatal(err)
	}
}

func (s *site) sql(statement string, args ...any) int {
	s.t.Helper()
	res, err := pgtest.DB(s.t, s.database).ExecContext(s.t.Context(), statement, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return int(must(res.RowsAffected())(s.t))
}
