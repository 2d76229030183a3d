package mce

import (
	"fmt"
	"slices"
)

// Check says what is wrong with the rule, if anything.
func (r ReminderRule) Check() error {
	what := "reminder " + r.Slug
	if !slices.Contains([]Anchor{AtStart, AtEnd, AtOpens, AtCloses}, r.Anchor) {
		return Invalidf("%s: anchor %q must be start, end, opens or closes", what, r.Anchor)
	}
	if !slices.Contains(Audiences(), r.Audience()) {
		return Invalidf("%s: audience %q must be one of %v", what, r.For, Audiences())
	}
	if r.Audience().OfReaders() && r.Anchor == AtEnd {
		return Invalidf("%s: nobody can be invited to an event that is over; count from start, opens or closes", what)
	}
	if _, err := ParseLocalTime(r.At); err != nil {
		return Invalidf("%s: %s", what, err)
	}
	if r.Useful < 1 {
		return Invalidf("%s: useful_hours must be at least 1", what)
	}
	for _, k := range r.Kinds {
		if !slices.Contains(EventKinds(), k) {
			return Invalidf("%s: kind %q must be one of %v", what, k, EventKinds())
		}
	}
	for _, s := range r.Show {
		if !slices.Contains(Shows(), s) {
			return Invalidf("%s: show %q must be one of %v", what, s, Shows())
		}
	}
	if err := r.checkAfterwards(what); err != nil {
		return err
	}
	return firstError(
		checkSlug("reminder", r.Slug),
		r.Subject.check(what+": subject", true),
		r.Body.check(what+": body", true),
	)
}

// checkAfterwards is about what can only be shown to people who were there.
func (r ReminderRule) checkAfterwards(what string) error {
	switch {
	case r.Shows(ShowCertificate) && (r.Audience() != ForArrived || r.Anchor != AtEnd):
		return Invalidf("%s: a certificate is for the audience arrived, after the end", what)
	case r.Daily && (r.Anchor != AtEnd || r.Days < 0 || !r.Shows(ShowHandouts) || r.Personal()):
		return Invalidf("%s: what is due daily shows handouts after the end, and no certificate", what)
	case r.Daily && r.Useful > 24:
		return Invalidf("%s: what is due daily is of use for 24 hours at most", what)
	case r.Audience().OfReaders() && (r.Shows(ShowHandouts) || r.Shows(ShowFeedback)):
		return Invalidf("%s: handouts and feedback are for people of the event", what)
	}
	return nil
}

// Words says the rule as people read it.
func (r ReminderRule) Words() string {
	when := map[bool]string{true: "before", false: "after"}[r.Days < 0]
	verb := map[Anchor]string{AtStart: "it starts", AtEnd: "it ends", AtOpens: "registration opens", AtCloses: "registration closes"}[r.Anchor]
	if r.Daily {
		return fmt.Sprintf("each day from %d days after it ends, at %s, when there are new handouts", r.Days, r.At)
	}
	if r.Days == 0 {
		return fmt.Sprintf("on the day %s, at %s", verb, r.At)
	}
	days := fmt.Sprintf("%d days", max(r.Days, -r.Days))
	if days == "1 days" {
		days = "1 day"
	}
	return fmt.Sprintf("%s %s %s, at %s", days, when, verb, r.At)
}
