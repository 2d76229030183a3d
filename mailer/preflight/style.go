package preflight

import (
	"strings"

	"github.com/andybalholm/cascadia"
	"github.com/aymerick/douceur/css"
	"github.com/aymerick/douceur/parser"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// inline reads a style attribute. What is written twice holds as it stands last.
func inline(n *html.Node) map[string]string {
	out := map[string]string{}
	for declaration := range strings.SplitSeq(attribute(n, "style"), ";") {
		name, value, ok := strings.Cut(declaration, ":")
		if ok {
			out[strings.ToLower(strings.TrimSpace(name))] = strings.ToLower(strings.TrimSpace(value))
		}
	}
	return out
}

// dark are the declarations of a dark mode by node; those without !important are left out where the node says otherwise itself.
type dark map[*html.Node]map[string]string

// darkMode reads the style sheets of a mail for those who prefer dark. Rules are taken in their order: among rules of !important it is what
// our theme relies on.
func (m *message) darkMode() dark {
	out := dark{}
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
					out.add(m.doc, rule)
				}
			}
		}
	}
	return out
}

func (d dark) add(doc *html.Node, rule *css.Rule) {
	for _, selector := range rule.Selectors {
		match, err := cascadia.Compile(selector)
		if err != nil {
			continue
		}
		for _, n := range match.MatchAll(doc) {
			own := inline(n)
			if d[n] == nil {
				d[n] = map[string]string{}
			}
			for _, declared := range rule.Declarations {
				if _, said := own[declared.Property]; declared.Important || !said {
					d[n][declared.Property] = strings.ToLower(declared.Value)
				}
			}
		}
	}
}

// style is what a node declares for a property, in a mode; empty when nothing.
func style(n *html.Node, mode dark, property string) string {
	if v := mode[n][property]; v != "" {
		return v
	}
	return inline(n)[property]
}
