package mce

import (
	"fmt"
	"time"
)

// Wish is what somebody wishes for an address, as a page or an interface took it. Whether it is granted is decided later and out of their
// sight: the answer must not tell whether an address is known.
type Wish struct {
	Kind       WishKind   // zero: ToSubscribe
	Subscriber Subscriber // Email, Details and Choices; of a wish for a link only Email and Language
	Consent    Consent    // Wording, Version, Source, Origin and At
	Login      LoginAsk   // of a wish to log in
}

// WishKind is what is wished for.
type WishKind string

// The kinds of wish.
const (
	ToSubscribe WishKind = "subscribe"
	ForLink     WishKind = "link"  // to be mailed the link to one's own page
	ToLogIn     WishKind = "login" // to be mailed the link into the editors' desk
)

// WishLetters makes the letters that grant wishes.
type WishLetters interface {
	OptIn(p Subscriber) (Edition, error)
	Link(lang Lang) (Edition, error)
	Login(lang Lang) (Edition, error)
}

// Welcomer makes the letter that welcomes a reader who chose c: with an issue for them, or with nil where none was sent yet.
type Welcomer interface {
	Welcome(lang Lang, c Choices, latest *Draft) (Edition, error)
}

// ConsentVersion names the wording of Site.ConsentWording. It changes with every change of the words, in any language.
const ConsentVersion = "2026-11b"

// CheckConsentVersion refuses words other than the present ones: the record would not hold what the person read. A form that was opened before
// the words changed sends the former version; "" is a form that does not tell.
func CheckConsentVersion(shown string) error {
	if shown != "" && shown != ConsentVersion {
		return Invalidf("the wording has changed since: the present one is version %s; please show it, and ask again", ConsentVersion)
	}
	return nil
}

// ConsentWording is what a person agrees to who subscribes. The record keeps these very words.
func (s Site) ConsentWording(lang Lang) string {
	if lang == "it" {
		return fmt.Sprintf("Desidero ricevere per e-mail le newsletter e gli inviti agli eventi di %s sui temi che ho scelto. Posso annullare l'iscrizione in qualsiasi momento.", s.Name) //nolint:misspell // Italian
	}
	return fmt.Sprintf("I want to receive the newsletters and event invitations of %s by e-mail on the topics I chose. I can unsubscribe at any time.", s.Name)
}

// Entry is what somebody entered to subscribe, as it came.
type Entry struct {
	Email string
	Details
	Language, Pace string
	Topics         []string
}

// NewWish checks what somebody entered. The error's field says which entry is at fault.
func NewWish(in Entry, known []Topic) (w Wish, fault *FieldError) {
	var err error
	if w.Subscriber.Email, err = ParseAddress(in.Email); err != nil {
		return w, &FieldError{"email", err}
	}
	if w.Subscriber.Details, fault = CleanDetails(in.Details); fault != nil {
		return w, fault
	}
	if w.Subscriber.Language, err = ParseLang(in.Language); err != nil {
		return w, &FieldError{"language", err}
	}
	if w.Subscriber.Pace, err = ParsePace(in.Pace); err != nil {
		return w, &FieldError{"pace", err}
	}
	w.Subscriber.Topics = in.Topics
	return w, w.Subscriber.Choices.Check(known, time.Time{})
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
