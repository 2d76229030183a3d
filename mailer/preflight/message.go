package preflight

import (
	"bytes"
	"fmt"
	"io"
	"net/mail"
	"strings"

	gomessage "github.com/emersion/go-message"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/majorcities/mce-mailer/mce"
)

// message is the mail of an edition, taken apart again as a mail program would.
type message struct {
	part    mce.Part
	raw     []byte
	header  mail.Header
	subject string // decoded
	text    string
	html    string
	doc     *html.Node
	styles  declarations      // inline ones
	places  map[string]string // title of an item, in one line → its slug
	site    mce.Site
}

// read takes a mail apart.
func read(raw []byte, part mce.Part, site mce.Site) (*message, error) {
	m := &message{part: part, raw: raw, places: map[string]string{}, site: site}
	head, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read the mail of the %s edition: %w", part.Lang, err)
	}
	m.header = head.Header
	entity, err := gomessage.Read(bytes.NewReader(raw))
	if err == nil {
		m.subject, _ = entity.Header.Text("Subject")
		err = entity.Walk(m.take)
	}
	if err == nil {
		m.doc, err = html.Parse(strings.NewReader(m.html))
	}
	if err != nil {
		return nil, fmt.Errorf("read the mail of the %s edition: %w", part.Lang, err)
	}
	m.styles = inline(m.doc)
	for _, it := range part.Draft.Items {
		title, _ := it.Title().In(part.Lang)
		m.places[oneLine(title)] = it.Slug()
	}
	return m, nil
}

// take keeps the first text and the first HTML.
func (m *message) take(_ []int, e *gomessage.Entity, err error) error {
	if err != nil {
		return err
	}
	kind, _, _ := e.Header.ContentType()
	if kind != "text/plain" && kind != "text/html" {
		return nil
	}
	content, err := io.ReadAll(e.Body)
	if kind == "text/plain" && m.text == "" {
		m.text = string(content)
	}
	if kind == "text/html" && m.html == "" {
		m.html = string(content)
	}
	return err
}

// where names the place of a node for editors: the item that it belongs to, else the part of the letter.
func (m *message) where(n *html.Node) string {
	for ; n != nil; n = n.Parent {
		switch class(n) {
		case "item":
			if heading := first(n, atom.H3); heading != nil {
				if slug, ok := m.places[oneLine(words(heading))]; ok {
					return slug
				}
			}
			return "mail"
		case "footer", "header", "preheader":
			return class(n)
		case "content": // beside the items, editors write the opening note there
			if len(m.part.Draft.Issue.Note) > 0 {
				return "note"
			}
		}
	}
	return "mail"
}

func class(n *html.Node) string { return attribute(n, "class") }

func attribute(n *html.Node, name string) string {
	value, _ := lookUp(n, name)
	return value
}

func lookUp(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// first is the first element of a kind below n, nil when there is none.
func first(n *html.Node, kind atom.Atom) *html.Node {
	for d := range n.Descendants() {
		if d.DataAtom == kind {
			return d
		}
	}
	return nil
}

// words are the words below a node, as they stand.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// seen are the text nodes that readers see, without what is hidden or no words at all.
func (m *message) seen() []*html.Node {
	var out []*html.Node
	for n := range m.doc.Descendants() {
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" && !m.hidden(n) {
			out = append(out, n)
		}
	}
	return out
}

// hidden reports whether a node is not shown: the line beside the subject, a style sheet.
func (m *message) hidden(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		switch n.DataAtom {
		case atom.Head, atom.Title, atom.Style, atom.Script, atom.Template, atom.Noscript:
			return true
		}
		if n.Type == html.ElementNode && m.styles[n]["display"] == "none" {
			return true
		}
	}
	return false
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
