package feed_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/feed"
	"github.com/majorcities/mce-mailer/templates/feed/feedtest"
)

func sample() feed.Feed {
	rome := time.FixedZone("CEST", 7200)
	latest := time.Date(2023, 10, 18, 9, 0, 0, 0, rome)
	return feed.Feed{
		ID: "tag:mce.example,2023-09-01:archive/news/it", Title: "Newsletter <MCE> & “co”", Description: "Le newsletter di MCE", Lang: "it",
		Self: "https://mail.example.org/archive/news/it/feed?a=1&b=2", Home: "https://mail.example.org/archive/news/it",
		Author: "Major Cities of Europe", Site: "https://mail.example.org/", Updated: latest,
		Entries: []feed.Entry{
			{ID: "tag:mce.example,2023-10-18:archive/news/2/it", Title: "Prato & <Larissa> ]]>", Link: "https://mail.example.org/archive/news/2/it", Date: latest,
				Summary: "a < b & c\x00", HTML: `<p lang="en">a &lt; b ]]&gt; <a href="https://e.example/?a=1&amp;b=2">è</a></p>`, Image: "https://e.example/p.png"},
			{ID: "tag:mce.example,2023-09-01:archive/news/1/it", Title: "Uno", Link: "https://mail.example.org/archive/news/1/it", Date: latest.AddDate(0, -1, 0),
				HTML: "<p>uno</p>"},
		},
	}
}

func TestAllFormsSayTheSame(t *testing.T) {
	f := sample()
	for _, kind := range mce.FeedKinds() {
		t.Run(string(kind), func(t *testing.T) {
			body, err := f.Write(kind)
			if err != nil {
				t.Fatal(err)
			}
			got := feedtest.Check(t, kind, body)
			want := feedtest.Feed{Title: f.Title, Home: f.Home, Self: f.Self, Lang: "it", Updated: f.Updated}
			if kind == mce.JSONFeed {
				want.Updated = time.Time{}
			}
			for _, e := range f.Entries {
				want.Entries = append(want.Entries, feedtest.Entry{ID: e.ID, Title: e.Title, Link: e.Link, Summary: e.Summary, HTML: e.HTML, Date: e.Date})
			}
			if kind != mce.JSONFeed {
				want.Entries[0].Summary = "a < b & c\uFFFD" // XML has no such sign
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s\n%s", diff, body)
			}
		})
	}
}

func TestAFeedWithoutEntriesIsAFeed(t *testing.T) {
	f := sample()
	f.Entries = nil
	for _, kind := range mce.FeedKinds() {
		body, err := f.Write(kind)
		if err != nil {
			t.Fatal(err)
		}
		feedtest.Check(t, kind, body)
	}
	if _, err := f.Write("opml"); err == nil {
		t.Error("a form that there is not")
	}
}

func TestATagIsOfTheDayInUTC(t *testing.T) {
	at := time.Date(2023, 10, 18, 1, 0, 0, 0, time.FixedZone("CEST", 7200))
	if got := feed.Tag("mce.example", at, "archive/news/1/it"); got != "tag:mce.example,2023-10-17:archive/news/1/it" {
		t.Error(got)
	}
}
