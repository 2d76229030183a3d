package desk

import (
	"regexp"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// reasonForm is how the assembly gives a reason, which is kept with the item in English, and the message that says it.
type reasonForm struct {
	message string
	form    *regexp.Regexp // its groups are named as what the message takes: Section, When, or a number
}

func reasonForms() []reasonForm {
	form := func(message, words string) reasonForm {
		return reasonForm{message, regexp.MustCompile("^" + words + "$")}
	}
	return []reasonForm{
		form("why.place", `number (?P<Number>\d+) of section "(?P<Section>[^"]+)"`),
		form("why.full", `section "(?P<Section>[^"]+)" is full \(quota (?P<Quota>\d+)\); first in line next time`),
		form("why.section", `no section takes this kind and these topics`),
		form("why.ran", `ran in number (?P<Number>\d+)`),
		form("why.ran.too", `it ran in number (?P<Number>\d+), too`),
		form("why.left", `an editor left it out of number (?P<Number>\d+)`),
		form("why.out", `an editor left it out`),
		form("why.held", `an editor holds it for the next issue`),
		form("why.begins", `its time begins on (?P<When>.+)`),
		form("why.ended", `its time ended on (?P<When>.+)`),
		form("why.cancelled", `the event is cancelled`),
		form("why.began", `the event began on (?P<When>.+)`),
		form("why.before", `published before the series began, on (?P<When>.+)`),
	}
}

// byHand stands before the place of what an editor put there.
const byHand = "an editor put it there: "

// Why is the reason for what became of an item, in the language of the page and with the titles of sections. One of another form stays in English.
func (f frame) Why(reason string, sections []IssueSection) foreign {
	var said []string
	rest, put := strings.CutPrefix(reason, byHand)
	if put {
		words, err := f.T("why.put")
		if err != nil {
			return f.Foreign(mce.English, reason)
		}
		said = append(said, words)
	}
	parts := []string{rest}
	if place, ran, ok := strings.Cut(rest, "; it ran"); ok {
		parts = []string{place, "it ran" + ran}
	}
	for _, p := range parts {
		words, ok := f.why(p, sections)
		if !ok {
			return f.Foreign(mce.English, reason)
		}
		said = append(said, words)
	}
	return foreign{Text: strings.Join(said, "; ")}
}

// why says one part of a reason; ok is false for one of no known form.
func (f frame) why(reason string, sections []IssueSection) (words string, ok bool) {
	for _, r := range f.pages.reasons {
		found := r.form.FindStringSubmatch(reason)
		if found == nil {
			continue
		}
		var pairs []any
		for i, name := range r.form.SubexpNames() {
			switch name {
			case "":
				continue
			case "Section":
				pairs = append(pairs, name, f.sectionTitle(found[i], sections))
			case "When":
				at, err := time.Parse("2 January 2006, 15:04", found[i])
				if err != nil {
					return "", false
				}
				pairs = append(pairs, name, f.Day(at)+", "+f.Clock(at))
			default:
				pairs = append(pairs, name, found[i])
			}
		}
		words, err := f.T(r.message, pairs...)
		return words, err == nil
	}
	return "", false
}

// sectionTitle is what readers of the page call a section; its slug where the newsletter has it no more.
func (f frame) sectionTitle(slug string, sections []IssueSection) string {
	for _, s := range sections {
		if s.Slug == slug {
			return f.Text(s.Title).Text
		}
	}
	return slug
}
