package mce

import (
	"fmt"
	"time"
)

// Wish is somebody's wish to subscribe, as a page or an interface took it. Whether it is granted is decided later and out of their sight:
// the answer must not tell whether an address is known.
type Wish struct {
	Subscriber Subscriber // Email, Name, Language and Topics
	Consent    Consent    // Wording, Version, Source, Origin and At
}

// ConsentVersion names the wording of Site.ConsentWording. It changes with every change of the words, in any language.
const ConsentVersion = "2026-11"

// ConsentWording is what a person agrees to who subscribes. The record keeps these very words.
func (s Site) ConsentWording(lang Lang) string {
	if lang == "it" {
		return fmt.Sprintf("Desidero ricevere per e-mail le newsletter di %s sui temi che ho scelto. Posso annullare l'iscrizione in qualsiasi momento.", s.Name) //nolint:misspell // Italian
	}
	return fmt.Sprintf("I want to receive the newsletters of %s by e-mail on the topics I chose. I can unsubscribe at any time.", s.Name)
}

// NewWish checks what somebody entered. The error's field says which entry is at fault.
func NewWish(email, name, lang string, topics []string, all []Topic) (w Wish, fault *FieldError) {
	var err error
	if w.Subscriber.Email, err = ParseAddress(email); err != nil {
		return w, &FieldError{"email", err}
	}
	if w.Subscriber.Name, err = CleanName(name); err != nil {
		return w, &FieldError{"name", err}
	}
	if w.Subscriber.Language, err = ParseLang(lang); err != nil {
		return w, &FieldError{"language", err}
	}
	if len(topics) == 0 {
		return w, &FieldError{"topics", Invalidf("choose at least one topic")}
	}
	for _, slug := range topics {
		found, err := ParseTopics(slug, all)
		if err != nil || slug == "" {
			return w, &FieldError{"topics", Invalidf("there is no topic %q", slug)}
		}
		w.Subscriber.Topics = append(w.Subscriber.Topics, found...)
	}
	return w, nil
}

// FieldError is a fault in one entry of a form.
type FieldError struct {
	Field string
	Err   error
}

// Error is the sentence for people.
func (e *FieldError) Error() string { return ErrorMessage(e.Err) }

// Unwrap gives the fault itself.
func (e *FieldError) Unwrap() error { return e.Err }

// Wished is a Wish at the moment it was uttered: now, by way of source, from origin. The wording was shown in shown, which need not be the
// language in which the person wants to read.
func (s Site) Wished(w Wish, shown Lang, source, origin string, now time.Time) Wish {
	w.Consent = Consent{
		Action: "asked", Wording: s.ConsentWording(shown), Version: ConsentVersion, Source: source, Origin: origin, At: now,
	}
	return w
}
