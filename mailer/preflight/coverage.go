package preflight

import (
	"context"
	"fmt"
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
		var missing []string
		for _, it := range i.draft.Items {
			if it.Lacks(lang) {
				missing = append(missing, it.Slug())
			}
		}
		if readers == 0 || len(missing) == 0 {
			continue
		}
		out = append(out, mce.Finding{Where: strings.Join(missing, ", "), Lang: lang, Words: fmt.Sprintf("%d of %d items have no %s text, and will be in English for %s who asked for %s. Translate them, or leave it so.",
			len(missing), len(i.draft.Items), nameOf(lang), people(readers), nameOf(lang))})
	}
	return out
}

func people(n int) string {
	if n == 1 {
		return "1 subscriber"
	}
	return fmt.Sprintf("%d subscribers", n)
}
