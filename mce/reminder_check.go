package mce

import (
	"fmt"
	"slices"
)

// Check says what is wrong with the rule, if anything.
func (r ReminderRule) Check() error {
	if fault := r.Fault(); fault != nil {
		return Invalidf("reminder %s: %s", r.Slug, ErrorMessage(fault))
	}
	return nil
}

// Fault is the first thing that is wrong with the rule and the field it is in, by its name in JSON; nil: nothing is.
func (r ReminderRule) Fault() *FieldError {
	_, badTime := ParseLocalTime(r.At)
	for _, c := range []FieldError{
		{"anchor", refuseIf(!slices.Contains([]Anchor{AtStart, AtEnd, AtOpens, AtCloses}, r.Anchor), "anchor %q must be start, end, opens or closes", r.Anchor)},
		{"audience", refuseIf(!slices.Contains(Audiences(), r.Audience()), "audience %q must be one of %v", r.For, Audiences())},
		{"anchor", refuseIf(r.Audience().OfReaders() && r.Anchor == AtEnd, "nobody can be invited to an event that is over; count from start, opens or closes")},
		{"at", badTime},
		{"useful_hours", refuseIf(r.Useful < 1, "useful_hours must be at least 1")},
		{"kinds", notOneOf("kind", r.Kinds, EventKinds())},
		{"show", notOneOf("show", r.Show, Shows())},
		{"show", r.checkAfterwards()},
		{"useful_hours", refuseIf(r.Daily && r.Useful > 24, "what is due daily is of use for 24 hours at most")},
		{"slug", checkSlug("its name", r.Slug)},
		{"subject", r.Subject.check("subject", true)},
		{"body", r.Body.check("body", true)},
	} {
		if c.Err != nil {
			return &c
		}
	}
	return nil
}

func refuseIf(wrong bool, format string, args ...any) error {
	if !wrong {
		return nil
	}
	return Invalidf(format, args...)
}

// notOneOf refuses the first that is not among those that there are.
func notOneOf[T ~string](what string, all, there []T) error {
	for _, x := range all {
		if !slices.Contains(there, x) {
			return Invalidf("%s %q must be one of %v", what, x, there)
		}
	}
	return nil
}

// checkAfterwards is about what can only be shown to people who were there.
func (r ReminderRule) checkAfterwards() error {
	switch {
	case r.Shows(ShowCertificate) && (r.Audience() != ForArrived || r.Anchor != AtEnd):
		return Invalidf("a certificate is for the audience arrived, after the end")
	case r.Daily && (r.Anchor != AtEnd || r.Days < 0 || !r.Shows(ShowHandouts) || r.Personal()):
		return Invalidf("what is due daily shows handouts after the end, and no certificate")
	case r.Audience().OfReaders() && (r.Shows(ShowHandouts) || r.Shows(ShowFeedback)):
		return Invalidf("handouts and feedback are for people of the event")
	}
	return nil
}

// Mark stands for what the rule says: another one has another mark. Who changes a rule shows by it which one they had before them.
func (r ReminderRule) Mark() string {
	r.For = r.Audience()
	return markOf(r)
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
