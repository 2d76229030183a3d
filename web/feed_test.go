package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/feed/feedtest"
)

// issues sends so many, a day apart; all but the first have an article each, and what the first left.
func (s *site) issues(n int) {
	s.t.Helper()
	s.send()
	series, err := s.store.Series(s.t.Context(), "newsletter")
	if err != nil {
		s.t.Fatal(err)
	}
	series.Minimum = 1
	lib := mce.Library{Series: []mce.Series{series}}
	for i := 2; i <= n; i++ {
		at := frozen{}.Now().AddDate(0, 0, i-1)
		lib.Articles = []mce.Article{{
			Slug: fmt.Sprintf("article-%d", i), Title: mce.Text{"en": fmt.Sprintf("Article %d <b> & “co”", i), "it": fmt.Sprintf("Articolo %d", i)},
			Body: mce.Text{"en": "A [link](https://example.org/?a=1&b=2)."}, Window: mce.Window{From: at.Add(-time.Hour)}, Priority: 9,
			Image: "https://www.majorcities.example/p.jpg", ImageAlt: mce.Text{"en": "A picture"},
		}}
		if err := s.store.SaveLibrary(s.t.Context(), lib, at); err != nil {
			s.t.Fatal(err)
		}
		s.sendAt(at)
	}
}

func TestFeedsHoldTheIssuesOfASeriesInALanguage(t *testing.T) {
	s := newSite(t, "https://example.org/mail")
	s.issues(3)
	var ids []string
	for _, lang := range mce.Languages() {
		var first []feedtest.Entry
		for _, kind := range mce.FeedKinds() {
			path := "/mail/archive/newsletter/" + string(lang) + "/feed." + string(kind)
			a := s.get(path)
			a.wants(t, http.StatusOK)
			f := feedtest.Check(t, kind, []byte(a.body))
			if f.Self != "https://example.org"+path || f.Home != "https://example.org/mail/archive/newsletter/"+string(lang) || f.Lang != string(lang) {
				t.Errorf("self %s, home %s, language %s", f.Self, f.Home, f.Lang)
			}
			if first == nil {
				first = f.Entries
			}
			if diff := cmp.Diff(first, f.Entries); diff != "" {
				t.Errorf("%s says another thing than Atom:\n%s", kind, diff)
			}
		}
		if len(first) != 3 {
			t.Fatalf("%d entries", len(first))
		}
		for i, e := range first {
			ids = append(ids, e.ID)
			number, at := 3-i, frozen{}.Now().AddDate(0, 0, 2-i)
			edition, err := s.store.ArchivedEdition(t.Context(), "newsletter", number, lang)
			if err != nil || e.Title != edition.Subject || !e.Date.Equal(at) || e.Summary == "" {
				t.Errorf("%v: %+v", err, e)
			}
			s.get(strings.TrimPrefix(e.Link, "https://example.org")).wants(t, http.StatusOK, e.HTML)
		}
	}
	want := []string{
		"tag:mce.example,2023-10-20:archive/newsletter/3/en", "tag:mce.example,2023-10-19:archive/newsletter/2/en",
		"tag:mce.example,2023-10-18:archive/newsletter/1/en", "tag:mce.example,2023-10-20:archive/newsletter/3/it",
		"tag:mce.example,2023-10-19:archive/newsletter/2/it", "tag:mce.example,2023-10-18:archive/newsletter/1/it",
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
}

func TestAFeedIsSentAgainOnlyWhenItHasChanged(t *testing.T) {
	s := newSite(t, public)
	s.issues(2)
	for _, kind := range mce.FeedKinds() {
		path := "/archive/newsletter/en/feed." + string(kind)
		a := s.get(path)
		tag, at := a.Header.Get("ETag"), a.Header.Get("Last-Modified")
		if !strings.HasPrefix(tag, `"`) || at != "Thu, 19 Oct 2023 10:00:00 GMT" {
			t.Errorf("ETag %s, Last-Modified %s", tag, at)
		}
		for _, c := range []struct {
			header, value string
			want          int
		}{
			{"If-None-Match", tag, 304}, {"If-None-Match", "W/" + tag, 304}, {"If-None-Match", `"other", ` + tag, 304}, {"If-None-Match", `"other"`, 200},
			{"If-Modified-Since", at, 304}, {"If-Modified-Since", "Wed, 18 Oct 2023 10:00:00 GMT", 200}, {"If-Modified-Since", "nonsense", 200},
		} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				got := s.ask(method, path, nil, c.header, c.value)
				if got.StatusCode != c.want || c.want == 304 && got.body != "" || got.Header.Get("ETag") != tag {
					t.Errorf("%s with %s: %s gives %d %q, ETag %s", method, c.header, c.value, got.StatusCode, got.body, got.Header.Get("ETag"))
				}
			}
		}
	}
	before := s.get("/archive/newsletter/en/feed.atom").Header.Get("ETag")
	s.rename("News <now>")
	a := s.get("/archive/newsletter/en/feed.atom", "If-None-Match", before, "If-Modified-Since", "Thu, 19 Oct 2023 10:00:00 GMT")
	a.wants(t, http.StatusOK, "News &lt;now&gt;") // by its ETag, though no issue has come
}

// rename gives the newsletter another name.
func (s *site) rename(name string) {
	s.t.Helper()
	series, err := s.store.Series(s.t.Context(), "newsletter")
	if err != nil {
		s.t.Fatal(err)
	}
	series.Name = mce.Text{"en": name}
	if err := s.store.SaveLibrary(s.t.Context(), mce.Library{Series: []mce.Series{series}}, frozen{}.Now()); err != nil {
		s.t.Fatal(err)
	}
}

func TestAFeedEndsButItsIdStays(t *testing.T) {
	s := newSite(t, public)
	s.issues(22)
	a := s.get("/archive/newsletter/en/feed.atom")
	f := feedtest.Check(t, mce.AtomFeed, []byte(a.body))
	if len(f.Entries) != 20 || f.Entries[0].Link != public+"/archive/newsletter/22/en" {
		t.Errorf("%d entries, the first %+v", len(f.Entries), f.Entries[0])
	}
	a.wants(t, http.StatusOK, "<id>tag:mce.example,2023-10-18:archive/newsletter/en</id>")
	if n := len(s.get("/archive/newsletter/en").body); n == 0 {
		t.Error("no page")
	}
	s.get("/archive/newsletter/3/en").wants(t, http.StatusOK, "Next:", `href="/archive/newsletter/4/en"`, "Previous:", `href="/archive/newsletter/2/en"`)
}

func TestPagesOfTheServiceSayWhatIsConfigured(t *testing.T) {
	s := newSite(t, public)
	s.get("/privacy").wants(t, http.StatusOK, "Major Cities of Europe<br>1 Example Street, Example City<br>", "mailto:office@mce.example", "13 months", "no cookies")
	s.get("/privacy?lang=it").wants(t, http.StatusOK, "13 mesi", "mailto:office@mce.example")
	s.get("/accessibility").wants(t, http.StatusOK, "level AA", "mailto:office@mce.example", "axe-core")
	for _, path := range []string{"/", "/help", "/archive", "/nowhere"} {
		a := s.get(path)
		a.wants(t, a.StatusCode, `href="/privacy?lang=en"`, `href="/accessibility?lang=en"`)
	}
}
