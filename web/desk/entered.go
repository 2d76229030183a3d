package desk

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/majorcities/mce-mailer/mce"
)

// What people enter, before a rule of what they entered it for is asked.

// legible is what was typed without signs that the database cannot keep.
func legible(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// asked is an entry of a query as it can be looked for.
func asked(r *http.Request, name string) string { return legible(r.URL.Query().Get(name)) }

// textIn is a text of the form, in its languages.
func textIn(r *http.Request, name string) mce.Text {
	out := mce.Text{}
	for _, lang := range mce.Languages() {
		if words := strings.TrimSpace(legible(r.PostForm.Get(name + string(lang)))); words != "" {
			out[lang] = words
		}
	}
	return out
}

// maxReason is longer than anybody explains themselves in one line.
const maxReason = 500

// reasonOf is a reason for the audit log, in one line.
func reasonOf(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > maxReason {
		return "", mce.Invalidf("the reason is longer than %d characters", maxReason)
	}
	if strings.ContainsRune(s, 0) || strings.ToValidUTF8(s, "") != s {
		return "", mce.Invalidf("the reason has a sign that cannot be kept")
	}
	return s, nil
}

// needReason is reasonOf where there must be one.
func needReason(s string) (string, error) {
	reason, err := reasonOf(s)
	if err == nil && reason == "" {
		err = mce.Invalidf("a reason is needed: who looks at this in a year should understand it")
	}
	if err != nil {
		return "", &mce.FieldError{Field: "reason", Err: err}
	}
	return reason, nil
}
