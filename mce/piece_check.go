package mce

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// CheckPiece is Check for who fills in a form: it says in which field what is wrong. Nil: nothing.
func CheckPiece(c Content) *FieldError {
	var fault *FieldError
	need := func(field string, ok bool, sentence string) {
		if fault == nil && !ok {
			fault = &FieldError{field, Invalidf("%s", sentence)}
		}
	}
	sound := func(field string, err error) {
		if fault == nil && err != nil {
			fault = &FieldError{field, err}
		}
	}
	switch c := c.(type) {
	case *Article:
		checkWords(need, "title", c.Title, true)
		checkWords(need, "body", c.Body, true)
		sound("link", checkLink("the link", c.Link, false))
		sound("image", checkLink("the picture", c.Image, false))
		for _, lang := range c.Title.Langs() {
			need(TextField("image_alt", lang), c.Image == "" || c.ImageAlt[lang] != "", "say what the picture shows, in each language of the article: it is read to whoever does not see it")
		}
		checkShown(need, c.Window)
	case *Event:
		checkWords(need, "title", c.Title, true)
		need("starts", !c.Starts.IsZero(), "an event needs a beginning")
		need("ends", c.Ends.After(c.Starts), "an event must end after it begins")
		sound("online", checkLink("the link", c.Online, false))
		sound("link", checkLink("the link", c.Link, false))
		sound("feedback", checkLink("the link", c.Feedback, false))
		if c.Contact != "" {
			_, err := ParseAddress(c.Contact)
			sound("contact", err)
		}
		need("closes", c.Opens.IsZero() || c.Closes.IsZero() || c.Closes.After(c.Opens), "registration must close after it opens")
		checkWords(need, "motto", c.Motto, false)
		checkWords(need, "body", c.Body, false)
		checkWords(need, "city", c.City, false)
		checkWords(need, "venue", c.Venue, false)
		for _, s := range c.Sessions {
			checkWords(need, sessionField(s.Slug, "room"), s.Room, false)
		}
		checkShown(need, c.Window)
	case *Resource:
		checkWords(need, "title", c.Title, true)
		checkWords(need, "body", c.Body, false)
		sound("link", checkLink("the link", c.Link, true))
		checkShown(need, c.Window)
	}
	return fault
}

func checkWords(need func(string, bool, string), field string, t Text, required bool) {
	need(field, t[English] != "" || !required, "the English text is missing: it is what every other language falls back to")
	need(field, t[English] != "" || len(t) == 0, "there is a translation, but no English text to fall back to")
}

func checkShown(need func(string, bool, string), w Window) {
	need("publish_at", !w.From.IsZero(), "say from when it is shown")
	need("expire_at", w.Until.IsZero() || w.Until.After(w.From), "it must end after it begins to be shown")
}

// slugLength is that of the longest slugs that are made of titles, in bytes.
const slugLength = 60

var notInSlugs = regexp.MustCompile(`[^a-z0-9]+`)

// FreeSlug makes a slug of a title, or of the usual name where the title has no letter that a slug may have, which is not taken.
func FreeSlug(title, usual string, taken func(slug string) bool) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(title))
	slug := strings.Trim(notInSlugs.ReplaceAllString(plain, "-"), "-")
	if len(slug) > slugLength {
		slug = strings.Trim(slug[:slugLength], "-")
	}
	if slug == "" {
		slug = usual
	}
	free := slug
	for n := 2; taken(free); n++ {
		free = slug + "-" + strconv.Itoa(n)
	}
	return free
}
