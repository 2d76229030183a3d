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

// untranslated counts, for each language of the series that somebody reads, the items without a text in it.
func untranslated(_ context.Context, i *issue) []mce.Finding {
	return i.eachLanguage(func(it mce.Item, lang mce.Lang) string {
		// A text that is missing in all languages is not missed.
		of := it.Texts()
		if n := slices.IndexFunc(of, func(f mce.ItemText) bool { return f.Lacks(lang) }); n >= 0 {
			return mce.TextField(of[n].Entry, lang)
		}
		return ""
	}, func(of, language, readers string) string {
		return fmt.Sprintf("%s have no %s text, and will be in English for %s who asked for %s. Translate them, or leave it so.", of, language, readers, language)
	})
}

// stale counts likewise the items whose English has changed since they were translated.
func stale(_ context.Context, i *issue) []mce.Finding {
	return i.eachLanguage(func(it mce.Item, lang mce.Lang) string {
		for _, entry := range i.stale[it.ItemRef] {
			if lang != mce.English && strings.HasSuffix(entry, mce.TextField("", lang)) {
				return entry
			}
		}
		return ""
	}, func(of, language, readers string) string {
		return fmt.Sprintf("%s were changed in English after they were put into %s, which %s will read. Compare the two, or leave it so.", of, language, readers)
	})
}

// eachLanguage finds, for each language of the series that somebody reads, the items that an entry speaks against: entry names the first one of an
// item, or none. What is found leads to that entry, where it is the same of all items.
func (i *issue) eachLanguage(entry func(mce.Item, mce.Lang) string, words func(of, language, readers string) string) []mce.Finding {
	var out []mce.Finding
	for _, lang := range i.draft.Series.Languages {
		readers := 0
		for _, r := range i.readers {
			if r.Lang == lang {
				readers += r.Readers
			}
		}
		var slugs, entries []string
		for _, it := range i.draft.Items {
			if e := entry(it, lang); e != "" {
				slugs, entries = append(slugs, it.Slug()), append(entries, e)
			}
		}
		if readers == 0 || len(slugs) == 0 {
			continue
		}
		found := mce.Finding{Where: strings.Join(slugs, ", "), Lang: lang}
		if len(slices.Compact(entries)) == 1 {
			found.Field = entries[0]
		}
		of := fmt.Sprintf("%d of %d items", len(slugs), len(i.draft.Items))
		found.Words = words(of, nameOf(lang), people(readers))
		out = append(out, found)
	}
	return out
}

func people(n int) string {
	if n == 1 {
		return "1 subscriber"
	}
	return fmt.Sprintf("%d subscribers", n)
}
