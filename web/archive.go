package web

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/letter"
	"github.com/majorcities/mce-mailer/templates/page"
)

// archive lists the issues that were sent.
func (s *Server) archive(w http.ResponseWriter, r *http.Request) error {
	sent, err := s.Store.SentIssues(r.Context())
	if err != nil {
		return err
	}
	lang, v := readerLang(r, ""), page.ArchiveList{Common: s.common(r), Issues: lines(sent)}
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Archive(w, lang, v) })
}

// series lists what was sent of one in the language of the path; around it, the page may be in another.
func (s *Server) series(w http.ResponseWriter, r *http.Request) error {
	slug, own, err := seriesOf(r)
	if err != nil {
		return err
	}
	sent, err := s.sentOf(r, slug, own)
	if err != nil {
		return err
	}
	v := page.ArchiveList{Common: s.common(r), Issues: lines(sent), Series: sent[0].Name}
	v.Editions = map[mce.Lang]string{}
	for _, i := range sent {
		for _, l := range i.Languages {
			v.Editions[l] = mce.Site{}.SeriesURL(slug, l)
		}
	}
	lang := readerLang(r, own)
	return s.show(w, http.StatusOK, lang, func(w io.Writer) error { return s.Pages.Archive(w, lang, v) })
}

// archived shows an issue as everybody may read it: the words of the copy that was kept when it was sent, without anything personal.
func (s *Server) archived(w http.ResponseWriter, r *http.Request) error {
	slug, own, err := seriesOf(r)
	if err != nil {
		return err
	}
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 32) // what the database counts with
	if err != nil || number < 1 {
		return notArchived()
	}
	e, err := s.Store.ArchivedEdition(r.Context(), slug, int(number), own)
	if err != nil {
		return err
	}
	sent, err := s.sentOf(r, slug, own)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(sent, func(i mce.SentIssue) bool { return i.Number == int(number) })
	if at < 0 {
		return notArchived()
	}
	v, err := s.issueView(r, sent, at, e)
	if err != nil {
		return err
	}
	lang := readerLang(r, own)
	return s.show(w, http.StatusOK, lang, func(out io.Writer) error {
		err := s.Pages.Issue(out, lang, v)
		if err == nil { // its pictures are where the editors put them
			w.Header().Set("Content-Security-Policy", policy("'self' data: https:"))
		}
		return err
	})
}

func (s *Server) issueView(r *http.Request, sent []mce.SentIssue, at int, e mce.Edition) (page.Issue, error) {
	read, err := letter.Read(e.HTML, s.Site.PublicURL)
	if err != nil {
		return page.Issue{}, err
	}
	all := lines(sent)
	v := page.Issue{
		Common: s.common(r), ArchiveIssue: all[at], Lang: e.Lang, Subject: e.Subject, Body: read.HTML, Summary: read.Summary(),
		Image: read.Image, ImageAlt: read.ImageAlt,
	}
	v.Editions = map[mce.Lang]string{}
	for _, l := range v.Languages {
		v.Editions[l] = mce.Site{}.ArchiveURL(v.Series, strconv.Itoa(v.Number), l)
	}
	if at > 0 {
		v.Newer = &all[at-1]
	}
	if at < len(all)-1 {
		v.Older = &all[at+1]
	}
	return v, nil
}

// slugSigns are those that a slug may have; what has others need not be looked for.
const slugSigns = "abcdefghijklmnopqrstuvwxyz0123456789-"

// seriesOf is the series and the language in the path.
func seriesOf(r *http.Request) (slug string, lang mce.Lang, err error) {
	slug = r.PathValue("series")
	lang, err = mce.ParseLang(r.PathValue("lang"))
	if err != nil || strings.Trim(slug, slugSigns) != "" {
		return "", "", notArchived()
	}
	return slug, lang, nil
}

// sentOf are the issues of a series that were sent in a language, the newest first; at least one.
func (s *Server) sentOf(r *http.Request, slug string, lang mce.Lang) ([]mce.SentIssue, error) {
	sent, err := s.Store.SentIssues(r.Context())
	if err != nil {
		return nil, err
	}
	sent = slices.DeleteFunc(sent, func(i mce.SentIssue) bool { return i.Series != slug || !slices.Contains(i.Languages, lang) })
	if len(sent) == 0 {
		return nil, notArchived()
	}
	return sent, nil
}

func notArchived() error { return mce.NotFoundf("There is no such issue in the archive.") }

func lines(sent []mce.SentIssue) []page.ArchiveIssue {
	var out []page.ArchiveIssue
	for _, i := range sent {
		out = append(out, page.ArchiveIssue{
			Series: i.Series, Name: i.Name, Number: i.Number, Date: i.Date, Subject: i.Subject, Languages: i.Languages,
		})
	}
	return out
}
