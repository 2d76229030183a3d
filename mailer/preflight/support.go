package preflight

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/aymerick/douceur/css"
	"github.com/aymerick/douceur/parser"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/majorcities/mce-mailer/mce"
)

// What mail programs lack, by caniemail.com; reduce.go makes it anew.
//
//go:embed caniemail.json
var caniemail []byte

// feature is something of HTML or CSS that some mail programs do not know.
type feature struct {
	Title string   `json:"title"`
	Is    []string `json:"is"` // see signs
	Lacks []string `json:"lacks"`
}

// features are those of caniemail.com by their signs.
var features = sync.OnceValues(func() (map[string]feature, error) {
	var data struct {
		Features []feature `json:"features"`
	}
	if err := json.Unmarshal(caniemail, &data); err != nil {
		return nil, fmt.Errorf("read caniemail.json: %w", err)
	}
	out := map[string]feature{}
	for _, f := range data.Features {
		for _, sign := range f.Is {
			out[sign] = f
		}
	}
	return out, nil
})

// dispensable says of what our theme uses why a letter is whole without it.
func dispensable() map[string]string {
	return map[string]string{
		"@media":                      "narrow screens get the wide layout, which shrinks",
		"@media prefers-color-scheme": "dark mode is then the mail program's own",
		"<style>":                     "all that matters is inline",
		"<body>":                      "its style stands on the outer table, too",
		"overflow-wrap":               "a long word then widens the letter",
		"overflow":                    "of the hidden line beside the subject",
		"max-height":                  "likewise",
		"height":                      "of pictures, which have a width",
		"[role]":                      "for screen readers",
		"[aria-label]":                "for screen readers",
		"[lang]":                      "for screen readers",
		"[dir]":                       "both languages run from left to right",
	}
}

// support finds what widespread mail programs do not know, beside what our theme can do without.
func support(_ *issue, m *message) []mce.Finding {
	known, err := features()
	if err != nil {
		return []mce.Finding{{Where: "mail", Words: err.Error()}}
	}
	var out []mce.Finding
	told := map[string]bool{}
	for _, s := range m.signs() {
		f, lacking := known[s.name]
		if _, fine := dispensable()[s.name]; !lacking || fine || told[s.name] {
			continue
		}
		told[s.name] = true
		out = append(out, mce.Finding{Where: s.where, Words: fmt.Sprintf("The letter uses %s, which these do not know: %s. Look at a test mail there.", f.Title, strings.Join(f.Lacks, ", "))})
	}
	return out
}

// sign is something of HTML or CSS that a mail uses: "gap" (a property), "display:flex", "calc()", "@media hover", "<video>", "[srcset]".
type sign struct{ name, where string }

func (m *message) signs() []sign {
	var out []sign
	for n := range m.doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		names := []string{"<" + n.Data + ">"}
		for _, a := range n.Attr {
			names = append(names, "["+a.Key+"]")
		}
		for property, value := range m.styles[n] {
			names = append(names, declared(property, value)...)
		}
		if n.DataAtom == atom.Style {
			names = append(names, ofSheet(words(n))...)
		}
		slices.Sort(names)
		for _, name := range names {
			out = append(out, sign{name, m.where(n)})
		}
	}
	return out
}

var functions = regexp.MustCompile(`([a-z-]+)\(`)

func declared(property, value string) []string {
	out := []string{property, property + ":" + value}
	for _, f := range functions.FindAllStringSubmatch(value, -1) {
		out = append(out, f[1]+"()")
	}
	return out
}

// ofSheet lists the signs of a style sheet: what mail programs cannot parse they pass over.
func ofSheet(source string) []string {
	sheet, err := parser.Parse(source)
	if err != nil {
		return nil
	}
	return ofRules(sheet.Rules)
}

var condition = regexp.MustCompile(`\(\s*([a-z-]+)`)

func ofRules(rules []*css.Rule) []string {
	var out []string
	for _, r := range rules {
		if r.Kind == css.AtRule {
			out = append(out, r.Name)
			for _, c := range condition.FindAllStringSubmatch(r.Prelude, -1) {
				out = append(out, r.Name+" "+c[1])
			}
		}
		for _, d := range r.Declarations {
			out = append(out, declared(d.Property, d.Value)...)
		}
		out = append(out, ofRules(r.Rules)...)
	}
	return out
}
