package preflight

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/majorcities/mce-mailer/mce"
)

// Shares of the words of one part that the other one may lack. Some always differ: labels of links, signs for lists.
const (
	mayLack   = 0.10
	mustNotBe = 0.35
)

var addresses = regexp.MustCompile(`(?:https?://|mailto:)\S+`)

// stories compares the words of text and HTML, whatever their order. Web addresses are left out: in the HTML they stand behind words.
func stories(_ *issue, m *message) []mce.Finding {
	var shown strings.Builder
	for _, n := range m.seen() {
		shown.WriteString(n.Data + " ")
	}
	inHTML, inText := vocabulary(shown.String()), vocabulary(m.text)
	if len(inHTML) == 0 || len(inText) == 0 {
		return []mce.Finding{{Where: "mail", Words: "One of the two forms of the mail, text or HTML, is empty. This is a fault of the program: tell the operator."}}
	}
	var out []mce.Finding
	for _, side := range []struct {
		has, lacks   map[string]bool
		where, other string
	}{{inHTML, inText, "HTML", "text"}, {inText, inHTML, "text", "HTML"}} {
		missing := missingWords(side.has, side.lacks)
		share := float64(len(missing)) / float64(len(side.has))
		if share <= mayLack {
			continue
		}
		f := mce.Finding{Where: "mail", Words: fmt.Sprintf("%.0f %% of the words of the %s do not stand in the %s (%s …): some readers would read another letter.",
			share*100, side.where, side.other, strings.Join(missing[:min(5, len(missing))], ", "))}
		if share <= mustNotBe {
			f.Level = mce.Advisory
		}
		out = append(out, f)
	}
	return out
}

func missingWords(has, lacks map[string]bool) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(has)), func(w string) bool { return lacks[w] })
}

// vocabulary are the words of a text, in small letters.
func vocabulary(s string) map[string]bool {
	out := map[string]bool{}
	s = strings.ToLower(addresses.ReplaceAllString(s, " "))
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		out[w] = true
	}
	return out
}
