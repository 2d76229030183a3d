package calendar

import (
	"slices"
	"strings"
	"unicode"

	ics "github.com/arran4/golang-ical"

	"github.com/majorcities/mce-mailer/mce"
)

// text is words, free of control characters but for line ends, and the language they are in, if in any.
type text struct {
	words string
	lang  mce.Lang
}

// textIn is a text for a reader of lang, on one line.
func textIn(t mce.Text, lang mce.Lang) text {
	words, lang := t.In(lang)
	return text{line(words), lang}
}

// addText adds a text property with its language (RFC 5545 §3.2.10), if there is anything to say.
func addText(entry *ics.VEvent, property ics.ComponentProperty, t text) {
	switch {
	case t.words == "":
	case t.lang == "":
		entry.AddProperty(property, t.words)
	default:
		entry.AddProperty(property, t.words, param(ics.ParameterLanguage, string(t.lang)))
	}
}

// summary is the title; never nothing, because an invitation must have a SUMMARY (RFC 5546 §3.2.2).
func summary(e mce.Event, lang mce.Lang) text {
	if title := textIn(e.Title, lang); title.words != "" {
		return title
	}
	return text{words: line(e.Slug)}
}

// location is where to go: venue, address and city, or the link of an event that takes place online.
func location(e mce.Event, lang mce.Lang) text {
	venue, address, city := textIn(e.Venue, lang), line(e.Address), textIn(e.City, lang)
	place := venue
	if venue.words == "" {
		place.lang = city.lang
	}
	if strings.Contains(address, city.words) {
		city.words = "" // an address often names the city
	}
	parts := slices.DeleteFunc([]string{venue.words, address, city.words}, func(s string) bool { return s == "" })
	if len(parts) == 0 {
		return text{words: line(e.Online)}
	}
	place.words = strings.Join(parts, ", ")
	return place
}

// description is what to know besides place and time, all in one language: the motto's, which may lack a translation.
func description(e mce.Event, lang mce.Lang, url string) text {
	motto := textIn(e.Motto, lang)
	if motto.words == "" {
		motto.lang = lang
	}
	lines := []string{motto.words}
	label := labelsIn(motto.lang)
	for _, l := range []struct{ label, value string }{
		{label.online, line(e.Online)},
		{label.details, url},
		{label.contact, line(e.Contact)},
	} {
		if l.value != "" {
			lines = append(lines, l.label+": "+l.value)
		}
	}
	return text{strings.TrimSpace(strings.Join(lines, "\n")), motto.lang}
}

type labels struct{ online, details, contact string }

func labelsIn(lang mce.Lang) labels {
	if lang == "it" {
		return labels{online: "Online", details: "Dettagli", contact: "Contatti"}
	}
	return labels{online: "Online", details: "Details", contact: "Contact"}
}

// line puts hostile or broken text on one line of valid UTF-8. Control characters (RFC 5545 §3.1: CONTROL) and line ends of any
// kind become blanks, and blanks in a row one.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}
