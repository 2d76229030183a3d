package page_test

import (
	"bytes"
	"io"
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
		{"error-404", "/nowhere", failure(p, 404, "This link is not one of ours, or it was cut off on its way. Please use the whole link from the mail.")},
		{"error-400", "/archive", failure(p, 400, `language "xx" is not one we write in; use one of [en it]`)},
		{"error-429", "/archive", failure(p, 429, "")},
		{"error-503", "/archive", failure(p, 503, "")},
	}
	for _, state := range []page.State{page.Asking, page.Done, page.Already} {
		out = append(out,
			sample{"leave-" + string(state), "/leave/AbC-123_x", leave(p, state)},
			sample{"confirm-" + string(state), "/confirm/AbC-123_x", confirm(p, state)},
		)
	}
	entered := page.Entered{Email: "anna@gmial.com", Name: "Anna Rossi", Chosen: []string{"eu"}}
	for name, v := range map[string]page.Subscribe{
		"subscribe": {}, "subscribe-done": {Done: true}, "subscribe-slip": {Entered: entered, Better: "anna@gmail.com"},
		"subscribe-fault":  {Entered: entered, FaultIn: "email", Fault: "\"anna@\" is not an address: nothing stands behind the @."},
		"subscribe-unread": {Entered: entered, FaultIn: "agree"}, "subscribe-topics": {FaultIn: "topics"},
	} {
		out = append(out, sample{name, "/subscribe", subscribe(p, v)})
	}
	return out
}

func leave(p *page.Pages, state page.State) func(io.Writer, mce.Lang, page.Common) error {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		return p.Leave(w, lang, page.Leave{Common: c, MaskedAddress: "a…@example.org", State: state})
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
		v.Topics = []mce.Topic{
			{Slug: "news", Name: mce.Text{"en": "Association news", "it": "Notizie dell’associazione"}}, {Slug: "eu", Name: mce.Text{"en": "EU projects"}},
		}
		v.Wording = "I want to receive the newsletters of Major Cities of Europe by e-mail on the topics I chose. I can unsubscribe at any time."
		return p.Subscribe(w, lang, v)
	}
}

func archive(p *page.Pages, issues ...page.ArchiveIssue) func(io.Writer, mce.Lang, page.Common) error {
	return func(w io.Writer, lang mce.Lang, c page.Common) error {
		return p.Archive(w, lang, page.ArchiveList{Common: c, Issues: issues})
	}
}

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
