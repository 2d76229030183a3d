package letter

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/majorcities/mce-mailer/mce"
)

// Newsletter renders the items of a draft for the readers of a language. Sections come in the series' order and vanish when empty;
// items of a section that the series no longer has come last. Which topics the edition is for is left to the caller, who chose the items.
func (l *Letters) Newsletter(d mce.Draft, lang mce.Lang) (mce.Edition, error) {
	nonce, err := newNonce(d, l.site)
	if err != nil {
		return mce.Edition{}, err
	}
	w := l.writer(lang)
	w.counted = counted{d.Issue.ID, d.Links}
	p := w.newsletter(d)
	if d.Series.Public() {
		public := l.site.ArchiveURL(d.Series.Slug, strconv.Itoa(d.Issue.Number), w.p.Lang)
		p.Browser, p.Footer.Share = webLink(w.say("browser"), words{}, public), webLink(w.say("share"), words{}, public)
	}
	p.Greeting = mce.SlotMark(nonce, mce.SlotGreeting)
	p.Footer.Why = []string{w.say("why_newsletter", "Association", l.site.Name)}
	w.choose(p, nonce)
	return w.finishIssue(p, d, nonce)
}

// Archive renders the same for the public web page of the issue: without slots, so its Nonce is empty, and without a way to leave.
func (l *Letters) Archive(d mce.Draft, lang mce.Lang) (mce.Edition, error) {
	w := l.writer(lang)
	p := w.newsletter(d)
	p.Footer.Why = []string{w.say("why_archive", "Association", l.site.Name)}
	return w.finishIssue(p, d, "")
}

// choose ends a letter that can be left with the links to leave and to what one chose.
func (w *writer) choose(p *page, nonce string) {
	token := mce.SlotMark(nonce, mce.SlotToken)
	p.Footer.Choices = webLink(w.say("choices"), words{}, w.site.ChoicesURL(token))
	p.Footer.Leave = webLink(w.say("leave"), words{}, w.site.LeaveURL(token))
}

func (w *writer) finishIssue(p *page, d mce.Draft, nonce string) (mce.Edition, error) {
	e, err := w.finish(p, mce.Newsletter, nonce)
	e.ListID, e.Number, e.IssueID = d.Series.Slug, d.Issue.Number, d.Issue.ID
	return e, err
}

func (w *writer) newsletter(d mce.Draft) *page {
	subject, _ := d.Issue.Subject.In(w.p.Lang)
	p := w.page(subject)
	p.Heading = w.words(d.Series.Name)
	p.Subline = words{Text: w.say("issue_line", "Number", d.Issue.Number, "Day", w.p.Day(mce.InZone(d.Issue.Slot.Due, d.Series.TimeZone)))}
	p.Intro = []string{w.say("newsletter_intro", "Association", w.site.Name)}
	if len(d.Issue.Note) > 0 {
		p.Body = w.rich(d.Issue.Note, noteTop)
	}
	p.Sections = w.sections(d)
	p.Preheader = preheader(p.Sections)
	if len(d.Issue.Preheader) > 0 {
		p.Preheader = []words{w.words(d.Issue.Preheader)}
	}
	return p
}

// noteTop: the opening note stands right below the h1, beside the sections.
const noteTop = 2

func (w *writer) sections(d mce.Draft) []section {
	var out []section
	known := map[string]bool{}
	add := func(title words, belongs func(mce.Item) bool) {
		s := section{Title: title}
		for _, it := range d.Items {
			if belongs(it) {
				s.Items = append(s.Items, w.item(it))
			}
		}
		if len(s.Items) > 0 {
			out = append(out, s)
		}
	}
	for _, sec := range d.Series.Sections {
		known[sec.Slug] = true
		add(w.words(sec.Title), func(it mce.Item) bool { return it.Section == sec.Slug })
	}
	add(words{Text: w.say("section_other")}, func(it mce.Item) bool { return !known[it.Section] })
	return out
}

func (w *writer) item(it mce.Item) item {
	switch {
	case it.Article != nil:
		return w.article(*it.Article)
	case it.Event != nil:
		return w.event(*it.Event)
	case it.Resource != nil:
		return w.resource(*it.Resource)
	}
	w.fail(mce.Conflictf("the %s %d of the issue has no content", it.Kind, it.ID))
	return item{}
}

// counted are the links of an issue that lead by way of us.
type counted struct {
	issue int64
	links []string
}

// way is the address that a link of an item has in the mail: its own, unless it is counted.
func (w *writer) way(link string) string {
	if i := slices.Index(w.counted.links, link); i >= 0 {
		return w.site.GoURL(w.counted.issue, i+1)
	}
	return link
}

// bodyTop: below the h3 of an item, headings of its own text are h4.
const bodyTop = 4

func (w *writer) article(a mce.Article) item {
	title := w.words(a.Title)
	return item{
		Title: title,
		Image: webURL(a.Image),
		Alt:   w.words(a.ImageAlt),
		Body:  w.rich(a.Body, bodyTop),
		Link:  webLink(w.say("read_more"), title, w.way(a.Link)),
	}
}

func (w *writer) event(e mce.Event) item {
	title := w.words(e.Title)
	return item{
		Kicker: w.eventKind(e.Kind),
		Title:  title,
		Facts:  w.facts(e, forEverybody),
		Body:   w.rich(e.Body, bodyTop),
		Link:   webLink(w.say("event_more"), title, w.way(e.Link)),
	}
}

func (w *writer) resource(r mce.Resource) item {
	kind, open := w.say("kind_handout"), w.say("open_handout")
	if r.Kind == "video" {
		kind, open = w.say("kind_video"), w.say("open_video")
	}
	title := w.words(r.Title)
	return item{Kicker: kind, Title: title, Body: w.rich(r.Body, bodyTop), Link: webLink(open, title, w.way(r.Link))}
}

// preheaderSize is about what mail programs show beside a subject, in characters.
const preheaderSize = 110

// preheader is the first titles, as many as are seen.
func preheader(sections []section) []words {
	var out []words
	size := 0
	for _, s := range sections {
		for _, it := range s.Items {
			if size >= preheaderSize {
				return out
			}
			out = append(out, it.Title)
			size += utf8.RuneCountInString(it.Title.Text)
		}
	}
	return out
}
