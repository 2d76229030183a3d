package letter_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/letter"
)

// naughty is the Big List of Naughty Strings, without the plain words in it, and a few of our own, which aim at templates, slots and headers.
func naughty(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("../../../shared/corpus/blns.json")
	if err != nil {
		t.Skip("the corpus is absent: ", err)
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	list = slices.DeleteFunc(list, func(s string) bool { // letters and digits alone cannot do anything
		return !strings.ContainsFunc(s, func(r rune) bool {
			return r < ' ' || r > 0x7e && !unicode.IsLetter(r) || strings.ContainsRune("<>\"'&{}\\`%[]()", r)
		})
	})
	return append(list, `{{env "PATH"}}`, `{{.Hermes}}`, "</pre><h1>x</h1>", "</title><script>", "a\r\nBcc: x@y.example", "zqabcGREETINGqz",
		`"><img src=x onerror=alert(1)>`, "<!--[if mso]><script><![endif]-->", "x\u2028y\u0085z\x00", "{title}{city}", "javascript:alert(1)")
}

// poison puts s into every line of an event that people write, behind a letter so that none is empty.
func poison(e mce.Event, s string) mce.Event {
	text := both("x"+s, "y"+s)
	e.Title, e.City, e.Venue, e.Address, e.Motto = text, text, text, "x"+s, text
	if len(e.Sessions) > 0 {
		one := e.Sessions[0]
		one.Title, one.Room, one.Speakers = text, text, []string{"x" + s}
		e.Sessions = []mce.Session{one}
	}
	return e
}

// skeleton is a document without its words: elements and the names of their attributes.
func skeleton(doc *html.Node) string {
	var b strings.Builder
	for _, n := range elements(doc) {
		b.WriteString("<" + n.Data)
		for _, a := range n.Attr {
			b.WriteString(" " + a.Key)
		}
		b.WriteString(">")
	}
	return b.String()
}

// poisoned is one letter of each kind about events and subscriptions, with s in all its lines.
func poisoned(l *letter.Letters, s string) []func() (mce.Edition, error) {
	r, rule := registration("it"), weekBefore()
	r.Name, r.Organisation, r.Country = "x"+s, s, s
	rule.Subject = en("x {title}" + s)
	certified, invited, next := thanks(), invite(), poison(prato(), s)
	certified.Subject, invited.Subject = rule.Subject, rule.Subject
	return []func() (mce.Edition, error){
		func() (mce.Edition, error) { return l.Confirmation(poison(prato(), s), r, at("2023-09-01T12:00:00Z")) },
		func() (mce.Edition, error) { return l.Waiting(poison(prato(), s), r, at("2023-09-01T12:00:00Z")) },
		func() (mce.Edition, error) { return l.Cancellation(poison(prato(), s), r, at("2023-09-01T12:00:00Z")) },
		func() (mce.Edition, error) {
			old, e := poison(prato(), s), poison(rearranged(), s)
			return l.Change(old, e, r, r.Changes(old, e), at("2023-09-01T12:00:00Z"))
		},
		func() (mce.Edition, error) {
			return l.Reminder(rule, poison(prato(), s), mce.Enclosures{Handouts: []mce.Resource{{Kind: "video", Title: en("x" + s), Link: "https://example.org/"}}}, "en")
		},
		func() (mce.Edition, error) {
			return l.Certificate(certified, poison(prato(), s), mce.Enclosures{Next: &next}, r, at("2023-10-30T12:00:00Z"))
		},
		func() (mce.Edition, error) { return l.Reminder(invited, poison(prato(), s), mce.Enclosures{}, "it") },
		func() (mce.Edition, error) { return l.OptIn("en", []mce.Topic{{Name: en("x" + s)}}) },
		func() (mce.Edition, error) {
			event := poison(prato(), s)
			return l.Welcome("it", mce.Choices{}, &mce.Draft{Series: mce.Series{Slug: "x" + s}, Items: []mce.Item{{Event: &event}}})
		},
		func() (mce.Edition, error) {
			return l.Move(mce.Subscriber{Email: "x" + s + "@example.org", Choices: mce.Choices{Language: "it"}})
		},
	}
}

// TestHostileLines: whatever stands in a title, name or place, a letter has the same elements and attributes as with a harmless word.
// The strings take turns at the letters, which share all their parts.
func TestHostileLines(t *testing.T) {
	t.Parallel()
	l := newLetters(t)
	render := func(s string, which int) mce.Edition {
		e, err := poisoned(l, s)[which]()
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		return e
	}
	want := make([]string, len(poisoned(l, "")))
	for i := range want {
		want[i] = skeleton(parse(t, render("", i).HTML))
	}
	for i, s := range sparse(naughty(t)) {
		which := i % len(want)
		e := render(s, which)
		if got := skeleton(parse(t, e.HTML)); got != want[which] {
			t.Errorf("%q changes the elements of letter %d", s, which)
		}
		if strings.ContainsAny(e.Subject, "\r\n") {
			t.Errorf("subject has a line end: %q", e.Subject)
		}
	}
}

// sparse leaves most out under -short.
func sparse(list []string) []string {
	if !testing.Short() {
		return list
	}
	var out []string
	for i := 0; i < len(list); i += 20 {
		out = append(out, list[i])
	}
	return out
}

// TestHostileIssue puts twenty strings at a time into every field of an issue, links and Markdown included.
func TestHostileIssue(t *testing.T) {
	t.Parallel()
	l := newLetters(t)
	for batch := range slices.Chunk(sparse(naughty(t)), 20) {
		d := draft()
		d.Items = nil
		d.Series.Name, d.Series.Sections[0].Title, d.Issue.Subject = en("x"+batch[0]), en("x"+batch[0]), en("x"+batch[0])
		for _, s := range batch {
			text, body := en("x"+s), both(s, "# "+s+"\n\n- *"+s+"*\n\n[a]("+s+") ![b]("+s+")\n\n> "+s)
			event := poison(prato(), s)
			event.Body, event.Link, event.Online, event.Contact = body, s, s, s
			d.Items = append(d.Items,
				mce.Item{Section: "news", Article: &mce.Article{Title: text, Body: body, Link: s, Image: "https://example.org/" + s, ImageAlt: text}},
				mce.Item{Section: "events", Event: &event},
				mce.Item{Section: s, Resource: &mce.Resource{Kind: "video", Title: text, Body: body, Link: "https://example.org/?q=" + s}})
		}
		for _, lang := range mce.Languages() {
			e, err := l.Newsletter(d, lang)
			if err != nil {
				t.Fatal(err)
			}
			doc := parse(t, e.HTML)
			checkElements(t, doc)
			checkLinks(t, doc)
			for _, n := range elements(doc, "a") {
				if target := strings.TrimPrefix(attr(n, "href"), "mailto:"); !strings.Contains(e.Text, target) {
					t.Errorf("link %q is not in the text", target)
				}
			}
		}
	}
}

// checkElements knows all elements and attributes that a letter may have.
func checkElements(t *testing.T, doc *html.Node) {
	t.Helper()
	names := strings.Fields("html head meta title style body div p span a br strong em ul ol li blockquote h1 h2 h3 h4 img table tbody tr td")
	attrs := strings.Fields("lang dir charset name content type class style role aria-label align valign width cellpadding cellspacing border href src alt start")
	for _, n := range elements(doc) {
		if !slices.Contains(names, n.Data) {
			t.Errorf("element <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if !slices.Contains(attrs, a.Key) {
				t.Errorf("attribute %s on <%s>", a.Key, n.Data)
			}
			if a.Key == "src" && !strings.HasPrefix(a.Val, "https://example.org/") {
				t.Errorf("source %q", a.Val)
			}
		}
	}
	if len(elements(doc, "h1")) != 1 || len(elements(doc, "style")) != 1 {
		t.Error("more than one h1 or style")
	}
}
