// Package locale puts messages, dates and lists into a reader's language.
package locale

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/majorcities/mce-mailer/mce"
)

// Catalog holds the messages of one package in all languages. It is safe for concurrent use.
type Catalog struct {
	printers map[mce.Lang]*Printer
}

// New reads locales/en.json, locales/it.json … of a file system, and where there are many messages locales/event.en.json and the like: message id → words,
// or plural forms {"one": …, "other": …}.
// Every language must have exactly the messages that English has: a missing translation is a fault of ours, found at start.
func New(fsys fs.FS) (*Catalog, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	ids := map[mce.Lang]map[string]bool{}
	for _, lang := range mce.Languages() {
		more, err := fs.Glob(fsys, "locales/*."+string(lang)+".json")
		if err != nil {
			return nil, err
		}
		ids[lang] = map[string]bool{}
		for _, name := range append([]string{"locales/" + string(lang) + ".json"}, more...) {
			file, err := bundle.LoadMessageFileFS(fsys, name)
			if err != nil {
				return nil, fmt.Errorf("read messages: %w", err)
			}
			for _, m := range file.Messages {
				if ids[lang][m.ID] {
					return nil, fmt.Errorf("%s: message %q exists already", name, m.ID)
				}
				ids[lang][m.ID] = true
			}
		}
	}
	c := &Catalog{printers: map[mce.Lang]*Printer{}}
	for _, lang := range mce.Languages() {
		if err := sameIDs(ids[mce.English], ids[lang], lang); err != nil {
			return nil, err
		}
		c.printers[lang] = &Printer{
			Lang: lang, localizer: i18n.NewLocalizer(bundle, string(lang)),
			countries: sync.OnceValue(func() []Country { return countries(lang) }),
		}
	}
	return c, nil
}

func sameIDs(want, got map[string]bool, lang mce.Lang) error {
	for id := range want {
		if !got[id] {
			return fmt.Errorf("message %q has no words in %q", id, lang)
		}
	}
	for id := range got {
		if !want[id] {
			return fmt.Errorf("message %q exists in %q only", id, lang)
		}
	}
	return nil
}

// In gives the printer for a language; English for one that we do not have.
func (c *Catalog) In(lang mce.Lang) *Printer {
	if p, ok := c.printers[lang]; ok {
		return p
	}
	return c.printers[mce.English]
}

// Printer writes in one language.
type Printer struct {
	Lang      mce.Lang
	localizer *i18n.Localizer
	countries func() []Country
}

// T is a message with its placeholders ({{.City}}) filled from key, value pairs. The key "Count" also chooses the plural form.
// An unknown id is a fault of the program and gives an error, which a template turns into its own.
func (p *Printer) T(id string, pairs ...any) (string, error) {
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("message %q: keys and values must come in pairs", id)
	}
	data := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		data[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	s, err := p.localizer.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data, PluralCount: data["Count"]})
	if err != nil {
		return "", fmt.Errorf("message %q in %q: %w", id, p.Lang, err)
	}
	return s, nil
}
