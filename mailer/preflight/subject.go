package preflight

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/majorcities/mce-mailer/mce"
)

// What mail programs show of a subject: about 40 characters on a phone, 70 on a desk. Of the line beside it, some 35 to 110.
const (
	longSubject  = 90
	shortPreview = 30
)

func subjects(_ *issue, m *message) []mce.Finding {
	var out []mce.Finding
	add := func(level mce.Level, where, words string, args ...any) {
		out = append(out, mce.Finding{Level: level, Where: where, Words: fmt.Sprintf(words, args...)})
	}
	s := strings.TrimSpace(m.subject)
	size := utf8.RuneCountInString(s)
	switch {
	case s == "":
		add(mce.Blocking, "subject", "The subject is empty. Write one.")
	case size > longSubject:
		add(mce.Advisory, "subject", "The subject has %d characters; phones show about 40 of them. Put what matters first, or shorten it.", size)
	}
	if shouts(s) {
		add(mce.Advisory, "subject", "The subject is written in capitals. It reads as shouting, and filters take it for spam.")
	}
	if strings.Contains(s, "!!") || strings.Contains(s, "??") || strings.Count(s, "!") > 2 {
		add(mce.Advisory, "subject", "The subject has several exclamation or question marks. One is enough; filters take more for spam.")
	}
	switch preview := m.preview(); {
	case preview == "":
		add(mce.Advisory, "preheader", "Nothing stands beside the subject in the list of mails. The titles of the first items would do.")
	case utf8.RuneCountInString(preview) < shortPreview:
		add(mce.Advisory, "preheader", "The line beside the subject, %s, is short: mail programs fill it up with the first words of the letter. Write more, or let the first titles say more.", quoted(preview))
	case strings.EqualFold(preview, s):
		add(mce.Advisory, "preheader", "The line beside the subject says the same as the subject.")
	}
	return out
}

// shouts reports whether a line has words in capitals and hardly anything else. Names such as MCE or CIO alone do not count.
func shouts(s string) bool {
	letters, capitals, longWords := 0, 0, 0
	for _, word := range strings.Fields(s) {
		upper, n := 0, 0
		for _, r := range word {
			if unicode.IsLetter(r) {
				n++
				if unicode.IsUpper(r) {
					upper++
				}
			}
		}
		letters, capitals = letters+n, capitals+upper
		if n > 4 && upper == n {
			longWords++
		}
	}
	return longWords > 1 && capitals*10 > letters*8
}

// preview is the hidden line that mail programs show beside the subject.
func (m *message) preview() string {
	for n := range m.doc.Descendants() {
		if class(n) == "preheader" {
			return oneLine(words(n))
		}
	}
	return ""
}
