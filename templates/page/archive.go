package page

import (
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// ArchiveList is the view of the archive: sent issues, newest first. None is told in a friendly sentence.
type ArchiveList struct {
	Common
	Issues []ArchiveIssue
	// Series names the one series that the list is of, and that every issue is of; empty: all.
	Series mce.Text
}

// ArchiveIssue is one line of the archive.
type ArchiveIssue struct {
	Series    string // slug
	Name      mce.Text
	Number    int
	Date      time.Time // in the zone of the series
	Subject   mce.Text
	Languages []mce.Lang // of its editions; empty: English only
}

// Issue is the view of an issue of the archive.
type Issue struct {
	Common
	ArchiveIssue
	Lang    mce.Lang // of this edition
	Subject string   // of this edition
	Body    string   // HTML of letter.Read, which is trusted
	Summary string
	Image   string // address of a picture for previews; may be empty
	// ImageAlt describes it.
	ImageAlt     string
	Older, Newer *ArchiveIssue // of the same series; nil: there is none
}

// Archive writes the list of the issues sent, in the order given.
func (p *Pages) Archive(w io.Writer, lang mce.Lang, v ArchiveList) error {
	return p.write(w, "archive", lang, v.Common, v)
}

// Issue writes the page of one issue. lang is that of the page around it.
func (p *Pages) Issue(w io.Writer, lang mce.Lang, v Issue) error {
	return p.write(w, "issue", lang, v.Common, v)
}

// HTML is the body, as markup.
func (v Issue) HTML() template.HTML { return template.HTML(v.Body) } //nolint:gosec // letter.Read has written every sign of it

// Published is the moment as Open Graph wants it.
func (v Issue) Published() string { return v.Date.UTC().Format(time.RFC3339) }

// Year is a heading of the archive.
type Year struct {
	Year   int
	Issues []ArchiveIssue
}

// Years groups consecutive issues of one year, so that a long archive has headings to jump to.
func (v ArchiveList) Years() []Year {
	var years []Year
	for _, issue := range v.Issues {
		if n := len(years); n == 0 || years[n-1].Year != issue.Date.Year() {
			years = append(years, Year{Year: issue.Date.Year()})
		}
		last := &years[len(years)-1]
		last.Issues = append(last.Issues, issue)
	}
	return years
}

// Edition is the language of the edition that a reader of lang is led to first.
func (i ArchiveIssue) Edition(lang mce.Lang) mce.Lang {
	for _, l := range []mce.Lang{lang, mce.English} {
		if slices.Contains(i.Languages, l) {
			return l
		}
	}
	if len(i.Languages) > 0 {
		return i.Languages[0]
	}
	return mce.English
}

// Others are the languages of the further editions.
func (i ArchiveIssue) Others(lang mce.Lang) []mce.Lang {
	first := i.Edition(lang)
	return slices.DeleteFunc(slices.Clone(i.Languages), func(l mce.Lang) bool { return l == first })
}

// feeds are those of a series in a language.
type feeds struct {
	Name  mce.Text
	Lang  mce.Lang
	Forms []feedLink
}

// feedLink leads to a feed.
type feedLink struct {
	Name, Link string
	// Type is the whole attribute: html/template writes the plus as &#43;, which is right, and which simple searchers for feeds overlook.
	Type template.HTMLAttr
}

// Feeds are those that a page of the archive offers: of each series on it, in the page's language where the series has been sent in it.
func (f frame) Feeds() []feeds {
	var issues []ArchiveIssue
	switch v := f.View.(type) {
	case ArchiveList:
		issues = v.Issues
	case Issue:
		return []feeds{f.feeds(v.ArchiveIssue, v.Lang)}
	}
	var out []feeds
	seen := map[string]bool{}
	for _, i := range issues {
		if lang := i.Edition(f.Lang); !seen[i.Series] {
			seen[i.Series] = true
			out = append(out, f.feeds(i, lang))
		}
	}
	return out
}

func (f frame) feeds(i ArchiveIssue, lang mce.Lang) feeds {
	out := feeds{Name: i.Name, Lang: lang}
	for _, kind := range mce.FeedKinds() {
		out.Forms = append(out.Forms, feedLink{
			Name: kind.Name(), Link: f.here().FeedURL(i.Series, lang, kind),
			Type: template.HTMLAttr(`type="` + kind.MediaType() + `"`), //nolint:gosec // words of ours
		})
	}
	return out
}

// here makes addresses below the public one that begin with a slash.
func (f frame) here() mce.Site { return mce.Site{PublicURL: f.pages.base} }

// IssueLink leads to an edition in the archive, in this display. Its plain address says the language; only where the page around it shall
// have another one is it added.
func (f frame) IssueLink(i ArchiveIssue, lang mce.Lang) string {
	return f.archived(f.here().ArchiveURL(i.Series, strconv.Itoa(i.Number), lang), lang, f.Lang)
}

// OtherLink leads to an edition in another language, and to the page in that language around it.
func (f frame) OtherLink(i ArchiveIssue, lang mce.Lang) string {
	return f.archived(f.here().ArchiveURL(i.Series, strconv.Itoa(i.Number), lang), lang, lang)
}

// SeriesLink leads to what was sent of a series in a language.
func (f frame) SeriesLink(i ArchiveIssue, lang mce.Lang) string {
	return f.archived(f.here().SeriesURL(i.Series, lang), lang, f.Lang)
}

func (f frame) archived(path string, own, lang mce.Lang) string {
	q := f.Display.Query()
	if lang != own {
		q.Set("lang", string(lang))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Locale is the language as Open Graph names it.
func (f frame) Locale(lang mce.Lang) (string, error) {
	places := map[mce.Lang]string{"en": "en_GB", "it": "it_IT"}
	if places[lang] == "" {
		return "", fmt.Errorf("language %q has no locale", lang)
	}
	return places[lang], nil
}

// where is the line below a subject: which number of which series, of which day.
type where struct {
	Link    string // to the series; empty: the page is its own
	Edition mce.Lang
	Name    foreign
	Number  string
	Day     string
	Date    time.Time
}

// Where says it for an edition.
func (f frame) Where(i ArchiveIssue, edition mce.Lang, link bool) (where, error) {
	number, err := f.T("archive.number", "Number", i.Number)
	out := where{Edition: edition, Name: f.In(f.Lang, i.Name), Number: number, Day: f.Day(i.Date), Date: i.Date}
	if link {
		out.Link = f.SeriesLink(i, edition)
	}
	return out, err
}

// neighbour is the issue before or after one.
type neighbour struct {
	Link    string
	Edition mce.Lang
	Subject foreign
}

// Neighbour leads to it, in the language that is being read.
func (f frame) Neighbour(i *ArchiveIssue) neighbour {
	edition := i.Edition(f.Lang)
	return neighbour{Link: f.IssueLink(*i, edition), Edition: edition, Subject: f.In(edition, i.Subject)}
}
