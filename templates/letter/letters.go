// Package letter renders the association's letters: newsletter, registration confirmation, event reminder and the request to confirm a
// subscription, as HTML and as an equivalent text. A rendering knows no recipient: what is personal stays a slot (mce.SlotMark).
package letter

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/locale"
)

//go:embed theme locales
var files embed.FS

// Letters renders. It is safe for concurrent use.
type Letters struct {
	site     mce.Site
	messages *locale.Catalog
	markdown *markdown
	html     string // source of the theme
	text     string // source of its plain counterpart
	look     string
	salutes  map[mce.Lang]salute
	answers  string // where answers of calendars go, with a * for the token; empty: to the sender
	keys     *mce.Keys
}

// salute is the words around a name, and those without one. They are taken apart once, because a greeting is made per letter.
type salute struct{ before, after, nameless string }

// Option is what New may be told beside the site.
type Option func(*Letters)

// WithAnswers has the answers of calendars go to an address of their own, in which a token of the keys that names the registration stands for a *. It
// is the ORGANIZER of the invitations, which must stay the same (RFC 5546 §3.2.2): with another one no calendar takes updates.
func WithAnswers(address string, keys *mce.Keys) Option {
	return func(l *Letters) { l.answers, l.keys = address, keys }
}

// New reads the theme and the words of all languages, and renders a letter of each, so that a fault in them is found at start.
func New(site mce.Site, options ...Option) (*Letters, error) {
	messages, err := locale.New(files)
	if err != nil {
		return nil, err
	}
	l := &Letters{site: site, messages: messages, markdown: newMarkdown(), salutes: map[mce.Lang]salute{}}
	for _, o := range options {
		o(l)
	}
	if l.html, l.text, err = themeSources(files); err != nil {
		return nil, err
	}
	if l.look, err = fingerprint(files, site); err != nil {
		return nil, err
	}
	for _, lang := range mce.Languages() {
		if l.salutes[lang], err = newSalute(messages.In(lang)); err != nil {
			return nil, err
		}
		if _, err := l.OptIn(lang, nil); err != nil {
			return nil, fmt.Errorf("trial rendering in %q: %w", lang, err)
		}
	}
	return l, nil
}

// Look is a fingerprint of theme, words and site: with another one the same draft may read or look different.
func (l *Letters) Look() string { return l.look }

// Greeting is the salutation of a person, as plain text that still has to be escaped for HTML; an empty name gives the one without.
func (l *Letters) Greeting(lang mce.Lang, name string) string {
	s, ok := l.salutes[lang]
	if !ok {
		s = l.salutes[mce.English]
	}
	if name = oneLine(name); name == "" {
		return s.nameless
	}
	return s.before + name + s.after
}

// TestSubject marks a subject as that of a test mail.
func (l *Letters) TestSubject(lang mce.Lang, subject string) string {
	marked, err := l.messages.In(lang).T("test_subject", "Subject", subject)
	if err != nil { // the words are tried at the start of every test
		return "[Test] " + subject
	}
	return marked
}

func newSalute(p *locale.Printer) (salute, error) {
	const here = "\x00"
	named, err := p.T("greeting_named", "Name", here)
	if err != nil {
		return salute{}, err
	}
	nameless, err := p.T("greeting")
	before, after, _ := strings.Cut(named, here)
	return salute{before: before, after: after, nameless: nameless}, err
}

func fingerprint(fsys fs.FS, site mce.Site) (string, error) {
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode(site); err != nil {
		return "", err
	}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(fsys, name)
		fmt.Fprintf(sum, "%s %d\n%s", name, len(content), content)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:8]), err
}
