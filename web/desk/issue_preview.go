package desk

import (
	"html"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
	pages "github.com/majorcities/mce-mailer/templates/desk"
)

// reading is how a preview is looked at: as whom, and on what.
type reading struct {
	pages.Reading
	name   string
	topics []string // nil: all
}

// readingOf takes from an address how the mail is to be looked at: as any subscriber, who is called as the user who looks, or as a certain one. A fault is a
// subscriber that there is not.
func (d *Desk) readingOf(r *http.Request, by mce.User, draft mce.Draft) (out reading, err error) {
	q := r.URL.Query()
	out = reading{name: by.Name, Reading: pages.Reading{
		Lang: draft.Series.Languages[0], Form: q.Get("form"), Device: q.Get("device"), Colours: q.Get("colours"), NoImages: q.Get("images") == "off", As: q.Get("as"),
	}}
	if q.Get("lang") != "" {
		if out.Lang, err = mce.ParseLang(q.Get("lang")); err != nil {
			return out, &mce.Error{Code: mce.NotFound, Err: err}
		}
	}
	if q.Has("some") {
		out.topics = append([]string{}, q["topic"]...)
	}
	out.Topics = out.topics
	if out.As == "" {
		return out, nil
	}
	email, err := mce.ParseAddress(out.As)
	if err != nil {
		return out, err
	}
	s, err := d.store.SubscriberByEmail(r.Context(), email)
	if err != nil {
		return out, err
	}
	out.name, out.topics, out.Lang = s.Name, append([]string{}, s.Topics...), s.Language
	if !slices.Contains(draft.Series.Languages, out.Lang) {
		out.Lang = mce.English
	}
	out.Topics = out.topics
	return out, nil
}

// previewView is the page with the mail and what to look at it with.
func (d *Desk) previewView(r *http.Request, head pages.Issue, draft mce.Draft) (func(io.Writer, mce.Lang) error, error) {
	as, err := d.readingOf(r, head.User, draft)
	if err != nil && (mce.ErrorCode(err) != mce.NotFound || as.As == "") && mce.ErrorCode(err) != mce.Invalid {
		return nil, err
	}
	view := pages.IssueView{Issue: head, Reading: as.Reading, Options: draft.Topics()}
	if err != nil {
		view.NoReader = mce.ErrorMessage(err)
	}
	if view.Names, err = d.store.Topics(r.Context()); err != nil {
		return nil, err
	}
	part := as.part(draft)
	view.Empty = len(part.Items) == 0
	view.Subjected, _ = part.Issue.Subject.In(as.Lang)
	view.Preheader, _ = part.Issue.Preheader.In(as.Lang)
	view.Query = r.URL.Query().Encode()
	view.Items, view.Pictures = len(part.Items), pictured(part)
	if view.To = head.User.Email; r.PostForm.Has("to") {
		view.To, view.TestIn, view.Tested = r.PostForm.Get("to"), mce.Lang(r.PostForm.Get("in")), true
	}
	return func(w io.Writer, lang mce.Lang) error { return d.pages.IssueView(w, lang, view) }, nil
}

// pictured is how many items have a picture.
func pictured(d mce.Draft) (n int) {
	for _, it := range d.Items {
		if it.Article != nil && it.Article.Image != "" {
			n++
		}
	}
	return n
}

// part is what the reader gets of the draft.
func (a reading) part(draft mce.Draft) mce.Draft {
	if a.topics == nil {
		return draft
	}
	return draft.For(a.topics)
}

// mailPolicy is for a mail that is shown within the desk: its own styles, pictures from wherever editors took them, no script, and no way out. In the
// sandbox 'self' is nobody, so our own pictures are named.
func (d *Desk) mailPolicy(images bool) string {
	pictures := "'none'"
	if images {
		pictures = "https: data: " + d.site.ImageURL("")
	}
	return "default-src 'none'; style-src 'unsafe-inline'; img-src " + pictures + "; base-uri 'none'; frame-ancestors 'self'; sandbox"
}

// mail is the issue as it would leave, to be shown in a frame.
func (d *Desk) mail(w http.ResponseWriter, r *http.Request, v visit) error {
	draft, err := d.draftOf(r)
	if err != nil {
		return err
	}
	as, err := d.readingOf(r, v.session.User, draft)
	if err != nil {
		return err
	}
	part := as.part(draft)
	if len(part.Items) == 0 {
		return mce.NotFoundf("nothing in this issue is about these topics: such a reader gets no letter")
	}
	e, err := d.letters.Newsletter(part, as.Lang)
	if err != nil {
		return err
	}
	e = e.Filled(map[string]string{mce.SlotGreeting: d.letters.Greeting(as.Lang, as.name), mce.SlotToken: "preview"})
	d.sendMail(w, e.Lang, d.mailPolicy(!as.NoImages), as.look(e))
	return nil
}

// look is the mail as the device shows it. Mails choose their colours by a media query; another than the device's own is forced by deciding it.
func (a reading) look(e mce.Edition) string {
	const dark = "@media (prefers-color-scheme: dark)"
	if a.Form == "text" {
		return `<!doctype html><html lang="` + html.EscapeString(string(a.Lang)) + `"><meta charset="utf-8"><meta name="color-scheme" content="` + a.scheme() + `"><title>` +
			html.EscapeString(e.Subject) + `</title><pre style="white-space:pre-wrap;overflow-wrap:anywhere;font:1rem/1.5 monospace;margin:1rem">` + html.EscapeString(e.Text) + `</pre>`
	}
	switch a.Colours {
	case "dark":
		return strings.ReplaceAll(e.HTML, dark, "@media all")
	case "light":
		return strings.ReplaceAll(e.HTML, dark, "@media not all")
	}
	return e.HTML
}

func (a reading) scheme() string {
	if a.Colours == "light" || a.Colours == "dark" {
		return a.Colours
	}
	return "light dark"
}
