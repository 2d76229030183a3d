// Package page renders the public pages: leaving, confirming, events, the archive, help, privacy, accessibility, the front page and errors. It knows
// no database and no requests; what a page says comes in its view.
//
// The pages work without script, cookie or anything from elsewhere: their one asset is a stylesheet. Language and display choices
// travel as query parameters, which every link and form of ours keeps.
package page

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

//go:embed html locales style.css
var files embed.FS

// Pages renders the pages of one installation. It is safe for concurrent use.
type Pages struct {
	site       mce.Site
	base       string // escaped path of site.PublicURL; empty when it has none
	origin     string // what stands before the path
	catalog    *locale.Catalog
	templates  map[string]*template.Template
	stylesheet []byte
}

// New parses all templates and messages; an error is a fault of ours, or a PublicURL that is no address.
func New(site mce.Site) (*Pages, error) {
	public, err := url.Parse(site.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("public address: %w", err)
	}
	p := &Pages{site: site, base: strings.TrimRight(public.EscapedPath(), "/"), templates: map[string]*template.Template{}}
	if public.Host != "" {
		p.origin = public.Scheme + "://" + public.Host
	}
	if p.catalog, err = locale.New(files); err != nil {
		return nil, err
	}
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, err
	}
	p.stylesheet = append(look.Tokens(), style...)
	for _, name := range []string{"leave", "choices", "link", "confirm", "archive", "issue", "subscribe", "help", "privacy", "accessibility", "home", "error",
		"me", "over", "data", "erase", "move", "events", "event", "registration", "cancel", "booking", "forgotten"} {
		p.templates[name], err = template.ParseFS(files, "html/layout.html", "html/feeds.html", "html/entries.html", "html/facts.html", "html/delegate.html", "html/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("page %q: %w", name, err)
		}
	}
	return p, nil
}

// Stylesheet is the pages' one asset, of type text/css.
func (p *Pages) Stylesheet() []byte { return bytes.Clone(p.stylesheet) }

// StylesheetName is the name that the pages ask for it by, right below the public address: "/style.1a2b3c4d.css". It changes with
// the content, so that it may be cached for ever.
func (p *Pages) StylesheetName() string {
	sum := sha256.Sum256(p.stylesheet)
	return fmt.Sprintf("style.%x.css", sum[:4])
}

// Confirm writes the page of the link in an opt-in mail.
func (p *Pages) Confirm(w io.Writer, lang mce.Lang, v Confirm) error {
	return p.write(w, "confirm", lang, v.Common, v)
}

// Subscribe writes the page on which people subscribe.
func (p *Pages) Subscribe(w io.Writer, lang mce.Lang, v Subscribe) error {
	return p.write(w, "subscribe", lang, v.Common, v)
}

// Help writes what these mails are, how to leave and whom to write to: List-Help leads here.
func (p *Pages) Help(w io.Writer, lang mce.Lang, v Common) error {
	return p.write(w, "help", lang, v, nil)
}

// Home writes the front page.
func (p *Pages) Home(w io.Writer, lang mce.Lang, v Common) error {
	return p.write(w, "home", lang, v, nil)
}

// Error writes the page of every error.
func (p *Pages) Error(w io.Writer, lang mce.Lang, v Error) error {
	return p.write(w, "error", lang, v.Common, v)
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
