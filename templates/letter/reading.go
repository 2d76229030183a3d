package letter

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Reading is what an issue of the archive says, without the look of a mail: for a page of ours, which has a look of its own, and for feeds.
type Reading struct {
	// HTML has headings from h2 on, paragraphs, lists, definitions, links, pictures and the languages of parts, and nothing else: it is
	// written anew, sign by sign escaped, whatever the source holds.
	HTML   string
	Titles []string // of the items
	// Image is the address of the first picture; empty: there is none.
	Image, ImageAlt string
}

// Read takes the HTML of an archive edition apart. It goes by the theme's own names, and reads any other HTML as a whole. Pictures are those that come by
// https, and those of ours, below the public address.
func Read(archived, public string) (Reading, error) {
	doc, err := html.Parse(strings.NewReader(archived))
	if err != nil {
		return Reading{}, fmt.Errorf("read an archived issue: %w", err)
	}
	r := reading{ours: public + "/"}
	top := doc
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Td && attribute(n, "class") == "content" {
			top = n
			break
		}
	}
	r.children(top)
	r.out.HTML = strings.TrimSpace(r.b.String())
	return r.out, nil
}

// summarySize is about what search engines and feed readers show, in bytes.
const summarySize = 200

// Summary names the first items: as many as fit, and at least one.
func (r Reading) Summary() string {
	s := ""
	for i, title := range r.Titles {
		if i > 0 && len(s)+len(title) > summarySize {
			return s + " …"
		}
		if i > 0 {
			s += " · "
		}
		s += title
	}
	return s
}

type reading struct {
	b    strings.Builder
	out  Reading
	ours string // what the addresses of our own pictures begin with
}

func (r *reading) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.node(c)
	}
}

func (r *reading) node(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		r.text(n.Data)
	case n.Type != html.ElementNode:
		if n.Type == html.DocumentNode {
			r.children(n)
		}
	case n.DataAtom == atom.Table && attribute(n, "class") == "facts":
		r.facts(n)
	case n.DataAtom == atom.A:
		r.link(n)
	case n.DataAtom == atom.Img:
		r.picture(n)
	case n.DataAtom == atom.Br:
		r.b.WriteString("<br>")
	default:
		r.element(n)
	}
}

func (r *reading) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Head, atom.Title, atom.Style, atom.Script, atom.Noscript, atom.Template, atom.Iframe, atom.Object, atom.Svg, atom.Math:
		return
	case atom.H3:
		r.out.Titles = append(r.out.Titles, oneLine(children(n)))
	}
	switch n.DataAtom {
	case atom.P, atom.Ul, atom.Ol, atom.Li, atom.Blockquote, atom.Strong, atom.Em, atom.H2, atom.H3, atom.H4:
		var more []string
		if n.DataAtom == atom.P && attribute(n, "class") == "kicker" {
			more = []string{"class", "kicker"}
		}
		if n.DataAtom == atom.Ol {
			more = []string{"start", attribute(n, "start")}
		}
		r.wrap(n.Data, n, more...)
	case atom.Div, atom.Span:
		if attribute(n, "lang") == "" {
			r.children(n)
			return
		}
		r.wrap(n.Data, n)
	default:
		r.children(n)
	}
}

// wrap writes an element with what is in it; its language, and pairs of further attributes, of which empty ones are left out.
func (r *reading) wrap(name string, n *html.Node, pairs ...string) {
	r.b.WriteString("<" + name)
	pairs = append(pairs, "lang", attribute(n, "lang"))
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			r.b.WriteString(" " + pairs[i] + `="` + html.EscapeString(pairs[i+1]) + `"`)
		}
	}
	r.b.WriteString(">")
	r.children(n)
	r.b.WriteString("</" + name + ">")
}

// text joins the blanks that the theme's layout leaves behind.
func (r *reading) text(s string) {
	if strings.Trim(s, " \t\r\n\f") == "" && strings.Contains(s, "\n") {
		if !strings.HasSuffix(r.b.String(), "\n") {
			r.b.WriteByte('\n')
		}
		return
	}
	r.b.WriteString(html.EscapeString(spaceRun.ReplaceAllString(s, " ")))
}

func (r *reading) link(n *html.Node) {
	href := webURL(attribute(n, "href"))
	if u, err := url.Parse(attribute(n, "href")); err == nil && u.Scheme == "mailto" {
		href = u.String()
	}
	if href == "" {
		r.children(n)
		return
	}
	r.wrap("a", n, "href", href)
}

// picture keeps a picture that comes by https or is ours: any other would be refused by the page's policy, and its words stand for it.
func (r *reading) picture(n *html.Node) {
	src, alt := webURL(attribute(n, "src")), attribute(n, "alt")
	if !strings.HasPrefix(src, "https://") && !strings.HasPrefix(src, r.ours) {
		r.text(alt)
		return
	}
	if r.out.Image == "" {
		r.out.Image, r.out.ImageAlt = src, alt
	}
	r.b.WriteString(`<img src="` + html.EscapeString(src) + `" alt="` + html.EscapeString(alt) + `"`)
	if lang := attribute(n, "lang"); lang != "" {
		r.b.WriteString(` lang="` + html.EscapeString(lang) + `"`)
	}
	r.b.WriteString(">")
}

// facts turns the small table of label and value, a layout in the mail, into what it means.
func (r *reading) facts(table *html.Node) {
	r.b.WriteString("<dl>\n")
	for n := range table.Descendants() {
		if n.DataAtom != atom.Td {
			continue
		}
		name := "dd"
		if attribute(n, "class") == "label" {
			name = "dt"
		}
		r.wrap(name, n)
		r.b.WriteByte('\n')
	}
	r.b.WriteString("</dl>")
}
