package preflight

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

func nameOf(lang mce.Lang) string {
	if name, ok := map[mce.Lang]string{mce.English: "English", "it": "Italian"}[lang]; ok {
		return name
	}
	return string(lang)
}

// coverage counts, for each language of the series that somebody reads, the items without a text in it.
func coverage(_ context.Context, i *issue) []mce.Finding {
	var out []mce.Finding
	for _, lang := range i.draft.Series.Languages {
		readers := 0
		for _, r := range i.readers {
			if r.Lang == lang {
				readers += r.Readers
			}
		}
		missing, entry := untranslated(i.draft.Items, lang)
		if readers == 0 || len(missing) == 0 {
			continue
		}
		out = append(out, mce.Finding{Where: strings.Join(missing, ", "), Lang: lang, Field: entry, Words: fmt.Sprintf("%d of %d items have no %s text, and will be in English for %s who asked for %s. Translate them, or leave it so.",
			len(missing), len(i.draft.Items), nameOf(lang), people(readers), nameOf(lang))})
	}
	return out
}

// untranslated lists the items of which a text is missing in a language, and names the first entry that is empty, if it is the same of all.
// A text that is missing in all languages is not missed.
func untranslated(items []mce.Item, lang mce.Lang) (slugs []string, entry string) {
	for _, it := range items {
		of := it.Texts()
		n := slices.IndexFunc(of, func(f mce.ItemText) bool { return f.Lacks(lang) })
		if n < 0 {
			continue
		}
		switch name := mce.TextField(of[n].Entry, lang); {
		case len(slugs) == 0:
			entry = name
		case entry != name:
			entry = ""
		}
		slugs = append(slugs, it.Slug())
	}
	return slugs, entry
}

func people(n int) string {
	if n == 1 {
		return "1 subscriber"
	}
	return fmt.Sprintf("%d subscribers", n)
}
