package desk_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/demo/sample"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
	"github.com/majorcities/mce-mailer/scheduler"
	pages "github.com/majorcities/mce-mailer/templates/desk"
	"github.com/majorcities/mce-mailer/templates/letter"
	"github.com/majorcities/mce-mailer/templates/page"
	"github.com/majorcities/mce-mailer/web"
	"github.com/majorcities/mce-mailer/web/desk"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// business is a moment in the weeks of the sample content.
var business = time.Date(2023, 10, 18, 10, 0, 0, 0, time.UTC)

type frozen struct{}

func (frozen) Now() time.Time { return business }

// hand is a clock that a test moves.
type hand struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hand) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// house is a desk on a database of its own, which holds the sample content, behind TLS.
type house struct {
	t       testing.TB
	store   *postgres.Store
	db      *sql.DB
	keys    *mce.Keys
	checks  *checks
	proofs  *proofs
	plans   desk.Planner // in place of the program's own look ahead; nil: that
	letters *letter.Letters
	desk    *desk.Desk
	server  *httptest.Server
	wall    *hand
	base    string // path of the public address
	log     bytes.Buffer
}

func newHouse(t testing.TB) *house { return newHouseAt(t, "", nil) }

// newHouseAt has a public address with a path, and may have a provider of log-ins.
func newHouseAt(t testing.TB, base string, provider *desk.OIDC) *house {
	t.Helper()
	address := pgtest.URL(t)
	h := &house{t: t, db: pgtest.DB(t, address), wall: &hand{now: time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)}, base: base}
	h.server = httptest.NewUnstartedServer(nil)
	h.server.StartTLS()
	t.Cleanup(h.server.Close)
	site := mce.Site{
		Name: "Major Cities of Europe", Short: "MCE", Postal: "1 Example Street", PublicURL: h.server.URL + base,
		FromName: "MCE", From: "news@mce.example", ReplyTo: "office@mce.example",
	}
	h.build(address, site, provider)
	public, err := page.New(site)
	h.must(err)
	h.server.Config.Handler = (&web.Server{ // the pages stand beside it, as in the program
		Store: h.store, Letters: h.letters, Pages: public, Keys: h.keys, Site: site, Clock: frozen{}, Log: slog.New(slog.NewTextHandler(&h.log, nil)),
		Mailer: func() error { return nil }, API: http.NotFoundHandler(), Desk: h.desk.Handler(),
	}).Handler()
	var lib mce.Library
	h.must(json.Unmarshal(sample.Content(), &lib))
	h.must(h.store.SaveLibrary(t.Context(), lib, business))
	return h
}

func (h *house) build(address string, site mce.Site, provider *desk.OIDC) {
	h.t.Helper()
	var err error
	h.store, err = postgres.Open(h.t.Context(), address)
	h.must(err)
	h.t.Cleanup(func() { h.store.Close() })
	h.letters, err = letter.New(site)
	h.must(err)
	h.keys, err = mce.NewKeys([]byte(strings.Repeat("k", mce.MinSecret)))
	h.must(err)
	h.must(h.store.UseKeys(h.t.Context(), h.keys))
	h.checks, h.proofs = &checks{look: h.letters.Look()}, &proofs{}
	looks, err := pages.New(site)
	h.must(err)
	h.desk, err = desk.New(desk.Options{
		Store: h.store, Letters: h.letters, Pages: looks, Keys: h.keys, Site: site, Clock: frozen{}, Wall: h.wall, Log: slog.New(slog.NewTextHandler(&h.log, nil)),
		OIDC: provider, Examiner: h.checks, AtOnce: h.checks, Prover: h.proofs, Planner: planner{h},
	})
	h.must(err)
	h.t.Cleanup(h.desk.Close)
}

// planner is the program's own look ahead.
type planner struct{ h *house }

func (p planner) Plan(ctx context.Context, from, to time.Time) (plan mce.Plan, err error) {
	if p.h.plans != nil {
		return p.h.plans.Plan(ctx, from, to)
	}
	err = p.h.store.Rehearse(ctx, from, func(stage *postgres.Store) error {
		r := scheduler.Rehearsal{Stage: stage, Letters: p.h.letters, Domain: "mce.example", Now: from, From: from, To: to, Approve: true}
		plan, err = r.Plan(ctx)
		return err
	})
	return plan, err
}

// checks is a pre-flight that finds what a test wants.
type checks struct {
	look  string
	mu    sync.Mutex
	found []mce.Finding
	times int // it was asked
}

func (c *checks) Examine(_ context.Context, d mce.Draft) (mce.Report, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.times++
	r := mce.NewReport(c.found)
	r.At, r.Editions, r.Unexamined = business, 2, []string{"links: the network was not asked"}
	var err error
	r.Fingerprint, err = mce.SealOf(mce.Draft{Issue: d.Issue, Series: d.Series, Items: d.Items}, c.look, time.Time{})
	return r, err
}

func (c *checks) finds(found ...mce.Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.found = found
}

// proofs keeps the test mails, as "address subject".
type proofs struct {
	mu   sync.Mutex
	sent []string
	err  error  // of all mails
	bad  string // the address to which none can be sent
}

func (p *proofs) SendProof(_ context.Context, e mce.Edition, to, _ string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if to == p.bad {
		return mce.Unavailablef(nil, "the mail relay did not take the mail: 550 no such box")
	}
	if p.err == nil {
		p.sent = append(p.sent, to+" "+e.Subject)
	}
	return p.err
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// user adds a user who is called by their role, or by another name.
func (h *house) user(name string, role mce.DeskRole) mce.User {
	h.t.Helper()
	u := mce.User{Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@mce.example", Name: name, Role: role, Language: mce.English}
	u, err := h.store.AddUser(h.t.Context(), u, mce.Actor{Name: "test"}, "", business)
	h.must(err)
	return u
}

func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	h.must(h.db.QueryRowContext(h.t.Context(), query, args...).Scan(&n))
	return n
}

// whole is everything that the desk may change, to see that nothing did. That a session was seen is no change.
func (h *house) whole() string {
	h.t.Helper()
	var all string
	h.must(h.db.QueryRowContext(h.t.Context(), `
		select concat((select json_agg(u order by id) from users u), (select json_agg(a order by id) from audit a),
			(select json_agg(json_build_array(d.id, d.hash, d.logged_in) order by d.id) from desk_sessions d),
			(select json_agg(i order by id) from issues i), (select json_agg(x order by issue_id, line) from issue_items x), (select json_agg(c order by kind, piece_id, version) from content_versions c),
			(select json_agg(c order by id) from content_drafts c), (select json_agg(i order by id) from images i), (select json_agg(s order by id) from subscribers s), (select json_agg(s order by email) from suppressions s), (select json_agg(r order by id) from registrations r),
			(select json_agg(u order by id) from desk_uploads u), (select json_agg(l order by id) from logins l), (select json_agg(w order by id) from wishes w),
			(select json_agg(r order by id) from registrations r), (select json_agg(s order by id) from subscribers s), (select json_agg(s order by id) from series s),
			(select json_agg(t order by slug) from topics t), (select json_agg(r order by id) from reminder_rules r), (select json_agg(e order by id) from events e),
			(select json_agg(s order by email) from suppressions s), (select json_agg(u order by id) from desk_uploads u))`).Scan(&all))
	return all
}

// issue is one that waits for an approval.
func (h *house) issue() mce.Issue {
	h.t.Helper()
	series, err := h.store.Series(h.t.Context(), "newsletter")
	h.must(err)
	issue, _, err := h.store.Assemble(h.t.Context(), series, mce.Slot{Wall: "2023-10-18 12:00", Due: business}, true, business)
	h.must(err)
	if issue.State != mce.InReview {
		h.t.Fatalf("%+v", issue)
	}
	return issue
}

// granter makes the mails of links; nothing else is wished for here.
type granter struct {
	mce.WishLetters
	letters *letter.Letters
}

func (g granter) Login(lang mce.Lang) (mce.Edition, error) { return g.letters.Login(lang) }

// links grants what was wished for and gives the paths of all links that were mailed, the oldest first.
func (h *house) links() []string {
	h.t.Helper()
	ctx := h.t.Context()
	for more := true; more; {
		var err error
		more, err = h.store.GrantWish(ctx, granter{letters: h.letters}, "mce.example")
		h.must(err)
	}
	rows, err := h.db.QueryContext(ctx, `select user_id, cause_id from letters where kind = 'login' order by id`)
	h.must(err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var user, login int64
		h.must(rows.Scan(&user, &login))
		out = append(out, "/desk/login/"+h.keys.Token(mce.ForLogin, user, login))
	}
	h.must(rows.Err())
	return out
}

// browser keeps cookies, as people's do.
type browser struct {
	h   *house
	jar *cookiejar.Jar
}

func (h *house) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{h, jar}
}

// as is a browser in which somebody has just logged in.
func (h *house) as(u mce.User) *browser {
	h.t.Helper()
	b := h.browser()
	b.set("__Host-mce_session", b.plant(u))
	return b
}

// plant makes a session of a user and gives the secret of its cookie.
func (b *browser) plant(u mce.User) string {
	b.h.t.Helper()
	secret := "secret " + time.Now().String()
	sum := sha256.Sum256([]byte(secret))
	_, err := b.h.db.ExecContext(b.h.t.Context(), `insert into desk_sessions (user_id, hash, client, origin, logged_in, seen) values ($1, $2, 'Test', '', $3, $3)`,
		u.ID, sum[:], b.h.wall.Now())
	b.h.must(err)
	return secret
}

func (b *browser) origin() *url.URL {
	u, _ := url.Parse(b.h.server.URL)
	return u
}

func (b *browser) set(name, value string) {
	b.jar.SetCookies(b.origin(), []*http.Cookie{{Name: name, Value: value, Path: "/", Secure: true}})
}

// cookie is the value of a cookie; empty: there is none.
func (b *browser) cookie(name string) string {
	for _, c := range b.jar.Cookies(b.origin()) {
		if c.Name == "__Host-mce_"+name {
			return c.Value
		}
	}
	return ""
}

// answer is what the desk answered.
type answer struct {
	*http.Response
	body string
}

// ask makes a request without following redirects. Headers are pairs of name and value.
func (b *browser) ask(method, path string, form url.Values, headers ...string) answer {
	b.h.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
		headers = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
	}
	return b.send(method, path, body, headers...)
}

// send is ask with any body.
func (b *browser) send(method, path string, body io.Reader, headers ...string) answer {
	b.h.t.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(b.h.t.Context()), method, b.h.server.URL+b.h.base+path, body)
	b.h.must(err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{Transport: b.h.server.Client().Transport, Jar: b.jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.Do(req)
	b.h.must(err)
	defer r.Body.Close()
	all, err := io.ReadAll(r.Body)
	b.h.must(err)
	return answer{r, string(all)}
}

func (b *browser) get(path string, headers ...string) answer {
	b.h.t.Helper()
	return b.ask(http.MethodGet, path, nil, headers...)
}

var tokenField = regexp.MustCompile(`name="token" value="([^"]+)"`)

// token is that of the forms of a page.
func (a answer) token() string {
	if m := tokenField.FindStringSubmatch(a.body); m != nil {
		return m[1]
	}
	return ""
}

// press fills in the form of a page, pairs of name and value, and presses its button. The form is at the path to, or at the page's own.
func (b *browser) press(page, to string, fields ...string) answer {
	b.h.t.Helper()
	from := b.get(page)
	form := url.Values{"token": {from.token()}}
	if _, rest, ok := strings.Cut(from.body, ` action="`+b.h.base+to+`"`); ok { // the hidden entry of that form
		within, _, _ := strings.Cut(rest, "</form>")
		if m := seenField.FindStringSubmatch(within); m != nil {
			form.Set("seen", m[1])
		}
	}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.ask(http.MethodPost, to, form)
}

// asks types an address on the page to log in.
func (b *browser) asks(email string) answer {
	b.h.t.Helper()
	return b.press("/desk/login", "/desk/login", "email", email)
}

// logsIn goes the whole way of a user.
func (b *browser) logsIn(u mce.User) {
	b.h.t.Helper()
	b.asks(u.Email).wants(b.h.t, http.StatusOK)
	links := b.h.links()
	link := links[len(links)-1]
	b.press(link, link).wants(b.h.t, http.StatusSeeOther)
}

// in reports whether the browser is logged in.
func (b *browser) in() bool {
	b.h.t.Helper()
	return b.get("/desk/").StatusCode == http.StatusOK
}

// wants checks the status and what the page says.
func (a answer) wants(t testing.TB, status int, says ...string) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("status %d, want %d\n%s", a.StatusCode, status, a.body)
	}
	for _, words := range says {
		if !strings.Contains(a.body, words) {
			t.Errorf("the page does not say %q:\n%s", words, a.body)
		}
	}
	return a
}

// leads checks that the answer leads on to a path.
func (a answer) leads(t testing.TB, to string) answer {
	t.Helper()
	if got := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || got != to {
		t.Errorf("status %d leads to %q, want %q\n%s", a.StatusCode, got, to, a.body)
	}
	return a
}
