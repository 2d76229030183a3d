package preflight

import (
	"fmt"
	"net/url"
	"regexp"

	"golang.org/x/net/html"

	"github.com/majorcities/mce-mailer/mce"
)

var (
	// unfilled are marks of templates: ours, and those that people know from other programs.
	unfilled = regexp.MustCompile(`zq[a-z0-9]{10}[A-Z]+qz|\{\{[^{}]{0,60}\}\}|\$\{[^{}]{1,60}\}|\{[\pL_][\pL\d_. -]{0,40}\}|%%[^%\s]{1,40}%%|<%[^%]{0,60}%>|\*\|[^|]{1,40}\|\*|\[(?:NAME|TITLE|DATE|LINK|TEXT|NOME|TITOLO|DATA|TESTO)\]`)
	// forgotten are words that wait to be replaced.
	forgotten = regexp.MustCompile(`\b(?:TODO|FIXME|[Xx]xx+|(?i:lorem ipsum)|(?i:insert (?:text|title|link|date) here)|(?i:inserire (?:testo|titolo|link|data)))\b`)
	// doubtful may be meant.
	doubtful = regexp.MustCompile(`\b(?:TBD|TBC|TBA|XXX+)\b|\?\?\?`)
)

// placeholders looks at every word and address of the mail: in the HTML with its place, then for what the text has alone.
func placeholders(_ *issue, m *message) []mce.Finding {
	known := map[string]bool{}
	out := placeholdersIn(m.subject, "subject", known)
	for n := range m.doc.Descendants() {
		switch {
		case n.Type == html.TextNode && !isStyle(n):
			out = append(out, placeholdersIn(n.Data, m.where(n), known)...)
		case n.Type == html.ElementNode:
			for _, name := range []string{"href", "src", "alt", "title"} {
				value := attribute(n, name)
				if plain, err := url.PathUnescape(value); err == nil && (name == "href" || name == "src") {
					value = plain
				}
				out = append(out, placeholdersIn(value, m.where(n), known)...)
			}
		}
	}
	return append(out, placeholdersIn(m.text, "text part", known)...)
}

func isStyle(n *html.Node) bool {
	return n.Parent != nil && (n.Parent.Data == "style" || n.Parent.Data == "script" || n.Parent.Data == "title")
}

// placeholdersIn leaves out what is known from another place; a place's own repetitions are one finding.
func placeholdersIn(s, where string, known map[string]bool) []mce.Finding {
	var out []mce.Finding
	look := func(form *regexp.Regexp, level mce.Level, words string) {
		for _, found := range form.FindAllString(s, -1) {
			if key := found + "\x00" + where; where != "text part" && !known[key] || where == "text part" && !known[found] {
				known[key], known[found] = true, true
				out = append(out, mce.Finding{Level: level, Where: where, Words: fmt.Sprintf(words, quoted(found))})
			}
		}
	}
	look(unfilled, mce.Blocking, "%s stands where something should have been filled in. Write what belongs there.")
	look(forgotten, mce.Blocking, "%s waits to be replaced. Write what belongs there, or take it out.")
	look(doubtful, mce.Advisory, "%s looks as if it waited to be replaced. Is it meant?")
	return out
}
