package mce

import (
	"net/url"
	"strconv"
	"strings"
)

// Site is who we are to the outside: what letters and pages say of the association, from the configuration.
type Site struct {
	Name      string // "Major Cities of Europe"
	Short     string // "MCE"
	Postal    string // one line, in every newsletter
	PublicURL string // without a slash at its end
	FromName  string
	From      string // address
	ReplyTo   string // address read by people
}

// URL is the address of a page of ours.
func (s Site) URL(parts ...string) string {
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return s.PublicURL + "/" + strings.Join(parts, "/")
}

// Domain is the part of From behind the @: right half of Message-IDs and of List-Id.
func (s Site) Domain() string { return s.From[strings.LastIndexByte(s.From, '@')+1:] }

// LeaveURL is the one-click address and page for leaving; token may be a slot mark.
func (s Site) LeaveURL(token string) string { return s.PublicURL + "/leave/" + token }

// ConfirmURL is the page for confirming a subscription.
func (s Site) ConfirmURL(token string) string { return s.PublicURL + "/confirm/" + token }

// ChoicesURL is the page of what one chose, opened by the token for leaving.
func (s Site) ChoicesURL(token string) string { return s.PublicURL + "/choices/" + token }

// SelfURL is one's own page.
func (s Site) SelfURL(token string) string { return s.PublicURL + "/me/" + token }

// MoveURL is the page for confirming a new address.
func (s Site) MoveURL(token string) string { return s.PublicURL + "/move/" + token }

// EventsURL is the page of all events.
func (s Site) EventsURL() string { return s.PublicURL + "/events" }

// EventURL is the public page of an event.
func (s Site) EventURL(slug string) string { return s.URL("events", slug) }

// RegistrationURL is the page of a registration, on which its person changes and cancels it.
func (s Site) RegistrationURL(token string) string { return s.PublicURL + "/registration/" + token }

// BookingURL is the page of a booking.
func (s Site) BookingURL(token string) string { return s.PublicURL + "/booking/" + token }

// LoginURL is the page of the link into the editors' desk.
func (s Site) LoginURL(token string) string { return s.PublicURL + "/desk/login/" + token }

// ArchiveURL is the public page of an issue; series and language as they are.
func (s Site) ArchiveURL(series string, number string, lang Lang) string {
	return s.URL("archive", series, number, string(lang))
}

// GoURL leads to a link of an issue by way of us, who count it. It is the same for all readers.
func (s Site) GoURL(issue int64, number int) string {
	return s.URL("go", strconv.FormatInt(issue, 10), strconv.Itoa(number))
}

// SeriesURL is the public page of a series: what was sent of it in a language.
func (s Site) SeriesURL(series string, lang Lang) string {
	return s.URL("archive", series, string(lang))
}

// FeedURL is the feed of a series in a language.
func (s Site) FeedURL(series string, lang Lang, kind FeedKind) string {
	return s.URL("archive", series, string(lang), "feed."+string(kind))
}

// FeedKind is a form of the archive's feeds, and the ending of its address.
type FeedKind string

// The forms of feeds.
const (
	AtomFeed FeedKind = "atom" // RFC 4287
	RSSFeed  FeedKind = "rss"  // RSS 2.0
	JSONFeed FeedKind = "json" // JSON Feed 1.1
)

// FeedKinds are all of them, the one to recommend first.
func FeedKinds() []FeedKind { return []FeedKind{AtomFeed, RSSFeed, JSONFeed} }

// MediaType is what the feed is served as.
func (k FeedKind) MediaType() string {
	if k == JSONFeed {
		return "application/feed+json"
	}
	return "application/" + string(k) + "+xml"
}

// Name is what people call it.
func (k FeedKind) Name() string {
	return map[FeedKind]string{AtomFeed: "Atom", RSSFeed: "RSS", JSONFeed: "JSON Feed"}[k]
}
