package desk

import (
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// Why is the reason for what became of an item, in the language of the page and with the titles of sections. One that is known in words alone stays
// in English.
func (f frame) Why(r mce.Reason, sections []IssueSection) foreign {
	said := []string{"why." + string(r.Kind)}
	if r.ByHand {
		said = []string{"why.put", said[0]}
	}
	if r.RanIn > 0 {
		said = append(said, "why.ran.too")
	}
	for i, message := range said {
		words, err := f.T(message, "Number", r.Number, "Quota", r.Quota, "RanIn", r.RanIn,
			"Section", f.sectionTitle(r.Section, sections), "When", f.Day(r.When)+", "+f.Clock(r.When))
		if err != nil {
			return f.Foreign(mce.English, r.String())
		}
		said[i] = words
	}
	return foreign{Text: strings.Join(said, "; ")}
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
