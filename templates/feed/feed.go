// Package feed writes the archive's feeds: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1. It knows no database and no requests; what a feed
// says comes in a Feed, and all three forms say the same.
package feed

import (
	"fmt"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Feed is what was sent of a series in a language. All addresses are absolute.
type Feed struct {
	ID          string // for ever the same
	Title       string
	Description string
	Lang        mce.Lang
	Self        string // address of this very form
	Home        string // address of the page that shows the same to people
	Author      string
	Site        string    // address of the author
	Updated     time.Time // when the latest entry came
	Entries     []Entry   // the newest first
}

// Entry is an issue.
type Entry struct {
	ID      string // for ever the same; of no other entry
	Title   string
	Link    string // to its page
	Date    time.Time
	Summary string // plain text
	HTML    string // the whole, sanitised
	Image   string // address of its picture; may be empty
}

// Write gives the feed in a form, in UTF-8.
func (f Feed) Write(kind mce.FeedKind) ([]byte, error) {
	switch kind {
	case mce.AtomFeed:
		return f.atom()
	case mce.RSSFeed:
		return f.rss()
	case mce.JSONFeed:
		return f.json()
	}
	return nil, fmt.Errorf("feeds have no form %q", kind)
}

// Tag is an id that stays when pages move (RFC 4151): made of a domain of ours, a day on which we had it, and what it names.
func Tag(domain string, day time.Time, what string) string {
	return "tag:" + domain + "," + day.UTC().Format(time.DateOnly) + ":" + what
}
