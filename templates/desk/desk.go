// Package desk renders the pages of the editors' desk. It knows no database and no requests; what a page says comes in its view.
//
// A new page is a file in html with a "title" and a "main" (what pages share is in html/parts), a view with a method that writes it, and, where the navigation leads to it, a line in
// Places. The pages work without script; what is typed goes as it is into the forms of form.go.
package desk

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/locale"
	"github.com/majorcities/mce-mailer/templates/look"
)

//go:embed html locales *.css *.js
var files embed.FS

// Pages renders the pages of one installation. It is safe for concurrent use.
type Pages struct {
	site      mce.Site
	base      string // escaped path of site.PublicURL; empty when it has none
	catalog   *locale.Catalog
	templates map[string]*template.Template
	assets    map[string]asset // by the names of their files
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
	p.assets = map[string]asset{}
	for file, parts := range map[string][]string{
		"desk.css":   {"desk.css", "home.css", "issue.css", "content.css", "event.css", "reminder.css", "people.css", "nav.css"},
		"content.js": {"content.js"}, "issue.js": {"issue.js"}, "moment.js": {"moment.js"},
	} {
		var content []byte
		if path.Ext(file) == ".css" {
			content = look.Tokens()
		}
		for _, part := range parts {
			more, err := files.ReadFile(part)
			if err != nil {
				return nil, err
			}
			content = append(content, more...)
		}
		p.assets[file] = newAsset(file, content)
	}
	pages, err := fs.Glob(files, "html/*.html")
	if err != nil {
		return nil, err
	}
	for _, file := range pages {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if p.templates[name], err = template.ParseFS(files, "html/parts/*.html", file); err != nil {
			return nil, fmt.Errorf("page %q: %w", name, err)
		}
	}
	return p, nil
}

// asset is a file that pages ask for.
type asset struct {
	name    string
	content []byte
}

func newAsset(file string, content []byte) asset {
	sum := sha256.Sum256(content)
	ext := path.Ext(file)
	return asset{fmt.Sprintf("%s.%x%s", strings.TrimSuffix(file, ext), sum[:4], ext), content}
}

// Assets are the stylesheet and the scripts, by the names that pages ask for them by below /desk/. A name changes with its content, which may therefore
// be cached for ever. The pages work without scripts.
func (p *Pages) Assets() map[string][]byte {
	out := map[string][]byte{}
	for _, a := range p.assets {
		out[a.name] = bytes.Clone(a.content)
	}
	return out
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

// Issues writes a page of the list of issues.
func (p *Pages) Issues(w io.Writer, lang mce.Lang, v Issues) error {
	return p.write(w, "issues", lang, v.Common, v)
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
