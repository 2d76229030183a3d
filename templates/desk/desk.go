// Package desk renders the pages of the editors' desk. It knows no database and no requests; what a page says comes in its view.
//
// A new page is a file in html with a "title" and a "main", a view with a method that writes it, and, where the navigation leads to it, a line in
// Places. The pages work without script; what is typed goes as it is into the forms of form.go.
package desk

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/locale"
	"github.com/majorcities/mce-mailer/templates/look"
)

//go:embed html locales desk.css content.js
var files embed.FS

// Pages renders the pages of one installation. It is safe for concurrent use.
type Pages struct {
	site       mce.Site
	base       string // escaped path of site.PublicURL; empty when it has none
	catalog    *locale.Catalog
	templates  map[string]*template.Template
	stylesheet []byte
	script     []byte
}

// New parses all templates and messages; an error is a fault of ours, or a PublicURL that is no address.
func New(site mce.Site) (*Pages, error) {
	public, err := url.Parse(site.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("public address: %w", err)
	}
	p := &Pages{site: site, base: strings.TrimRight(public.EscapedPath(), "/"), templates: map[string]*template.Template{}}
	if p.catalog, err = locale.New(files); err != nil {
		return nil, err
	}
	style, err := files.ReadFile("desk.css")
	if err != nil {
		return nil, err
	}
	p.stylesheet = append(look.Tokens(), style...)
	if p.script, err = files.ReadFile("content.js"); err != nil {
		return nil, err
	}
	for _, name := range []string{"login", "link", "fresh", "home", "issues", "issue", "me", "users", "user", "remove", "audit", "error",
		"contents", "content", "clash", "history", "images", "image"} {
		if p.templates[name], err = template.ParseFS(files, "html/layout.html", "html/form.html", "html/pieces.html", "html/"+name+".html"); err != nil {
			return nil, fmt.Errorf("page %q: %w", name, err)
		}
	}
	return p, nil
}

// Stylesheet is the pages' stylesheet, of type text/css.
func (p *Pages) Stylesheet() []byte { return bytes.Clone(p.stylesheet) }

// StylesheetName is the name that the pages ask for it by, below /desk/. It changes with the content, so that it may be cached for ever.
func (p *Pages) StylesheetName() string {
	sum := sha256.Sum256(p.stylesheet)
	return fmt.Sprintf("desk.%x.css", sum[:4])
}

// Script is what the forms of content run, of type text/javascript. They work without.
func (p *Pages) Script() []byte { return bytes.Clone(p.script) }

// ScriptName is its name below /desk/, which changes with the content.
func (p *Pages) ScriptName() string {
	sum := sha256.Sum256(p.script)
	return fmt.Sprintf("content.%x.js", sum[:4])
}

// write renders into memory first: after an error w is untouched, and the handler can still answer with another page.
func (p *Pages) write(w io.Writer, name string, lang mce.Lang, c Common, view any) error {
	var out bytes.Buffer
	f := frame{Printer: p.catalog.In(lang), Common: c, Site: p.site, View: view, pages: p}
	if err := p.templates[name].ExecuteTemplate(&out, "layout", f); err != nil {
		return fmt.Errorf("page %q: %w", name, err)
	}
	_, err := out.WriteTo(w)
	return err
}

// Login writes the page on which a link is asked for.
func (p *Pages) Login(w io.Writer, lang mce.Lang, v Login) error {
	return p.write(w, "login", lang, v.Common, v)
}

// Link writes the page of a mailed link.
func (p *Pages) Link(w io.Writer, lang mce.Lang, v Link) error {
	return p.write(w, "link", lang, v.Common, v)
}

// Fresh writes the page that asks a user to show anew that they are the one.
func (p *Pages) Fresh(w io.Writer, lang mce.Lang, v Fresh) error {
	return p.write(w, "fresh", lang, v.Common, v)
}

// Home writes the first page.
func (p *Pages) Home(w io.Writer, lang mce.Lang, v Home) error {
	return p.write(w, "home", lang, v.Common, v)
}

// Issues writes a page of the list of issues.
func (p *Pages) Issues(w io.Writer, lang mce.Lang, v Issues) error {
	return p.write(w, "issues", lang, v.Common, v)
}

// Issue writes the page of an issue.
func (p *Pages) Issue(w io.Writer, lang mce.Lang, v Issue) error {
	return p.write(w, "issue", lang, v.Common, v)
}

// Me writes a user's own page.
func (p *Pages) Me(w io.Writer, lang mce.Lang, v Me) error {
	return p.write(w, "me", lang, v.Common, v)
}

// Users writes the list of users.
func (p *Pages) Users(w io.Writer, lang mce.Lang, v Users) error {
	return p.write(w, "users", lang, v.Common, v)
}

// User writes the form of a user, new or known.
func (p *Pages) User(w io.Writer, lang mce.Lang, v UserForm) error {
	return p.write(w, "user", lang, v.Common, v)
}

// Remove writes the page that asks whether to remove a user.
func (p *Pages) Remove(w io.Writer, lang mce.Lang, v Remove) error {
	return p.write(w, "remove", lang, v.Common, v)
}

// Audit writes a page of the audit log.
func (p *Pages) Audit(w io.Writer, lang mce.Lang, v Audit) error {
	return p.write(w, "audit", lang, v.Common, v)
}

// Error writes the page of every error.
func (p *Pages) Error(w io.Writer, lang mce.Lang, v Error) error {
	return p.write(w, "error", lang, v.Common, v)
}
