package preflight

import (
	"context"

	"github.com/majorcities/mce-mailer/mce"
)

// Rule is one thing that is looked at.
type Rule struct {
	Name  string
	Level mce.Level // the gravest that its findings have
	What  string    // it looks at
	Why   string
	check check
}

// check does the work of a rule. Its findings need neither the rule's name nor, where they are of its level, a level.
type check func(ctx context.Context, i *issue) []mce.Finding

// eachMail makes a check of what is to be looked at in each mail on its own.
func eachMail(f func(i *issue, m *message) []mce.Finding) check {
	return func(_ context.Context, i *issue) []mce.Finding {
		var out []mce.Finding
		for _, m := range i.mails {
			out = append(out, inLanguage(m.part.Lang, f(i, m))...)
		}
		return out
	}
}

// eachText makes a check of what is to be looked at in each text of the content, as editors wrote it.
func eachText(f func(i *issue, t text) []mce.Finding) check {
	return func(_ context.Context, i *issue) []mce.Finding {
		var out []mce.Finding
		for _, t := range texts(i.draft) {
			for _, found := range inLanguage(t.lang, f(i, t)) {
				found.Where = t.where
				if t.field != "" {
					found.Field = mce.TextField(t.field, t.lang)
				}
				out = append(out, found)
			}
		}
		return out
	}
}

func inLanguage(lang mce.Lang, found []mce.Finding) []mce.Finding {
	for i := range found {
		if found[i].Lang == "" {
			found[i].Lang = lang
		}
	}
	return found
}

// run is the check with the rule's name and level on its findings.
func (r Rule) run(ctx context.Context, i *issue) []mce.Finding {
	found := r.check(ctx, i)
	for n := range found {
		found[n].Rule = r.Name
		if found[n].Level == "" {
			found[n].Level = r.Level
		}
	}
	return found
}

// Rules are all rules, for docs/preflight.md and for a page that explains them.
func Rules() []Rule { return rules() }

func rules() []Rule {
	const b, a = mce.Blocking, mce.Advisory
	return []Rule{
		{"weekday", b, "a weekday beside a date that is another day", "readers come on the wrong day, or not at all", eachText(weekdays)},
		{"past-event", b, "events that are over, called off or begun when the issue leaves", "nobody can go there any more", pastEvents},
		{"past-date", a, "dates to come that have passed when the issue leaves (“register by …”)", "the text was true when it was written", eachText(pastDates)},
		{"time-zone", a, "times of day without a zone", "readers sit in several zones", eachText(zoneless)},
		{"subject", b, "subject and line beside it: empty, too long, shouting", "it is what readers decide by", eachMail(subjects)},
		{"placeholder", b, "slots and words that wait to be replaced", "nothing looks more careless", eachMail(placeholders)},
		{"language", a, "items without a translation that readers are waiting for", "they get English instead", untranslated},
		{"stale", a, "translations whose English has changed since", "readers of the one language are told what no longer holds in the other", stale},
		{"picture-text", b, "pictures without an alternative text", "many mail programs show no pictures, and some people see none", eachMail(pictures)},
		{"contrast", b, "colours that are hard to tell apart, light and dark", "what cannot be read is not there (WCAG 2.2 §1.4.3)", eachMail(contrasts)},
		{"two-stories", b, "text and HTML that differ", "some read the one and some the other; filters take a difference for a trick", eachMail(stories)},
		{"size", b, "HTML against the 102 KB at which Gmail clips", "the end is cut off, with the link to leave", eachMail(sizes)},
		{"lines", b, "lines over 998 octets and bare line ends", "servers refuse or break them (RFC 5321 §4.5.3.1.6, RFC 5322 §2.1.1)", eachMail(lines)},
		{"headers", b, "the header fields of a newsletter", "mail programs offer to leave by them (RFC 8058, 2369, 2919, 5322)", eachMail(headers)},
		{"signature", b, "the DKIM signature, on the final bytes", "a broken one is worse than none (RFC 6376)", signatures},
		{"sender", a, "SPF and DMARC of the sender's domains", "large providers take no newsletters without", sender},
		{"mail-programs", a, "HTML and CSS that widespread mail programs do not know", "the mail falls apart there", eachMail(support)},
		{"links", b, "links that lead nowhere", "readers try them", links},
		{"spam", b, "the score of SpamAssassin, where one is configured", "what looks like spam is treated so", spam},
	}
}
