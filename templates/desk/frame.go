package desk

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/locale"
)

// Common is what every page is told.
type Common struct {
	Path  string   // the page's own, below the public address: "/desk/users"
	User  mce.User // who looks at it; zero: nobody is logged in
	Token string   // that every form sends along
	Stale string   // where to come back to after a fresh log-in, which what is grave asks for first; empty: the log-in is fresh
	Said  Said     // what has just been done, once
}

// Said is a message after a redirect: the end of a message's name ("said."+ID), and whom it names.
type Said struct {
	ID, Name string
	Next     FirstStep // what a first issue needs next; zero once one was begun
}

// Leads reports whether the message leads on to what comes next: not where that is done, nor where it stands anyhow.
func (c Common) Leads() bool {
	return c.Said.Next.Path != "" && c.Said.Next.Path != c.Path && c.Path != "/desk/"
}

// Place is a page that the navigation leads to.
type Place struct {
	Path   string
	Name   string // of its message
	Needs  mce.Permission
	inside []string // paths of other pages that belong to it
}

// Places are those that the navigation has, in its order.
func Places() []Place {
	return []Place{
		{Path: "/desk/", Name: "nav.home", Needs: mce.UseDesk},
		{Path: "/desk/issues", Name: "nav.issues", Needs: mce.UseDesk, inside: []string{"/desk/issues/"}},
		{Path: ContentPath(mce.KindArticle), Name: "nav.content", Needs: mce.EditContent, inside: []string{"/desk/content/"}},
		{Path: EventsPath, Name: "nav.events", Needs: mce.SeePeople, inside: []string{EventsPath + "/", "/desk/content/events/", "/desk/reminders", "/desk/new-reminder"}},
		{Path: PeoplePath, Name: "nav.people", Needs: mce.SeePeople, inside: []string{PeoplePath + "/"}},
		{Path: "/desk/series", Name: "nav.series", Needs: mce.EditIssues, inside: []string{"/desk/series/", "/desk/new-series", TopicsPath, NewTopicPath}},
		{Path: "/desk/audit", Name: "nav.audit", Needs: mce.ReadAudit},
		{Path: "/desk/users", Name: "nav.users", Needs: mce.ManageUsers, inside: []string{"/desk/users/"}},
	}
}

// frame is what the templates see: the words of a language, who looks, and the view of the page itself.
type frame struct {
	*locale.Printer
	Common
	Site  mce.Site
	View  any
	pages *Pages
}

// T is a message; every message may name the association as {{.Name}}.
func (f frame) T(id string, pairs ...any) (string, error) {
	return f.Printer.T(id, append([]any{"Name", f.Site.Name}, pairs...)...)
}

// Link is the address of one of our paths, which may carry a query.
func (f frame) Link(path string) string {
	path, query, asks := strings.Cut(path, "?")
	// Leading slashes are joined to one: "//elsewhere.example" would lead to another site.
	u := url.URL{Path: "/" + strings.TrimLeft(path, `/\`)}
	if asks {
		query = "?" + query
	}
	return f.pages.base + u.EscapedPath() + query
}

// Asset is the address of a stylesheet or script by the name of its file.
func (f frame) Asset(file string) (string, error) {
	a, ok := f.pages.assets[file]
	if !ok {
		return "", fmt.Errorf("there is no %s", file)
	}
	return f.Link("/desk/" + a.name), nil
}

// May reports whether who looks may do something: what they may not is not shown.
func (f frame) May(p mce.Permission) bool { return mce.May(f.User.Role, p) }

// place is a Place on the page.
type place struct {
	Place
	Current string // of aria-current: "page" for the place itself, "true" for a page that belongs to it
}

// Nav are the places that who looks may go to.
func (f frame) Nav() []place {
	var out []place
	here, near := -1, 0
	for _, p := range Places() {
		if !f.May(p.Needs) {
			continue
		}
		at := place{Place: p}
		if f.Path == p.Path {
			at.Current = "page"
		}
		for _, path := range p.inside {
			if strings.HasPrefix(f.Path, path) && len(path) > near {
				here, near = len(out), len(path)
			}
		}
		out = append(out, at)
	}
	if here >= 0 && out[here].Current == "" {
		out[here].Current = "true"
	}
	return out
}

// Stamp is a moment of the machine: "26 November 2026, 10:03 UTC".
func (f frame) Stamp(t time.Time) string {
	_, day, _ := strings.Cut(f.Day(t.UTC()), " ")
	return fmt.Sprintf("%s, %s UTC", day, f.Clock(t.UTC()))
}

// Text is a text in the language of the page, or the nearest that it has.
func (f frame) Text(t mce.Text) foreign {
	s, lang := t.In(f.Lang)
	return f.Foreign(lang, s)
}

// Sentence marks a sentence of the program as English, and begins and ends it as one does: on the command line they go on behind a colon, and stand alone.
func (f frame) Sentence(s string) foreign {
	first, size := utf8.DecodeRuneInString(s)
	if word, _, _ := strings.Cut(s, " "); !strings.Contains(word, "@") { // an address stays as it is
		s = string(unicode.ToUpper(first)) + s[size:]
	}
	if s != "" && !strings.ContainsAny(s[len(s)-1:], ".!?:") {
		s += "."
	}
	return f.Foreign(mce.English, s)
}

// Foreign marks a text that is in lang.
func (f frame) Foreign(lang mce.Lang, s string) foreign {
	if lang == f.Lang {
		lang = ""
	}
	return foreign{Text: s, Lang: lang}
}

// foreign is a text and its language where that is not the page's, for its lang attribute.
type foreign struct {
	Text string
	Lang mce.Lang // empty: the page's
}

// Local is a moment on the wall clock that it carries.
func (f frame) Local(t time.Time) string { return f.Moment(t) }

// Weekday is the name of the day of a date.
func (f frame) Weekday(t time.Time) string {
	name, _, _ := strings.Cut(f.Day(t), " ")
	return name
}

// Month is the name of the month of a date.
func (f frame) Month(t time.Time) string {
	words := strings.Fields(f.Day(t))
	return words[2]
}

// part is one thing of a page, for the template of such things.
type part struct {
	frame
	Item any
}

// Item hands one thing to a template of its own.
func (f frame) Item(item any) part { return part{f, item} }

// Person is a user's name, or that it was forgotten.
func (f frame) Person(u mce.User) (string, error) {
	if u.Name == "" {
		return f.T("user.gone")
	}
	return u.Name, nil
}
