package letter_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/majorcities/mce-mailer/mce"
)

func parse(t testing.TB, source string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func elements(doc *html.Node, names ...string) []*html.Node {
	var out []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && (len(names) == 0 || slices.Contains(names, n.Data)) {
			out = append(out, n)
		}
	}
	return out
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func content(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// TestMarkup holds every letter to the accessibility checklist for mails.
func TestMarkup(t *testing.T) {
	each(t, func(t *testing.T, _ sample, e mce.Edition) {
		doc := parse(t, e.HTML)
		if !strings.HasPrefix(e.HTML, "<!DOCTYPE html>") {
			t.Error("no doctype")
		}
		root := elements(doc, "html")[0]
		if attr(root, "lang") != string(e.Lang) || attr(root, "dir") != "ltr" {
			t.Errorf("html element says %v", root.Attr)
		}
		if got := content(elements(doc, "title")[0]); got != e.Subject {
			t.Errorf("title %q, subject %q", got, e.Subject)
		}
		for _, n := range elements(doc, "table") {
			if attr(n, "role") != "presentation" {
				t.Errorf("table without its role: %v", n.Attr)
			}
		}
		for _, n := range elements(doc, "img") {
			if attr(n, "alt") == "" || attr(n, "width") == "" {
				t.Errorf("image without alt or width: %v", n.Attr)
			}
		}
		checkHeadings(t, doc)
		checkLinks(t, doc)
		for _, part := range []string{`<meta name="color-scheme" content="light dark"`, `<meta name="supported-color-schemes" content="light dark"`,
			"@media (prefers-color-scheme: dark)", "@media (max-width: 480px)", "<!--[if mso]>"} {
			if !strings.Contains(e.HTML, part) {
				t.Errorf("lost on the way: %s", part)
			}
		}
		for _, part := range []string{"@import", "@font-face", "url(", "ZgotmplZ", "<script"} {
			if strings.Contains(e.HTML, part) {
				t.Errorf("contains %s", part)
			}
		}
		if len(e.HTML) > 30_000 { // Gmail clips at 102 KB; six items are nothing unusual
			t.Errorf("HTML has %d bytes", len(e.HTML))
		}
	})
}

func checkHeadings(t *testing.T, doc *html.Node) {
	t.Helper()
	level, tops := byte('0'), 0
	for _, n := range elements(doc, "h1", "h2", "h3", "h4") {
		if n.Data == "h1" {
			tops++
		}
		if n.Data[1] > level+1 {
			t.Errorf("%s %q follows h%c", n.Data, content(n), level)
		}
		level = n.Data[1]
	}
	if tops != 1 {
		t.Errorf("%d h1", tops)
	}
}

func checkLinks(t *testing.T, doc *html.Node) {
	t.Helper()
	for _, n := range elements(doc, "a") {
		u, err := url.Parse(attr(n, "href"))
		if err != nil || !(u.Scheme == "mailto" || (u.Scheme == "https" || u.Scheme == "http") && u.Host != "") {
			t.Errorf("link to %q", attr(n, "href"))
		}
		if content(n) == "" {
			t.Errorf("link without words: %v", n.Attr)
		}
		if style := attr(n, "style"); attr(n, "class") != "button-link" && !strings.Contains(style, "text-decoration:underline") {
			t.Errorf("link is not underlined: %q", style)
		}
	}
}

// TestSameInBothParts: each heading and link of the HTML stands in the text, in the same order.
func TestSameInBothParts(t *testing.T) {
	each(t, func(t *testing.T, _ sample, e mce.Edition) {
		rest := e.Text
		for _, n := range elements(parse(t, e.HTML), "h1", "h2", "h3", "h4", "a", "li", "img") {
			want := content(n)
			switch n.Data {
			case "a":
				want = strings.TrimPrefix(attr(n, "href"), "mailto:")
			case "img":
				if strings.HasPrefix(attr(n, "src"), "cid:") {
					continue // it repeats, for scanners, the code that stands beside it
				}
				want = attr(n, "alt")
			case "li":
				want = strings.Fields(want)[0] // emphasis has signs of its own in the text
			}
			_, after, found := strings.Cut(rest, want)
			if !found {
				t.Errorf("%s %q is not in the text, or elsewhere", n.Data, want)
				continue
			}
			rest = after
		}
	})
}

// TestText: the text part is free of markup, of table drawings and of gaps.
func TestText(t *testing.T) {
	each(t, func(t *testing.T, _ sample, e mce.Edition) {
		for _, bad := range []string{"\n\n\n", "+--", "| ", "</", "&amp;", "&#", "\r"} {
			if strings.Contains(e.Text, bad) {
				t.Errorf("text contains %q:\n%s", bad, e.Text)
			}
		}
		if !strings.HasSuffix(e.Text, "\n") || strings.HasPrefix(e.Text, "\n") {
			t.Error("text must begin with a word and end with a line end")
		}
	})
}

// TestLanguageMarks: what falls back to English says so, what does not is silent.
func TestLanguageMarks(t *testing.T) {
	l := newLetters(t)
	e, err := l.Newsletter(draft(), "it")
	if err != nil {
		t.Fatal(err)
	}
	marks := map[string]string{
		"Conferenza annuale 2023 a Prato":                     "",
		"Becoming David: local governments and cybersecurity": "en",
		"Knowledge base":                   "en",
		"Gemelli digitali: le diapositive": "",
	}
	for _, n := range elements(parse(t, e.HTML), "h1", "h2", "h3") {
		if want, ok := marks[content(n)]; ok && attr(n, "lang") != want {
			t.Errorf("%q has lang %q, want %q", content(n), attr(n, "lang"), want)
		}
		delete(marks, content(n))
	}
	for title := range marks {
		t.Errorf("no heading %q", title)
	}
	for _, part := range []string{`<div class="body" lang="en"><p style="margin:0 0 16px">With the figures`, `Guarda il video: <span lang="en">Interview`} {
		if !strings.Contains(e.HTML, part) {
			t.Errorf("not found: %s", part)
		}
	}
	english, err := l.Newsletter(draft(), "en")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(english.HTML, ` lang="`); n != 1 {
		t.Errorf("the English letter names a language %d times", n)
	}
}
