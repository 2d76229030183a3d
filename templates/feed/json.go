package feed

import (
	"encoding/json"

	"github.com/majorcities/mce-mailer/mce"
)

// jsonFeed follows https://www.jsonfeed.org/version/1.1/.
type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	HomePageURL string       `json:"home_page_url"`
	FeedURL     string       `json:"feed_url"`
	Description string       `json:"description,omitempty"`
	Language    mce.Lang     `json:"language"`
	Authors     []jsonAuthor `json:"authors"`
	Items       []jsonItem   `json:"items"`
}

type jsonAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type jsonItem struct {
	ID            string   `json:"id"`
	URL           string   `json:"url"`
	Title         string   `json:"title"`
	ContentHTML   string   `json:"content_html"`
	Summary       string   `json:"summary,omitempty"`
	Image         string   `json:"image,omitempty"`
	DatePublished string   `json:"date_published"`
	Language      mce.Lang `json:"language"`
}

func (f Feed) json() ([]byte, error) {
	out := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: f.Title, HomePageURL: f.Home, FeedURL: f.Self, Description: f.Description,
		Language: f.Lang, Authors: []jsonAuthor{{f.Author, f.Site}}, Items: []jsonItem{},
	}
	for _, e := range f.Entries {
		out.Items = append(out.Items, jsonItem{
			ID: e.ID, URL: e.Link, Title: e.Title, ContentHTML: e.HTML, Summary: e.Summary, Image: e.Image,
			DatePublished: atomTime(e.Date), Language: f.Lang,
		})
	}
	body, err := json.MarshalIndent(out, "", "\t")
	return append(body, '\n'), err
}
