package preflight

import (
	"regexp"
	"slices"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// text is something that editors wrote, in one of its languages.
type text struct {
	where string // slug of the item
	field string // of the item: title, motto, body
	lang  mce.Lang
	words string
	item  mce.Item
}

// texts are the titles and bodies of the items, in the languages that the series goes out in.
func texts(d mce.Draft) []text {
	var out []text
	for _, it := range d.Items {
		for _, f := range fields(it) {
			for _, lang := range f.text.Langs() {
				if f.text[lang] != "" && slices.Contains(d.Series.Languages, lang) {
					out = append(out, text{where: slug(it), field: f.name, lang: lang, words: f.text[lang], item: it})
				}
			}
		}
	}
	return out
}

// field is a text of an item in its languages, by its name in the item's form.
type field struct {
	name string
	text mce.Text
}

// lacks reports whether the text is there, but not in a language.
func (f field) lacks(lang mce.Lang) bool { return len(f.text) > 0 && f.text[lang] == "" }

// fields are the texts of an item in which something can be said.
func fields(it mce.Item) []field {
	switch {
	case it.Article != nil:
		return []field{{"title", it.Article.Title}, {"body", it.Article.Body}}
	case it.Event != nil:
		return []field{{"title", it.Event.Title}, {"motto", it.Event.Motto}, {"body", it.Event.Body}}
	case it.Resource != nil:
		return []field{{"title", it.Resource.Title}, {"body", it.Resource.Body}}
	}
	return nil
}

func slug(it mce.Item) string {
	switch {
	case it.Article != nil:
		return it.Article.Slug
	case it.Event != nil:
		return it.Event.Slug
	case it.Resource != nil:
		return it.Resource.Slug
	}
	return string(it.Kind)
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
