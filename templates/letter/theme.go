package letter

import (
	"fmt"
	"io/fs"

	"github.com/matcornic/hermes/v2"

	"github.com/majorcities/mce-mailer/mce"
)

// theme is ours for hermes, one per rendering: it carries the page that the templates show, as {{.Hermes.Theme.View}}.
//
// Its fields stay unexported: hermes merges its defaults into every exported field of a theme, and panics on types other than its own.
type theme struct {
	html, text string
	page       *page
}

func (t *theme) Name() string              { return "mce" }
func (t *theme) HTMLTemplate() string      { return t.html }
func (t *theme) PlainTextTemplate() string { return t.text }

// View is the page; the templates reach it through hermes.
func (t *theme) View() *page { return t.page }

// themeSources joins the files of the theme to the two sources that hermes parses. Nothing else is ever parsed as a template:
// hermes gives templates access to the environment.
func themeSources(fsys fs.FS) (html, text string, err error) {
	read := func(name string) string {
		content, e := fs.ReadFile(fsys, "theme/"+name)
		if err == nil {
			err = e
		}
		return string(content)
	}
	style := `{{define "style"}}` + read("style.css") + `{{end}}`
	html = style + read("blocks.html") + read("letter.html")
	return html, read("letter.txt"), err
}

// render puts a page into HTML and text.
func (l *Letters) render(p *page) (mce.Edition, error) {
	engine := func() *hermes.Hermes { // one per use: hermes writes to its receiver
		return &hermes.Hermes{Theme: &theme{html: l.html, text: l.text, page: p}, TextDirection: hermes.TDLeftToRight}
	}
	html, err := engine().GenerateHTML(hermes.Email{})
	if err != nil {
		return mce.Edition{}, fmt.Errorf("render %q as HTML: %w", p.Subject, err)
	}
	plain := engine()
	plain.DisableCSSInlining = true // there is none, and it costs a third of the rendering
	text, err := plain.GeneratePlainText(hermes.Email{})
	if err != nil {
		return mce.Edition{}, fmt.Errorf("render %q as text: %w", p.Subject, err)
	}
	return mce.Edition{Lang: p.Lang, Subject: p.Subject, HTML: html, Text: text + "\n"}, nil
}
