package desk

import (
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// ContentPath is that of the list of a kind of content.
func ContentPath(kind mce.ItemKind) string { return "/desk/content/" + string(kind) + "s" }

// PiecePath is that of a piece; of a new one where id is 0.
func PiecePath(kind mce.ItemKind, id int64) string {
	if id == 0 {
		return ContentPath(kind) + "/new"
	}
	return ContentPath(kind) + "/" + strconv.FormatInt(id, 10)
}

// tab is a part of the content.
type tab struct {
	Path, Name string
	Current    bool
}

// Tabs are the parts of the content.
func (f frame) Tabs() []tab {
	out := []tab{
		{Path: ContentPath(mce.KindArticle), Name: "content.articles"}, {Path: ContentPath(mce.KindEvent), Name: "content.events"},
		{Path: ContentPath(mce.KindResource), Name: "content.resources"}, {Path: ImagesPath, Name: "content.images"},
	}
	for i, t := range out {
		out[i].Current = f.Path == t.Path || strings.HasPrefix(f.Path, t.Path+"/")
	}
	return out
}

// Contents is the view of a list of content.
type Contents struct {
	Common
	Query mce.ContentQuery
	Lines []mce.ContentLine
	More  bool   // there are lines behind these
	Zone  string // of moments that have none of their own
}

// NewPath leads to the form of a new piece.
func (v Contents) NewPath() string { return PiecePath(v.Query.Kind, 0) }

// PathOf leads to a piece.
func (v Contents) PathOf(l mce.ContentLine) string { return PiecePath(v.Query.Kind, l.ID) }

// Shown says how a piece stands now.
func (v Contents) Shown(l mce.ContentLine) mce.Shown { return l.At(v.Query.Now) }

// In puts a moment on the wall clock of an event, or on the usual one.
func (v Contents) In(t time.Time, zone string) time.Time {
	if zone == "" {
		zone = v.Zone
	}
	return mce.InZone(t, zone)
}

// Searched reports whether something is looked for.
func (v Contents) Searched() bool {
	return v.Query.Search != "" || v.Query.Shown != "" || v.Query.Translation != ""
}

// Fields are what can be looked for.
func (v Contents) Fields() []Field {
	shown := []Option{{Label: "shown.any"}}
	for _, s := range mce.Showns() {
		shown = append(shown, Option{Value: string(s), Label: "shown." + string(s)})
	}
	return []Field{
		{Name: "q", Label: "content.search", Type: "search", Value: v.Query.Search, Optional: true},
		{Name: "shown", Label: "content.shown", Type: "pick", Value: string(v.Query.Shown), Options: shown},
		{Name: "translation", Label: "content.translation", Type: "pick", Value: string(v.Query.Translation), Options: []Option{
			{Label: "translation.any"}, {Value: string(mce.TranslationStale), Label: "translation.stale"},
			{Value: string(mce.TranslationMissing), Label: "translation.missing"},
		}},
	}
}

// PathAt is the page of the list that begins with a line.
func (v Contents) PathAt(skip int) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": v.Query.Search, "shown": string(v.Query.Shown), "translation": string(v.Query.Translation)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if skip > 0 {
		q.Set("from", strconv.Itoa(skip))
	}
	if len(q) == 0 {
		return v.Path
	}
	return v.Path + "?" + q.Encode()
}

// NextPath is the page behind this one, PreviousPath the one before.
func (v Contents) NextPath() string { return v.PathAt(v.Query.Skip + v.Query.Limit) }

// PreviousPath is the page before this one.
func (v Contents) PreviousPath() string { return v.PathAt(max(0, v.Query.Skip-v.Query.Limit)) }

// History is the view of what became of a piece.
type History struct {
	Common
	Piece    mce.Piece
	Zone     string
	Versions []mce.ContentVersion // the last first
	Older    int                  // version from which on the next page goes; 0: there is none
}

// PiecePath leads to the piece.
func (v History) PiecePath() string { return PiecePath(v.Piece.Kind, v.Piece.ID) }

// OlderPath is the next page.
func (v History) OlderPath() string {
	return v.PiecePath() + "/history?before=" + strconv.Itoa(v.Older)
}

// Differences are what a version changed.
func (v History) Differences(of mce.ContentVersion) []mce.Difference {
	return mce.Differences(v.written(of.Before), v.written(of.Content))
}

// Latest reports whether a version is what stands.
func (v History) Latest(of mce.ContentVersion) bool { return of.Version == v.Piece.Version }

// At is when a version was written, on the usual wall clock.
func (v History) At(of mce.ContentVersion) time.Time { return mce.InZone(of.At, v.Zone) }

func (v History) written(c mce.Content) mce.Written {
	if c == nil {
		return nil
	}
	return mce.Write(c, mce.InZone(time.Time{}, v.Zone).Location())
}

// FieldName is what a field of a piece is called, with its session and its language.
func (f frame) FieldName(name string) (string, error) {
	var of, in string
	if rest, ok := strings.CutPrefix(name, "session/"); ok {
		var slug string
		slug, name, _ = strings.Cut(rest, "/")
		of = slug + ": "
	}
	for _, lang := range mce.Languages()[1:] {
		if base, ok := strings.CutSuffix(name, "_"+string(lang)); ok {
			word, err := f.T("option.language." + string(lang))
			if err != nil {
				return "", err
			}
			name, in = base, " ("+word+")"
		}
	}
	word, err := f.T(fieldLabel(of != "", name))
	return of + word + in, err
}

func fieldLabel(session bool, name string) string {
	if session && (name == "title" || name == "starts" || name == "ends" || name == "interpretation") {
		return "content.session." + name
	}
	return "content." + name
}

// Edits are the words by which two texts differ.
func (f frame) Edits(old, next string) []mce.Edit { return mce.WordDifference(old, next) }

// Writer is who wrote a version.
func (f frame) Writer(a mce.ContentActor) (string, error) {
	switch {
	case a.Name == "before":
		return f.T("content.before")
	case a.Name != "":
		return f.T("content.outside", "Whom", a.Name)
	}
	return f.Person(a.User)
}

// Clash is the view of a form that somebody else was faster with.
type Clash struct {
	Common
	Piece   mce.Piece // as it stands
	By      mce.ContentVersion
	Zone    string
	Written mce.Written // mine
	Clashes []mce.Clash
}

// Hidden are the entries that are sent along as they are, sorted.
func (v Clash) Hidden() []mce.Difference {
	return slices.DeleteFunc(mce.Differences(nil, v.Written), func(d mce.Difference) bool {
		return slices.ContainsFunc(v.Clashes, func(c mce.Clash) bool { return c.Field == d.Field })
	})
}

// At is when the others wrote.
func (v Clash) At() time.Time { return mce.InZone(v.By.At, v.Zone) }

// Contents writes a list of content.
func (p *Pages) Contents(w io.Writer, lang mce.Lang, v Contents) error {
	return p.write(w, "contents", lang, v.Common, v)
}

// Content writes the form of a piece of content.
func (p *Pages) Content(w io.Writer, lang mce.Lang, v ContentForm) error {
	return p.write(w, "content", lang, v.Common, v)
}

// Clash writes the page on which mine and theirs are put together.
func (p *Pages) Clash(w io.Writer, lang mce.Lang, v Clash) error {
	return p.write(w, "clash", lang, v.Common, v)
}

// History writes what became of a piece.
func (p *Pages) History(w io.Writer, lang mce.Lang, v History) error {
	return p.write(w, "history", lang, v.Common, v)
}

// Tools are the marks of Markdown that the toolbar has.
func (f frame) Tools() []string {
	return []string{"bold", "italic", "link", "heading", "list", "numbers"}
}
