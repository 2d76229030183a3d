package feed

import (
	"encoding/xml"
	"html"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// rssFeed follows RSS 2.0.11, and what the RSS Advisory Board's profile adds: the whole in content:encoded, the feed's own address in
// atom:link.
type rssFeed struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	Content string     `xml:"xmlns:content,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title         string    `xml:"title"`
	Link          string    `xml:"link"`
	Description   string    `xml:"description"`
	Language      mce.Lang  `xml:"language"`
	LastBuildDate string    `xml:"lastBuildDate"`
	Docs          string    `xml:"docs"`
	Self          rssSelf   `xml:"atom:link"`
	Items         []rssItem `xml:"item"`
}

type rssSelf struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
}

type rssItem struct {
	Title       string  `xml:"title"`
	Link        string  `xml:"link"`
	GUID        rssGUID `xml:"guid"`
	PubDate     string  `xml:"pubDate"`
	Description string  `xml:"description"`
	Content     string  `xml:"content:encoded"`
}

type rssGUID struct {
	PermaLink bool   `xml:"isPermaLink,attr"`
	ID        string `xml:",chardata"`
}

func (f Feed) rss() ([]byte, error) {
	channel := rssChannel{
		Title: f.Title, Link: f.Home, Description: f.Description, Language: f.Lang, LastBuildDate: rssTime(f.Updated),
		Docs: "https://www.rssboard.org/rss-specification", Self: rssSelf{f.Self, "self", mce.RSSFeed.MediaType()},
	}
	for _, e := range f.Entries {
		// Readers take a description for HTML.
		channel.Items = append(channel.Items, rssItem{
			Title: e.Title, Link: e.Link, GUID: rssGUID{ID: e.ID}, PubDate: rssTime(e.Date), Description: html.EscapeString(e.Summary), Content: e.HTML,
		})
	}
	return asXML(rssFeed{
		Version: "2.0", Atom: "http://www.w3.org/2005/Atom", Content: "http://purl.org/rss/1.0/modules/content/", Channel: channel,
	})
}

// rssTime is RFC 822 with a year of four digits and a numeric zone: RFC 822 knows no others outside America.
func rssTime(t time.Time) string { return t.Format(time.RFC1123Z) }
