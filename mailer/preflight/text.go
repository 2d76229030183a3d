package preflight

import (
	"regexp"
	"slices"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// text is something that editors wrote, in one of its languages.
type text struct {
	where string // slug of the item; subject, preheader or note
	field string // of the item: title, motto, body; empty: it is of the issue
	lang  mce.Lang
	words string
	item  mce.Item
}

// texts are the titles and bodies of the items, and then the words of the issue, in the languages that the series goes out in.
func texts(d mce.Draft) []text {
	var out []text
	add := func(t text, in mce.Text) {
		for _, lang := range in.Langs() {
			if in[lang] != "" && slices.Contains(d.Series.Languages, lang) {
				t.lang, t.words = lang, in[lang]
				out = append(out, t)
			}
		}
	}
	for _, it := range d.Items {
		for _, f := range it.Texts() {
			add(text{where: it.Slug(), field: f.Entry, item: it}, f.Text)
		}
	}
	add(text{where: "subject"}, d.Issue.Subject)
	add(text{where: "preheader"}, d.Issue.Preheader)
	add(text{where: "note"}, d.Issue.Note)
	return out
}

var sentenceEnd = regexp.MustCompile(`[.!?…]["”»)*_]*\s+|\n+`)

// sentences cuts a text. An abbreviation before a capital cuts too much, which no rule minds: it looks at less at a time.
func sentences(s string) []string {
	var out []string
	at := 0
	for _, cut := range sentenceEnd.FindAllStringIndex(s, -1) {
		rest := strings.TrimSpace(s[cut[1]:])
		if s[cut[0]] != '\n' && rest != "" && strings.ToLower(rest[:1]) == rest[:1] && rest[0] >= 'a' && rest[0] <= 'z' {
			continue // "3 p.m. on Monday"
		}
		out, at = append(out, s[at:cut[1]]), cut[1]
	}
	return append(out, s[at:])
}

// quoted is a snippet for a finding: in one line, not too long, and without the signs of Markdown.
func quoted(s string) string {
	s = strings.NewReplacer("**", "", "__", "").Replace(strings.TrimLeft(strings.TrimSpace(s), "-*>#+ "))
	s = oneLine(s)
	if runes := []rune(s); len(runes) > 80 {
		s = strings.TrimSpace(string(runes[:79])) + "…"
	}
	return "“" + s + "”"
}
