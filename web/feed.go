package web

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/feed"
	"github.com/majorcities/mce-mailer/templates/letter"
)

// feedLength is how many issues a feed has: more than anybody misses between two looks.
const feedLength = 20

// feed answers with the feed of a series in a language. It is the same for everybody: feed readers and what stands between keep it, and
// are told when nothing has changed.
func (s *Server) feed(kind mce.FeedKind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		slug, lang, err := seriesOf(r)
		if err != nil {
			return err
		}
		sent, err := s.sentOf(r, slug, lang)
		if err != nil {
			return err
		}
		f, err := s.feedOf(r, sent, lang, kind)
		if err != nil {
			return err
		}
		body, err := f.Write(kind)
		if err != nil {
			return err
		}
		h := w.Header()
		h.Set("Content-Type", kind.MediaType())
		if kind != mce.JSONFeed {
			h.Set("Content-Type", kind.MediaType()+"; charset=utf-8")
		}
		h.Set("Content-Language", string(lang))
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(body)))
		http.ServeContent(w, r, "", f.Updated, bytes.NewReader(body))
		return nil
	}
}

func (s *Server) feedOf(r *http.Request, sent []mce.SentIssue, lang mce.Lang, kind mce.FeedKind) (feed.Feed, error) {
	slug, latest := sent[0].Series, sent[:min(len(sent), feedLength)]
	first := sent[len(sent)-1].Date // of the whole archive, so that it stays
	name, _ := sent[0].Name.In(lang)
	f := feed.Feed{
		ID: feed.Tag(s.Site.Domain(), first, "archive/"+slug+"/"+string(lang)), Title: name, Description: s.Site.Name + ": " + name,
		Lang: lang, Self: s.Site.FeedURL(slug, lang, kind), Home: s.Site.SeriesURL(slug, lang), Author: s.Site.Name, Site: s.Site.URL(""),
		Updated: latest[0].Date,
	}
	numbers := make([]int, len(latest))
	for i, issue := range latest {
		numbers[i] = issue.Number
	}
	editions, err := s.Store.ArchivedEditions(r.Context(), slug, numbers, lang)
	if err != nil {
		return f, err
	}
	for _, issue := range latest {
		e, err := s.entry(issue, editions[issue.Number])
		if err != nil {
			return f, err
		}
		f.Entries = append(f.Entries, e)
	}
	return f, nil
}

// entry is one issue. Its id has the domain of the mails and the day on which they went out, so that it stays when the pages move.
func (s *Server) entry(i mce.SentIssue, e mce.Edition) (feed.Entry, error) {
	read, err := letter.Read(e.HTML, s.Site.PublicURL)
	if err != nil {
		return feed.Entry{}, err
	}
	number := strconv.Itoa(i.Number)
	return feed.Entry{
		ID:    feed.Tag(s.Site.Domain(), i.Date, "archive/"+i.Series+"/"+number+"/"+string(e.Lang)),
		Title: e.Subject, Link: s.Site.ArchiveURL(i.Series, number, e.Lang), Date: i.Date, Summary: read.Summary(), HTML: read.HTML, Image: read.Image,
	}, nil
}
