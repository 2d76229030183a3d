package letter

import (
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/locale"
)

// writer makes the parts of one page in one language. It keeps the first error and goes on, so that pages are written down in one piece;
// whoever finishes the page looks at err.
type writer struct {
	*Letters
	p       *locale.Printer
	err     error
	counted counted // none but in newsletters of a series that counts clicks
}

func (l *Letters) writer(lang mce.Lang) *writer {
	return &writer{Letters: l, p: l.messages.In(lang)}
}

// say is a message of ours.
func (w *writer) say(id string, pairs ...any) string {
	s, err := w.p.T(id, pairs...)
	w.fail(err)
	return s
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// words chooses a text, and marks it where its language is not the page's.
func (w *writer) words(t mce.Text) words {
	s, lang := t.In(w.p.Lang)
	return words{Text: oneLine(s), Lang: w.foreign(lang)}
}

func (w *writer) foreign(lang mce.Lang) mce.Lang {
	if lang == w.p.Lang {
		return ""
	}
	return lang
}

// rich chooses a Markdown text; its headings begin at the level top.
func (w *writer) rich(t mce.Text, top int) rich {
	s, lang := t.In(w.p.Lang)
	fragment, err := w.markdown.html(s, top)
	w.fail(err)
	r, err := newRich(fragment)
	w.fail(err)
	r.Lang = w.foreign(lang)
	return r
}

// page begins a page with what all letters have.
func (w *writer) page(subject string) *page {
	us := []string{oneLine(w.site.Postal)}
	if !strings.Contains(w.site.Postal, w.site.Name) {
		us = append([]string{w.site.Name}, us...)
	}
	return &page{
		Lang:    w.p.Lang,
		Subject: oneLine(subject),
		Brand:   w.site.Name,
		Footer: footer{
			Ask:     w.say("contact_ask"),
			Contact: mailLink(w.site.ReplyTo),
			Us:      us,
		},
	}
}

// finish renders the page.
func (w *writer) finish(p *page, kind mce.LetterKind, nonce string) (mce.Edition, error) {
	if w.err != nil {
		return mce.Edition{}, w.err
	}
	e, err := w.render(p)
	e.Kind, e.Nonce = kind, nonce
	return e, err
}
