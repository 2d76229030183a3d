package page_test

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page"
)

func TestStructure(t *testing.T) {
	d := page.Display{LargeText: true, ReadableFont: true, HighlightLinks: true, Contrast: page.ContrastHigh}
	for _, s := range samples(newPages(t, site())) {
		for _, lang := range mce.Languages() {
			t.Run(s.name+"/"+string(lang), func(t *testing.T) {
				root, err := html.Parse(bytes.NewReader(document(t, s, lang, d)))
				if err != nil {
					t.Fatal(err)
				}
				checkFrame(t, root, lang)
				checkHeadings(t, root)
				checkLinks(t, root, lang, d)
				checkForms(t, root, s.path, lang, d)
				checkPolicy(t, root, s.name)
				checkKeyboard(t, root)
				checkHead(t, root, s.name, lang)
				checkStatus(t, root, s.name)
			})
		}
	}
}

func checkFrame(t *testing.T, root *html.Node, lang mce.Lang) {
	t.Helper()
	for _, name := range []string{"title", "h1", "header", "main", "footer"} {
		if n := len(all(root, name)); n != 1 {
			t.Errorf("%d × <%s>", n, name)
		}
	}
	if got := attr(all(root, "html")[0], "lang"); got != string(lang) {
		t.Errorf("lang=%q", got)
	}
	title, heading := text(all(root, "title")[0]), text(all(root, "h1")[0])
	if !strings.HasSuffix(title, heading+" – "+site().Name) { // before it may stand that something is to be checked
		t.Errorf("title %q for heading %q", title, heading)
	}
	ids := map[string]bool{}
	for _, n := range all(root, "") {
		if id := attr(n, "id"); id != "" && ids[id] {
			t.Errorf("id %q twice", id)
		} else {
			ids[id] = true
		}
	}
	if skip := attr(all(root, "a")[0], "href"); !ids[strings.TrimPrefix(skip, "#")] || attr(all(root, "main")[0], "id") != skip[1:] {
		t.Errorf("the first link leads to %q, not to the content", skip)
	}
	for _, nav := range all(root, "nav") {
		if attr(nav, "aria-label") == "" {
			t.Error("a <nav> without a name, of several")
		}
	}
}

func checkHeadings(t *testing.T, root *html.Node) {
	t.Helper()
	level := 0
	for _, n := range all(root, "") {
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			if here := int(n.Data[1] - '0'); here > level+1 {
				t.Errorf("heading %q jumps from %d to %d", text(n), level, here)
			}
			level = int(n.Data[1] - '0')
		}
	}
}

// checkLinks: every link has words, and every one to a page of ours keeps language and display.
func checkLinks(t *testing.T, root *html.Node, lang mce.Lang, d page.Display) {
	t.Helper()
	for _, a := range all(root, "a") {
		u, err := url.Parse(attr(a, "href"))
		if err != nil || text(a) == "" {
			t.Errorf("link %q to %q: %v", text(a), attr(a, "href"), err)
			continue
		}
		if u.Scheme != "" || u.Path == "" || strings.Contains(u.Path, "/feed.") {
			continue // elsewhere, within the page, or to what is no page
		}
		want := string(lang)
		got := u.Query().Get("lang")
		if other := attr(a, "hreflang"); strings.HasPrefix(u.Path, "/archive/") && got == "" {
			want, got = other, u.Path[strings.LastIndex(u.Path, "/")+1:] // the path says it
		} else if other != "" && !strings.HasPrefix(u.Path, "/archive/") {
			want = other
		}
		if got != want && got != attr(a, "hreflang") {
			t.Errorf("link %q leads to lang=%q, wants %q", text(a), got, want)
		}
		back := strings.HasPrefix(text(a), "Back") || strings.HasPrefix(text(a), "Torna")
		if got := page.ParseDisplay(u.Query()); got != d && !back || back && !got.Usual() {
			t.Errorf("link %q leads to the display %+v", text(a), got)
		}
	}
}

// checkForms: every control has a label, every form a button; a POST goes to the page's own address, or to one with the same token, and keeps
// the choices.
func checkForms(t *testing.T, root *html.Node, path string, lang mce.Lang, d page.Display) {
	t.Helper()
	for _, form := range all(root, "form") {
		u, err := url.Parse(attr(form, "action"))
		if err != nil || u.Path != path && !strings.Contains(u.Path, "/AbC-123_x/") || len(all(form, "button")) == 0 {
			t.Errorf("form to %q with %d buttons: %v", attr(form, "action"), len(all(form, "button")), err)
			continue
		}
		chosen := u.Query()
		if attr(form, "method") == "get" {
			chosen = submitted(form)
		}
		if page.ParseDisplay(chosen) != d || chosen.Get("lang") != string(lang) {
			t.Errorf("the form %s %s loses choices: %v", attr(form, "method"), u, chosen)
		}
	}
	named := map[string]bool{}
	for _, label := range all(root, "label") {
		named[attr(label, "for")] = text(label) != ""
	}
	for _, input := range append(all(root, "input"), all(root, "select")...) {
		around := input.Parent.Data == "label" && text(input.Parent) != ""
		if attr(input, "type") != "hidden" && !around && !named[attr(input, "id")] {
			t.Errorf("input %q has no label", attr(input, "name"))
		}
	}
}

// submitted is what a browser sends when nothing is touched.
func submitted(form *html.Node) url.Values {
	q := url.Values{}
	for _, input := range all(form, "input") {
		_, checked := find(input, "checked")
		if attr(input, "type") == "hidden" || checked {
			q.Set(attr(input, "name"), attr(input, "value"))
		}
	}
	return q
}

// checkPolicy: nothing that the Content-Security-Policy forbids, nothing from elsewhere.
func checkPolicy(t *testing.T, root *html.Node, name string) {
	t.Helper()
	for _, n := range all(root, "") {
		if n.Data == "img" && name == "issue" && attr(n, "alt") != "" {
			continue // the pictures of an issue, for which its page has a policy of its own
		}
		if n.Data == "img" && strings.HasPrefix(name, "registration") && attr(n, "alt") != "" && strings.HasPrefix(attr(n, "src"), "data:image/png;base64,") {
			continue // the code for the desk
		}
		if slices.Contains([]string{"script", "style", "iframe", "img", "object", "base"}, n.Data) {
			t.Errorf("<%s>", n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s %s>", n.Data, a.Key)
			}
		}
	}
	for _, link := range all(root, "link") {
		if rel := attr(link, "rel"); rel == "canonical" || rel == "alternate" {
			continue // loads nothing
		}
		if href := attr(link, "href"); !strings.HasPrefix(href, "/style.") && !strings.HasPrefix(href, "data:image/svg+xml,") {
			t.Errorf("loads %s", href)
		}
	}
}

// checkStatus: what a click brought about is announced, and no page of a link from a mail is found by a search engine.
func checkStatus(t *testing.T, root *html.Node, name string) {
	t.Helper()
	status, hidden := 0, false
	for _, n := range all(root, "") {
		if attr(n, "role") == "status" {
			status++
		}
		hidden = hidden || attr(n, "name") == "robots" && attr(n, "content") == "noindex"
	}
	outcome := slices.ContainsFunc([]string{"-done", "-already", "-long-ago", "-undone", "-saved", "choices-link"}, func(end string) bool {
		return strings.HasSuffix(name, end)
	})
	if outcome != (status == 1) {
		t.Errorf("%d × role=status", status)
	}
	if public(name) == hidden {
		t.Errorf("noindex: %v", hidden)
	}
}

// public: search engines may know these.
func public(name string) bool {
	return slices.Contains([]string{"home", "help", "archive", "archive-empty", "archive-series", "issue", "privacy", "accessibility"}, name) ||
		strings.HasPrefix(name, "event") || strings.HasPrefix(name, "subscribe") || strings.HasPrefix(name, "link-")
}

// all lists the elements of a name (empty: of every name) in document order.
func all(root *html.Node, name string) []*html.Node {
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && (name == "" || n.Data == name) {
			out = append(out, n)
		}
	}
	return out
}

func attr(n *html.Node, key string) string {
	v, _ := find(n, key)
	return v
}

func find(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
