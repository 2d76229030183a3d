package desk

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/majorcities/mce-mailer/mce"
)

// entered is an issue with the words of a form.
func entered(r *http.Request, draft mce.Draft) mce.Issue {
	out := draft.Issue
	for name, to := range map[string]*mce.Text{"subject": &out.Subject, "preheader": &out.Preheader, "note": &out.Note} {
		*to = mce.Text{}
		for _, lang := range draft.Series.Languages {
			if words := strings.TrimSpace(r.PostForm.Get(name + "-" + string(lang))); words != "" {
				(*to)[lang] = words
			}
		}
	}
	return out
}

// Limits are far above what mail programs show, and below what a mail can hold.
const (
	maxSubject = 300
	maxNote    = 20_000
)

// giveWords saves subject, preheader and note.
func (d *Desk) giveWords(ctx context.Context, r *http.Request, _ visit, draft mce.Draft) error {
	words := entered(r, draft).Words()
	err := errors.Join(
		checkWords("subject", words.Subject, maxSubject), checkWords("preview text", words.Preheader, maxSubject), checkWords("opening note", words.Note, maxNote),
	)
	if err != nil {
		return err
	}
	_, err = d.store.SetWords(ctx, draft.Issue.ID, words, r.PostForm.Get("seen"))
	return err
}

func checkWords(name string, words mce.Text, most int) error {
	if len(words) > 0 && words[mce.English] == "" {
		return mce.Invalidf("the English %s is missing: it is what every other language falls back to", name)
	}
	for _, s := range words {
		line := strings.NewReplacer("\r", "", "\n", "", "\t", "").Replace(s)
		if most == maxSubject {
			line = s
		}
		if utf8.RuneCountInString(s) > most || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }) {
			return mce.Invalidf("the %s is longer than %d characters, or has a sign that cannot be sent", name, most)
		}
	}
	return nil
}
