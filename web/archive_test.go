package web_test

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestAnEmptyArchiveSaysSo(t *testing.T) {
	s := newSite(t, public)
	s.get("/archive").wants(t, http.StatusOK, "No newsletter has been sent yet.")
}

func TestTheArchiveListsWhatWasSentInEveryLanguage(t *testing.T) {
	s := newSite(t, public)
	s.reader("anna@example.org", "en")
	s.send()
	s.get("/archive").wants(t, http.StatusOK, "MCE Newsletter", "no. 1", "2023-10-18", `href="/archive/newsletter/1/en"`, `href="/archive/newsletter/1/it"`)
	s.get("/archive?lang=it").wants(t, http.StatusOK, "Newsletter MCE", `class="subject" href="/archive/newsletter/1/it"`)
	for lang, words := range map[string][]string{"en": {"Past issues", "Number 1"}, "it": {"Numeri precedenti", "Numero 1"}} {
		a := s.get("/archive/newsletter/1/" + lang)
		a.wants(t, http.StatusOK, `<html lang="`+lang+`"`, words[0], `<article class="issue">`, "<h3>")
		if got := a.Header.Get("Content-Language"); got != lang {
			t.Errorf("Content-Language %s", got)
		}
		s.get("/archive/newsletter/"+lang).wants(t, http.StatusOK, `<html lang="`+lang+`"`, `class="subject" href="/archive/newsletter/1/`+lang+`"`)
	}
}

func TestAnArchivedIssueKeepsTheReadersChoices(t *testing.T) {
	s := newSite(t, public)
	s.send()
	a := s.get("/archive/newsletter/1/en?lang=it&text=large&font=readable&links=highlight&contrast=light")
	a.wants(t, http.StatusOK, `<html lang="it" data-text="large" data-font="readable" data-links="highlight" data-contrast="light">`,
		`<article class="issue" lang="en">`, `href="/archive/newsletter/1/it?contrast=light&amp;font=readable&amp;links=highlight&amp;text=large"`,
		`<link rel="canonical" href="https://mail.example.org/archive/newsletter/1/en">`)
	if strings.Contains(a.body, "<style") || strings.Contains(a.body, " style=") {
		t.Error("it brings styles along")
	}
}

func TestAnArchivedIssueSaysWhatItIsToThoseWhoLinkToIt(t *testing.T) {
	s := newSite(t, "https://example.org/mail")
	s.send()
	e, err := s.store.ArchivedEdition(t.Context(), "newsletter", 1, "it")
	if err != nil {
		t.Fatal(err)
	}
	const here = "https://example.org/mail/archive/newsletter/1/it"
	a := s.get("/mail/archive/newsletter/1/it?text=large")
	got := meta(t, a.body)
	for name, want := range map[string]string{
		"og:type": "article", "og:title": e.Subject, "og:url": here, "og:site_name": "Major Cities of Europe", "og:locale": "it_IT",
		"og:locale:alternate": "en_GB", "article:published_time": "2023-10-18T10:00:00Z", "og:image": "", "canonical": here, "alternate it": here,
		"alternate en":                    "https://example.org/mail/archive/newsletter/1/en",
		"alternate application/atom+xml":  "/mail/archive/newsletter/it/feed.atom",
		"alternate application/rss+xml":   "/mail/archive/newsletter/it/feed.rss",
		"alternate application/feed+json": "/mail/archive/newsletter/it/feed.json",
	} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
	if got["description"] == "" || got["description"] != got["og:description"] {
		t.Errorf("descriptions %q and %q", got["description"], got["og:description"])
	}
}

// meta is what the head of a page says.
func meta(t *testing.T, body string) map[string]string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for n := range root.Descendants() {
		a := map[string]string{}
		for _, attr := range n.Attr {
			a[attr.Key] = attr.Val
		}
		switch n.Data {
		case "meta":
			out[a["property"]+a["name"]] = a["content"]
		case "link":
			out[strings.TrimSpace(a["rel"]+" "+a["hreflang"]+a["type"])] = a["href"]
		}
	}
	return out
}

// TestANewsletterLeadsToItsOwnPage: in its language, and the same for everybody.
func TestANewsletterLeadsToItsOwnPage(t *testing.T) {
	s := newSite(t, public)
	s.reader("anna@example.org", "en")
	s.reader("bruna@example.org", "it")
	s.send()
	found := 0
	for id := range int64(10) {
		e, err := s.store.Edition(t.Context(), id)
		if err != nil || e.Nonce == "" {
			continue
		}
		found++
		link := public + "/archive/newsletter/1/" + string(e.Lang)
		if !strings.Contains(e.HTML, `href="`+link+`"`) || !strings.Contains(e.Text, link+"\n") {
			t.Errorf("the %s edition does not lead to %s", e.Lang, link)
		}
		s.get(strings.TrimPrefix(link, public)).wants(t, http.StatusOK, `<html lang="`+string(e.Lang)+`"`)
	}
	if found != 2 {
		t.Errorf("%d editions", found)
	}
}

func TestAnArchivedIssueHoldsNothingPersonal(t *testing.T) {
	s := newSite(t, public)
	_, leave := s.reader("zenobia@example.org", "en")
	s.send()
	for _, path := range []string{
		"/archive", "/archive/newsletter/1/en", "/archive/newsletter/1/it", "/archive/newsletter/en", "/archive/newsletter/en/feed.atom",
		"/archive/newsletter/it/feed.rss", "/archive/newsletter/en/feed.json",
	} {
		a := s.get(path)
		a.wants(t, http.StatusOK)
		for _, personal := range []string{"zenobia", "Anna Rossi", "Dear", "Hello", "Gentile", "Buongiorno", leave, "/leave/", "/confirm/", "zq", "GREETING", "TOKEN"} {
			if strings.Contains(a.body, personal) {
				t.Errorf("%s contains %q", path, personal)
			}
		}
	}
}

func TestWhatIsNotInTheArchiveIsNotFound(t *testing.T) {
	s := newSite(t, public)
	s.reader("anna@example.org", "en")
	s.send()
	for _, path := range []string{
		"newsletter/2/en", "newsletter/0/en", "newsletter/-1/en", "newsletter/x/en", "newsletter/99999999999/en", "newsletter/99999999999999999999/en",
		"newsletter/de", "other/en", "%00/en", "newsletter/en/feed", "newsletter/de/feed.atom", "other/en/feed.rss", "..%2f../en/feed.json",
		"newsletter/1/de", "newsletter/1/%00", "other/1/en", "%00/1/en", "%ff/1/en", "'%20or%20true--/1/en", "..%2f..%2f/1/en",
	} {
		a := s.get("/archive/" + path)
		a.wants(t, http.StatusNotFound, "We cannot find this page")
		guards(t, a, pagePolicy)
	}
	if log := s.log.String(); log != "" {
		t.Errorf("a wrong address is no fault of ours:\n%s", log)
	}
}
