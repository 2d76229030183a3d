package preflight

import (
	"strings"

	"github.com/andybalholm/cascadia"
	"github.com/aymerick/douceur/css"
	"github.com/aymerick/douceur/parser"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// declarations are what nodes declare, by property.
type declarations map[*html.Node]map[string]string

// inline reads the style attributes of a document.
func inline(doc *html.Node) declarations {
	out := declarations{}
	for n := range doc.Descendants() {
		if value := attribute(n, "style"); value != "" {
			out[n] = parseStyle(value)
		}
	}
	return out
}

// parseStyle reads a style attribute. What is written twice holds as it stands last.
func parseStyle(s string) map[string]string {
	out := map[string]string{}
	for declaration := range strings.SplitSeq(s, ";") {
		if name, value, ok := strings.Cut(declaration, ":"); ok {
			out[strings.ToLower(strings.TrimSpace(name))] = strings.ToLower(strings.TrimSpace(value))
		}
	}
	return out
}

// mode is a way of showing a mail: what its nodes declare, and what a style sheet for the mode says instead.
type mode struct {
	name   string
	own    declarations
	sheets declarations
}

// says is what a node declares for a property; empty when nothing.
func (m mode) says(n *html.Node, property string) string {
	if v := m.sheets[n][property]; v != "" {
		return v
	}
	return m.own[n][property]
}

// dark reads the style sheets of a mail for those who prefer dark. Rules are taken in their order: among rules of !important it is what
// our theme relies on. Those without it are left out where the node says otherwise itself.
func (m *message) dark() declarations {
	out := declarations{}
	for n := range m.doc.Descendants() {
		if n.DataAtom != atom.Style {
			continue
		}
		sheet, err := parser.Parse(words(n))
		if err != nil {
			continue // a mail program passes over it, too
		}
		for _, at := range sheet.Rules {
			if at.Kind == css.AtRule && strings.Contains(at.Prelude, "prefers-color-scheme: dark") {
				for _, rule := range at.Rules {
					out.add(m, rule)
				}
			}
		}
	}
	return out
}

func (d declarations) add(m *message, rule *css.Rule) {
	for _, selector := range rule.Selectors {
		match, err := cascadia.Compile(selector)
		if err != nil {
			continue
		}
		for _, n := range match.MatchAll(m.doc) {
			if d[n] == nil {
				d[n] = map[string]string{}
			}
			for _, declared := range rule.Declarations {
				if _, said := m.styles[n][declared.Property]; declared.Important || !said {
					d[n][declared.Property] = strings.ToLower(declared.Value)
				}
			}
		}
	}
}
