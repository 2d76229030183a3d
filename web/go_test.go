package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

// asPerson are the headers of a browser in which somebody follows a link.
var asPerson = []string{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}

func TestLinksAreCountedOnlyWhereTheSeriesAsksForIt(t *testing.T) {
	s := newSite(t, public)
	s.reader("anna@example.org", "en")
	s.send()
	if s.count(`select count(*) from issue_links`) != 0 || s.count(`select count(*) from editions where html like '%/go/%'`) != 0 {
		t.Error("links of a series that counts none are counted")
	}
	s.get("/go/1/1").wants(t, http.StatusNotFound)
	s.get("/privacy").wants(t, http.StatusOK, "do not record whether you open them or what you click")
}

func TestALinkLeadsWhereTheIssueSaysAndIsCountedForAllTogether(t *testing.T) {
	s := newSite(t, public)
	anna, _ := s.reader("anna@example.org", "en")
	s.reader("bruno@example.org", "it")
	s.exec(`update series set clicks = true`)
	s.send()
	s.get("/privacy").wants(t, http.StatusOK, "Some newsletters count how often each of their links is followed")
	if n := s.count(`select count(*) from editions where kind = 'newsletter' and not archive and html not like '%/go/1/1"%'`); n != 0 {
		t.Errorf("%d editions have links of their own", n)
	}
	if n := s.count(`select count(*) from editions where archive and html like '%/go/%'`); n != 0 {
		t.Error("the archive counts")
	}
	var html, url string
	s.row(`select html from editions where kind = 'newsletter' and not archive and lang = 'en'`, &html)
	for _, m := range regexp.MustCompile(`/go/[^"]+`).FindAllString(html, -1) {
		if !regexp.MustCompile(`^/go/1/\d+$`).MatchString(m) {
			t.Errorf("%s is somebody's", m)
		}
	}
	s.row(`select url from issue_links where number = 1`, &url)
	clicks := func() int { return s.count(`select clicks from issue_links where number = 1`) }
	for name, c := range map[string]struct {
		method  string
		headers []string
		counts  int
	}{
		"a person":       {http.MethodGet, asPerson, 1},
		"a HEAD":         {http.MethodHead, asPerson, 0},
		"no browser":     {http.MethodGet, []string{"User-Agent", "Mozilla/5.0"}, 0},
		"a robot":        {http.MethodGet, append([]string{"User-Agent", "Mozilla/5.0 (compatible; SafeLinks Scanner)"}, asPerson[2:]...), 0},
		"ahead of time":  {http.MethodGet, append([]string{"Sec-Purpose", "prefetch"}, asPerson...), 0},
		"within a frame": {http.MethodGet, []string{"User-Agent", asPerson[1], "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 0},
	} {
		before := clicks()
		a := s.ask(c.method, "/go/1/1", nil, c.headers...)
		if a.StatusCode != http.StatusFound || a.Header.Get("Location") != url || a.Header.Get("Set-Cookie") != "" || a.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %d %v", name, a.StatusCode, a.Header)
		}
		if got := clicks() - before; got != c.counts {
			t.Errorf("%s: counted %d times", name, got)
		}
	}
	for _, path := range []string{"/go/1/9999", "/go/2/1", "/go/1/0", "/go/1/x", "/go/x/1", "/go/1/1/" + anna.Email, "/go/1/99999999999999999999", "/go/1/1%2f..%2f..%2fevil.example"} {
		s.get(path).wants(t, http.StatusNotFound)
	}
	// Another address of the article does not change where the mail that has left leads to.
	s.exec(`update articles set link = 'https://evil.example/'; update events set link = 'https://evil.example/'; update resources set link = 'https://evil.example/'`)
	if to := s.ask(http.MethodGet, "/go/1/1", nil).Header.Get("Location"); to != url || strings.Contains(to, "evil") {
		t.Error(to)
	}
}

// exec runs statements of the test's own.
func (s *site) exec(statements string) {
	s.t.Helper()
	if _, err := pgtest.DB(s.t, s.database).ExecContext(s.t.Context(), statements); err != nil {
		s.t.Fatal(err)
	}
}

// row reads one value.
func (s *site) row(query string, to any) {
	s.t.Helper()
	if err := pgtest.DB(s.t, s.database).QueryRowContext(s.t.Context(), query).Scan(to); err != nil {
		s.t.Fatal(err)
	}
}
