package page_test

import (
	"bytes"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

// sample is a page in one of its states.
type sample struct {
	name   string
	path   string
	render func(w io.Writer, lang mce.Lang, c page.Common) error
}

func site() mce.Site {
	return mce.Site{
		Name:      "Major Cities of Europe",
		Short:     "MCE",
		Postal:    "Major Cities of Europe, 1 Example Street, Example City",
		PublicURL: "https://mail.example.org",
		FromName:  "Major Cities of Europe",
		From:      "newsletter@mail.example.org",
		ReplyTo:   "office@example.org",
	}
}

func newPages(t testing.TB, s mce.Site) *page.Pages {
	t.Helper()
	p, err := page.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// samples are all pages in all their states.
func samples(p *page.Pages) []sample {
	out := []sample{
		{"home", "/", p.Home},
		{"help", "/help", p.Help},
		{"archive", "/archive", archive(p, issues()...)},
		{"archive-empty", "/archive", archive(p)},
		{"archive-series", "/archive/monthly/en", series(p)},
		{"issue", "/archive/monthly/14/en", issue(p)},
		{"privacy", "/privacy", privacy(p)},
		{"accessibility", "/accessibility", p.Accessibility},
		{"error-404", "/nowhere", failure(p, 404, "This link is not one of ours, or it was cut off on its way. Please use the whole link from the mail.")},
		{"error-400", "/archive", failure(p, 400, `language "xx" is not one we write in; use one of [en it]`)},
		{"error-429", "/archive", failure(p, 429, "")},
		{"error-503", "/archive", failure(p, 503, "")},
	}
	for _, state := range []page.State{page.Asking, page.Done, page.Already, page.Ended} {
		out = append(out, sample{"confirm-" + string(state), "/confirm/AbC-123_x", confirm(p, state)})
	}
	for name, v := range map[string]page.Leave{
		"asking": {State: page.Asking, Reads: true}, "unconfirmed": {State: page.Asking}, "done": {State: page.Done, CanUndo: true}, "already": {State: page.Already, CanUndo: true},
		"long-ago": {State: page.Already}, "undone": {State: page.Undone},
	} {
		out = append(out, sample{"leave-" + name, "/leave/AbC-123_x", leave(p, v)})
	}
	paused := time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)
	for name, v := range map[string]page.Choices{
		"choosing": {State: page.Choosing}, "saved": {State: page.Saved, Pause: "2026-12-24", PausedUntil: paused}, "link": {State: page.LinkOnWay},
		"ended": {State: page.NotReading}, "pending": {State: page.NotYet},
		"fault":    {State: page.Choosing, FaultIn: "pause", Fault: "a pause ends on a day to come, within a year", Pause: "2020-01-01"},
		"one-pace": {State: page.Choosing, Paces: []mce.ReadingPace{mce.EachIssue}},
	} {
		out = append(out, sample{"choices-" + name, "/choices/AbC-123_x", choices(p, v)})
	}
	for name, v := range map[string]page.Link{
		"asking": {}, "fault": {Email: "anna@", FaultIn: "email", Fault: "nothing stands behind the @"}, "slip": {Email: "anna@gmial.com", Better: "anna@gmail.com"}, "done": {Done: true},
	} {
		out = append(out, sample{"link-" + name, "/link", link(p, v)})
	}
	entered := page.Entered{Email: "anna@gmial.com", Name: "Anna Rossi", Chosen: []string{"eu"}}
	for name, v := range map[string]page.Subscribe{
		"subscribe": {}, "subscribe-done": {Done: true}, "subscribe-slip": {Entered: entered, Better: "anna@gmail.com"},
		"subscribe-fault":  {Entered: entered, FaultIn: "email", Fault: "\"anna@\" is not an address: nothing stands behind the @."},
		"subscribe-unread": {Entered: entered, FaultIn: "agree"}, "subscribe-topics": {FaultIn: "topics"},
		"subscribe-country": {Entered: page.Entered{Email: "anna@example.org", Organisation: "Comune di Prato", Pace: mce.Monthly}, FaultIn: "country"},
	} {
		out = append(out, sample{name, "/subscribe", subscribe(p, v)})
	}
	return slices.Concat(out, selfSamples(p), eventSamples(p), registrationSamples(p))
}

func leave(p *page.Pages, v page.Leave) func(io.Writer, mce.Lang, page.Common) error {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		v := v
		v.Common, v.MaskedAddress, v.Choices = c, "a…@example.org", "/choices/AbC-123_x"
		return p.Leave(w, lang, v)
	}
}

func choices(p *page.Pages, v page.Choices) func(io.Writer, mce.Lang, page.Common) error {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		v := v
		v.Common, v.MaskedAddress, v.Leave, v.Topics, v.Language, v.Chosen = c, "a…@example.org", "/leave/AbC-123_x", topics(), lang, []string{"eu"}
		v.First, v.Last = "2026-11-26", "2027-11-26"
		if v.Paces == nil {
			v.Paces = []mce.ReadingPace{mce.EachIssue, mce.Monthly}
		}
		v.Wording = site().ConsentWording(lang)
		return p.Choices(w, lang, v)
	}
}

func link(p *page.Pages, v page.Link) func(io.Writer, mce.Lang, page.Common) error {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		v := v
		v.Common = c
		return p.Link(w, lang, v)
	}
}

func topics() []mce.Topic {
	return []mce.Topic{
		{Slug: "news", Name: mce.Text{"en": "Association news", "it": "Notizie dell’associazione"}}, {Slug: "eu", Name: mce.Text{"en": "EU projects"}},
	}
}

func confirm(p *page.Pages, state page.State) func(io.Writer, mce.Lang, page.Common) error {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		return p.Confirm(w, lang, page.Confirm{
			Common:        c,
			MaskedAddress: "a…@example.org",
			State:         state,
			Topics: []mce.Text{
				{"en": "Association news", "it": "Notizie dell’associazione"},
				{"en": "Emerging topics and technology", "it": "Temi e tecnologie emergenti"},
				{"en": "EU projects"},
			},
			Wording:     "Yes, please send me the newsletters of Major Cities of Europe by e-mail on the topics that I chose. I can withdraw this consent at any time.",
			WordingLang: mce.English,
		})
	}
}

func subscribe(p *page.Pages, v page.Subscribe) func(io.Writer, mce.Lang, page.Common) error {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		v := v
		v.Common, v.Language = c, lang
		v.Topics, v.Wording, v.Version, v.Paces = topics(), site().ConsentWording(lang), "2023-03", []mce.ReadingPace{mce.EachIssue, mce.Monthly}
		return p.Subscribe(w, lang, v)
	}
}

func archive(p *page.Pages, issues ...page.ArchiveIssue) func(io.Writer, mce.Lang, page.Common) error {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		return p.Archive(w, lang, page.ArchiveList{Common: c, Issues: issues})
	}
}

func privacy(p *page.Pages) func(io.Writer, mce.Lang, page.Common) error {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		return p.Privacy(w, lang, page.Privacy{Common: c, Keep: mce.Keep{Letters: 13, Unconfirmed: 30, Unsubscribed: 36, Delegates: 24}})
	}
}

func series(p *page.Pages) func(io.Writer, mce.Lang, page.Common) error {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		c.Editions = map[mce.Lang]string{"en": "/archive/monthly/en", "it": "/archive/monthly/it"}
		all := issues()
		return p.Archive(w, lang, page.ArchiveList{Common: c, Issues: []page.ArchiveIssue{all[0], all[2]}, Series: all[0].Name})
	}
}

// issue is in English; around it the page is in the reader's language.
func issue(p *page.Pages) func(io.Writer, mce.Lang, page.Common) error {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		all := issues()
		c.Editions = map[mce.Lang]string{"en": c.Path, "it": "/archive/monthly/14/it"}
		return p.Issue(w, lang, page.Issue{
			Common: c, ArchiveIssue: all[0], Lang: "en", Subject: all[0].Subject["en"], Older: &all[2], Newer: &all[1],
			Summary: "Prato hosts the annual conference · Digital twins: the slides", Image: "https://www.majorcities.example/img/pecci.jpg", ImageAlt: "The ring",
			Body: body,
		})
	}
}

// body has everything that letter.Read may leave in an issue.
const body = `<p>Here is what is new in the network of Major Cities of Europe.</p>
<h2>Events</h2>
<p class="kicker">Conference</p>
<h3>Annual conference 2023 in Prato</h3>
<dl>
<dt>When</dt>
<dd>Wednesday 25 – Friday 27 October 2023<br>begins at 09:00 (CEST, UTC+2)</dd>
<dt>Where</dt>
<dd>Center for Contemporary Art Luigi Pecci<br>Prato</dd>
<dt>Interpretation</dt>
<dd>Italian</dd>
</dl>
<p>Under the motto <em>A loom with a view</em>, speakers show how <strong>digital change</strong> is woven:</p>
<ul>
<li>data governance,</li>
<li><a href="https://www.majorcities.example/twins">digital twins</a> and more.</li>
</ul>
<p><a href="https://www.majorcities.example/conferences/2023-prato/">About the event: Annual conference 2023 in Prato</a></p>
<h2>News of the association</h2>
<h3>Prato hosts the annual conference 2023</h3>
<p><img src="` + dot + `" alt="The ring of the Luigi Pecci centre in Prato"></p>
<blockquote>
<p>It is with pleasure that we announce that the next conference takes place in Prato.</p>
</blockquote>
<h3 lang="it">Notizie</h3>
<div lang="it"><h4>Chi può partecipare</h4>
<p>Tutti. Scrivere a <a href="mailto:projects@majorcities.example">projects@majorcities.example</a>.</p></div>`

// dot is a picture that needs no network.
const dot = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 536 240' width='536' height='240'%3E%3Crect width='536' height='240' fill='%236b7884'/%3E%3C/svg%3E"

func failure(p *page.Pages, status int, message string) func(io.Writer, mce.Lang, page.Common) error {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		return p.Error(w, lang, page.Error{Common: c, Status: status, Message: message})
	}
}

func issues() []page.ArchiveIssue {
	rome := time.FixedZone("CET", 3600)
	name := mce.Text{"en": "Monthly newsletter", "it": "Newsletter mensile"}
	return []page.ArchiveIssue{
		{
			Series: "monthly", Name: name, Number: 14, Date: time.Date(2024, 1, 17, 9, 0, 0, 0, rome), Languages: []mce.Lang{"en", "it"},
			Subject: mce.Text{"en": "What Prato taught us, and where we meet in 2024", "it": "Che cosa ci ha insegnato Prato e dove ci incontriamo nel 2024"},
		},
		{
			Series: "eu-projects", Name: mce.Text{"en": "EU projects"}, Number: 3, Date: time.Date(2023, 12, 6, 9, 0, 0, 0, rome),
			Subject: mce.Text{"en": "Three calls that close in spring"}, Languages: []mce.Lang{"en"},
		},
		{
			Series: "monthly", Name: name, Number: 13, Date: time.Date(2023, 10, 18, 9, 0, 0, 0, rome), Languages: []mce.Lang{"en", "it"},
			Subject: mce.Text{"en": "A loom with a view: the Prato programme is complete", "it": "A loom with a view: il programma di Prato è completo"},
		},
	}
}

// document is a sample as bytes.
func document(t testing.TB, s sample, lang mce.Lang, d page.Display) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := s.render(&out, lang, page.Common{Path: s.path, Display: d}); err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return out.Bytes()
}
