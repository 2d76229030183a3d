package letter

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown turns editors' Markdown into the few elements that letters know. It is safe for concurrent use.
type markdown struct {
	parser   parser.Parser
	renderer renderer.Renderer
	policy   *bluemonday.Policy
}

// newMarkdown knows paragraphs, lists, quotations, headings, emphasis and links. HTML and code are no part of it: their signs are plain
// characters, so that "a < b" and a pasted tag are read as they were typed rather than lost.
func newMarkdown() *markdown {
	p := parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(indented{parser.NewParagraphParser()}, 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
			util.Prioritized(extension.NewLinkifyParser(), 999),
		),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)
	r := renderer.NewRenderer(renderer.WithNodeRenderers(util.Prioritized(html.NewRenderer(), 1000)))
	return &markdown{parser: p, renderer: r, policy: newPolicy()}
}

// indented takes the lines that would be code by their indentation: goldmark drops what no parser takes.
type indented struct{ parser.BlockParser }

func (indented) CanAcceptIndentedLine() bool { return true }

// newPolicy is the second lock: whatever the Markdown let through, only this reaches a letter.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h2", "h3", "h4")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol") // "2023. A good year" must not become 1
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	return p
}

// html renders a text whose headings begin at the level top (2 to 4), so that they follow the heading that stands above the text.
func (m *markdown) html(source string, top int) (string, error) {
	src := []byte(source)
	doc := m.parser.Parse(text.NewReader(src))
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			adapt(n, top)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return "", fmt.Errorf("adapt Markdown: %w", err)
	}
	var b bytes.Buffer
	if err := m.renderer.Render(&b, src, doc); err != nil {
		return "", fmt.Errorf("render Markdown: %w", err)
	}
	return strings.TrimSpace(m.policy.Sanitize(b.String())), nil
}

// adapt fits headings in, and makes images links to themselves: their description is kept, nothing is loaded.
func adapt(n ast.Node, top int) {
	if h, ok := n.(*ast.Heading); ok {
		h.Level = min(max(h.Level, top), 4)
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		img, ok := c.(*ast.Image)
		if !ok {
			continue
		}
		a := ast.NewLink()
		a.Destination = img.Destination
		for w := img.FirstChild(); w != nil; w = img.FirstChild() {
			a.AppendChild(a, w)
		}
		n.ReplaceChild(n, img, a)
		c = a
	}
}

// newRich gives a sanitised fragment both its forms.
func newRich(fragment string) (rich, error) {
	plain, err := plainText(fragment)
	if err != nil {
		return rich{}, err
	}
	plain = strings.ReplaceAll(plain, "\n ", "\n  ")             // hermes' html2text takes one blank away
	return rich{HTML: template.HTML(fragment), Text: plain}, nil //nolint:gosec // bluemonday has just cleaned it
}
