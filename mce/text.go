package mce

import (
	"maps"
	"slices"
)

// Lang is a language as mails and pages name it: a lower-case primary tag of BCP 47 ("en", "it").
type Lang string

// English is the language that every text has, and what a missing translation falls back to.
const English Lang = "en"

// Languages are those this program has letters and pages in, English first.
func Languages() []Lang { return []Lang{English, "it"} }

// ParseLang accepts a language we have letters in; empty means English.
func ParseLang(s string) (Lang, error) {
	if s == "" {
		return English, nil
	}
	if l := Lang(s); slices.Contains(Languages(), l) {
		return l, nil
	}
	return "", Invalidf("language %q is not one we write in; use one of %v", s, Languages())
}

// Text is one text in its languages. The English one is always there; a nil or empty Text is an absent text.
type Text map[Lang]string

// In gives the text for a reader of lang, and the language it really is in: English where the translation is missing.
func (t Text) In(lang Lang) (string, Lang) {
	if s := t[lang]; s != "" {
		return s, lang
	}
	return t[English], English
}

// Langs lists the languages that the text has, sorted.
func (t Text) Langs() []Lang { return slices.Sorted(maps.Keys(t)) }

// check refuses a required text without its English, and languages that nobody would see.
func (t Text) check(what string, required bool) error {
	if required && t[English] == "" {
		return Invalidf("%s needs its English text (\"en\")", what)
	}
	if len(t) > 0 && t[English] == "" {
		return Invalidf("%s has translations but no English text (\"en\") to fall back to", what)
	}
	for lang := range t {
		if _, err := ParseLang(string(lang)); err != nil || lang == "" {
			return Invalidf("%s: language %q is not one we write in; use one of %v", what, lang, Languages())
		}
	}
	return nil
}
