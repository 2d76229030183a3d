// Package feedtest holds feeds to the rules of their formats, for tests: it reads them with parsers of its own and shares nothing with what
// writes them.
package feedtest

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/majorcities/mce-mailer/mce"
)

// Entry is an entry as a feed reader sees it.
type Entry struct {
	ID, Title, Link, Summary, HTML string
	Date                           time.Time
}

// Feed is a feed as a feed reader sees it.
type Feed struct {
	Title, Home, Self, Lang string
	Updated                 time.Time // zero in JSON Feed, which has no such thing
	Entries                 []Entry
}

// Check reads a feed; whatever breaks a rule of its format is an error of the test.
func Check(t testing.TB, kind mce.FeedKind, body []byte) Feed {
	t.Helper()
	var f Feed
	switch kind {
	case mce.AtomFeed:
		f = atom(t, body)
	case mce.RSSFeed:
		f = rss(t, body)
	case mce.JSONFeed:
		f = jsonFeed(t, body)
	}
	if f.Title == "" || f.Lang == "" {
		t.Errorf("%s: title %q, language %q", kind, f.Title, f.Lang)
	}
	absolute(t, f.Home)
	absolute(t, f.Self)
	seen := map[string]bool{}
	for i, e := range f.Entries {
		if e.ID == "" || seen[e.ID] {
			t.Errorf("%s: id %q is empty or there twice", kind, e.ID)
		}
		seen[e.ID] = true
		if e.Title == "" || e.HTML == "" {
			t.Errorf("%s: entry %s has title %q and content %q", kind, e.ID, e.Title, e.HTML)
		}
		absolute(t, e.Link)
		content(t, e.HTML)
		if i > 0 && e.Date.After(f.Entries[i-1].Date) {
			t.Errorf("%s: entry %s is newer than the one before it", kind, e.ID)
		}
		if !f.Updated.IsZero() && e.Date.After(f.Updated) {
			t.Errorf("%s: updated %s, but an entry is of %s", kind, f.Updated, e.Date)
		}
	}
	return f
}

// absolute wants an address that means the same wherever it is read.
func absolute(t testing.TB, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		t.Errorf("%q is no absolute address: %v", address, err)
	}
}

// content wants HTML that does nothing but show, and whose addresses are absolute.
func content(t testing.TB, fragment string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(fragment))
	if err != nil {
		t.Error(err)
		return
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "style", "iframe", "object", "embed", "form", "input", "meta", "link", "base":
			t.Errorf("the content has <%s>", n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "href" && strings.HasPrefix(a.Val, "mailto:"):
			case a.Key == "href", a.Key == "src":
				absolute(t, a.Val)
			case a.Key == "style", strings.HasPrefix(a.Key, "on"):
				t.Errorf("the content has <%s %s>", n.Data, a.Key)
			}
		}
	}
}

// date reads a date in the one form that the format allows.
func date(t testing.TB, form, s string) time.Time {
	t.Helper()
	d, err := time.Parse(form, s)
	if err != nil {
		t.Errorf("date %q: %v", s, err)
	}
	return d
}

// jsonFeed is https://www.jsonfeed.org/version/1.1/: names that it does not have are refused.
func jsonFeed(t testing.TB, body []byte) Feed {
	t.Helper()
	var raw struct {
		Version     string `json:"version"`
		Title       string `json:"title"`
		HomePageURL string `json:"home_page_url"`
		FeedURL     string `json:"feed_url"`
		Description string `json:"description"`
		Language    string `json:"language"`
		Authors     []struct {
			Name string `json:"name"`
			URL  string `json:"url"`
		} `json:"authors"`
		Items []struct {
			ID            any    `json:"id"`
			URL           string `json:"url"`
			Title         string `json:"title"`
			ContentHTML   string `json:"content_html"`
			Summary       string `json:"summary"`
			Image         string `json:"image"`
			DatePublished string `json:"date_published"`
			Language      string `json:"language"`
		} `json:"items"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		t.Errorf("no JSON Feed: %v", err)
		return Feed{}
	}
	if raw.Version != "https://jsonfeed.org/version/1.1" || raw.Items == nil || len(raw.Authors) == 0 {
		t.Errorf("version %q, %d items, %d authors", raw.Version, len(raw.Items), len(raw.Authors))
	}
	f := Feed{Title: raw.Title, Home: raw.HomePageURL, Self: raw.FeedURL, Lang: raw.Language}
	for _, i := range raw.Items {
		id, _ := i.ID.(string)
		f.Entries = append(f.Entries, Entry{
			ID: id, Title: i.Title, Link: i.URL, Summary: i.Summary, HTML: i.ContentHTML, Date: date(t, time.RFC3339, i.DatePublished),
		})
		if i.Image != "" {
			absolute(t, i.Image)
		}
	}
	return f
}
