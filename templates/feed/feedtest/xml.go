package feedtest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"strings"
	"testing"
	"time"
)

const (
	atomSpace    = "http://www.w3.org/2005/Atom"
	contentSpace = "http://purl.org/rss/1.0/modules/content/"
)

// element is any XML element.
type element struct {
	name     xml.Name
	attr     map[xml.Name]string
	text     string
	children []*element
}

// parse reads a whole document, token by token.
func parse(t testing.TB, body []byte) *element {
	t.Helper()
	d, stack := xml.NewDecoder(bytes.NewReader(body)), []*element{{}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("no XML: %v", err)
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name, attr: map[xml.Name]string{}}
			for _, a := range token.Attr {
				e.attr[a.Name] = a.Value
			}
			top.children, stack = append(top.children, e), append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(token)
		}
	}
	if len(stack[0].children) != 1 {
		t.Fatalf("%d elements at the top", len(stack[0].children))
	}
	return stack[0].children[0]
}

func (e *element) all(space, name string) []*element {
	var out []*element
	for _, c := range e.children {
		if c.name == (xml.Name{Space: space, Local: name}) {
			out = append(out, c)
		}
	}
	return out
}

// one wants exactly one, with something in it.
func (e *element) one(t testing.TB, space, name string) *element {
	t.Helper()
	found := e.all(space, name)
	if len(found) != 1 {
		t.Errorf("<%s> has %d × <%s>", e.name.Local, len(found), name)
		return &element{}
	}
	return found[0]
}

func (e *element) a(name string) string { return e.attr[xml.Name{Local: name}] }

// atom is RFC 4287 §4.1.1 and §4.1.2.
func atom(t testing.TB, body []byte) Feed {
	t.Helper()
	root := parse(t, body)
	if root.name != (xml.Name{Space: atomSpace, Local: "feed"}) {
		t.Errorf("the top is %v", root.name)
	}
	f := Feed{
		Title:   root.one(t, atomSpace, "title").text,
		Lang:    root.attr[xml.Name{Space: "http://www.w3.org/XML/1998/namespace", Local: "lang"}],
		Updated: date(t, time.RFC3339, root.one(t, atomSpace, "updated").text),
	}
	id := root.one(t, atomSpace, "id").text
	iri(t, id)
	if root.one(t, atomSpace, "author").one(t, atomSpace, "name").text == "" {
		t.Error("the feed has no author")
	}
	links := atomLinks(t, root)
	f.Self, f.Home = links["self"], links["alternate"]
	for _, e := range root.all(atomSpace, "entry") {
		entry := Entry{
			ID: e.one(t, atomSpace, "id").text, Title: e.one(t, atomSpace, "title").text, Link: atomLinks(t, e)["alternate"],
			Date: date(t, time.RFC3339, e.one(t, atomSpace, "updated").text), HTML: e.one(t, atomSpace, "content").text,
		}
		iri(t, entry.ID)
		if entry.ID == id {
			t.Error("an entry has the id of the feed")
		}
		if kind := e.one(t, atomSpace, "content").a("type"); kind != "html" {
			t.Errorf("content of type %q", kind)
		}
		for _, s := range e.all(atomSpace, "summary") {
			entry.Summary = s.text
		}
		f.Entries = append(f.Entries, entry)
	}
	return f
}

// atomLinks: at most one of each relation, type and language (§4.1.1).
func atomLinks(t testing.TB, e *element) map[string]string {
	t.Helper()
	out, seen := map[string]string{}, map[string]bool{}
	for _, l := range e.all(atomSpace, "link") {
		key := l.a("rel") + " " + l.a("type") + " " + l.a("hreflang")
		if seen[key] {
			t.Errorf("two links %s", key)
		}
		seen[key] = true
		out[l.a("rel")] = l.a("href")
	}
	return out
}

// iri wants an absolute one, of whatever scheme.
func iri(t testing.TB, s string) {
	t.Helper()
	if scheme, rest, found := strings.Cut(s, ":"); !found || scheme == "" || rest == "" || strings.ContainsAny(s, " \n") {
		t.Errorf("%q is no absolute IRI", s)
	}
}

// rss is https://www.rssboard.org/rss-specification with its best practices profile.
func rss(t testing.TB, body []byte) Feed {
	t.Helper()
	root := parse(t, body)
	if root.name.Local != "rss" || root.a("version") != "2.0" {
		t.Errorf("the top is %v, version %q", root.name, root.a("version"))
	}
	channel := root.one(t, "", "channel")
	if channel.one(t, "", "description").text == "" {
		t.Error("the channel has no description")
	}
	self := channel.one(t, atomSpace, "link")
	f := Feed{
		Title: channel.one(t, "", "title").text, Home: channel.one(t, "", "link").text, Self: self.a("href"),
		Lang: channel.one(t, "", "language").text, Updated: date(t, time.RFC1123Z, channel.one(t, "", "lastBuildDate").text),
	}
	if self.a("rel") != "self" {
		t.Errorf("atom:link of relation %q", self.a("rel"))
	}
	for _, i := range channel.all("", "item") {
		guid := i.one(t, "", "guid")
		if permanent := guid.a("isPermaLink"); permanent != "false" {
			t.Errorf("isPermaLink=%q: the ids are no addresses", permanent)
		}
		f.Entries = append(f.Entries, Entry{
			ID: guid.text, Title: i.one(t, "", "title").text, Link: i.one(t, "", "link").text,
			Date: date(t, time.RFC1123Z, i.one(t, "", "pubDate").text), HTML: i.one(t, contentSpace, "encoded").text,
			Summary: html.UnescapeString(i.one(t, "", "description").text),
		})
	}
	return f
}
