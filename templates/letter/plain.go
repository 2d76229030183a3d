package letter

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plainText writes a sanitised fragment as text. A paragraph is one long line, which the reader's window breaks where it is wide; lines
// broken here would be broken twice on a telephone.
func plainText(fragment string) (string, error) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(fragment), body)
	if err != nil {
		return "", fmt.Errorf("read HTML: %w", err)
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	return strings.Join(blocks(body), "\n\n"), nil
}

// blocks gives the paragraphs of an element.
func blocks(parent *html.Node) []string {
	var out []string
	var line strings.Builder
	flush := func() {
		if s := tidy(line.String()); s != "" {
			out = append(out, s)
		}
		line.Reset()
	}
	for n := parent.FirstChild; n != nil; n = n.NextSibling {
		switch n.DataAtom {
		case atom.P, atom.H2, atom.H3, atom.H4, atom.Ul, atom.Ol, atom.Blockquote:
			flush()
			if s := block(n); s != "" {
				out = append(out, s)
			}
		default:
			line.WriteString(inline(n))
		}
	}
	flush()
	return out
}

func block(n *html.Node) string {
	switch n.DataAtom {
	case atom.H2, atom.H3, atom.H4:
		return strings.Repeat("#", int(n.Data[1]-'0')) + " " + tidy(children(n))
	case atom.Ul, atom.Ol:
		return list(n)
	case atom.Blockquote:
		return "> " + strings.ReplaceAll(strings.Join(blocks(n), "\n\n"), "\n", "\n> ")
	}
	return tidy(children(n))
}

func list(n *html.Node) string {
	number, err := strconv.Atoi(attribute(n, "start"))
	if err != nil {
		number = 1
	}
	var lines []string
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Li {
			continue
		}
		mark := "- "
		if n.DataAtom == atom.Ol {
			mark = fmt.Sprintf("%d. ", number)
			number++
		}
		indent := "\n" + strings.Repeat(" ", len(mark))
		lines = append(lines, mark+strings.ReplaceAll(strings.Join(blocks(c), "\n"), "\n", indent))
	}
	return strings.Join(lines, "\n")
}

func inline(n *html.Node) string {
	if n.Type == html.TextNode {
		return spaceRun.ReplaceAllString(n.Data, " ")
	}
	switch n.DataAtom {
	case atom.Br:
		return "\n"
	case atom.Strong:
		return "*" + children(n) + "*"
	case atom.Em:
		return "_" + children(n) + "_"
	case atom.A:
		return anchor(n)
	}
	return children(n)
}

// anchor puts the target behind the words, in angle brackets (RFC 3986, appendix C), unless they are the same.
func anchor(n *html.Node) string {
	words, target := children(n), strings.TrimPrefix(attribute(n, "href"), "mailto:")
	if target == "" || target == words {
		return words
	}
	return words + " <" + target + ">"
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func children(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(inline(c))
	}
	return b.String()
}

// spaceRun is what HTML shows as one blank.
var spaceRun = regexp.MustCompile(`[ \t\r\n\f]+`)

// tidy trims each line.
func tidy(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.Trim(l, " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}
