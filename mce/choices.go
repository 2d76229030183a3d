package mce

import (
	"slices"
	"strings"
	"time"
)

// MaxPause is the longest pause that can be asked for at once; whoever wants more wants to leave.
const MaxPause = 366 * 24 * time.Hour

// UndoFor is how long somebody who left may come back with the link that they left by, without being asked to confirm anew.
const UndoFor = 31 * 24 * time.Hour

// Check refuses choices that cannot be kept at now: a topic that is not there, none at all, a pause that is over or too long.
func (c Choices) Check(known []Topic, now time.Time) *FieldError {
	if _, err := ParseLang(string(c.Language)); err != nil {
		return &FieldError{"language", err}
	}
	if _, err := ParsePace(string(c.Pace)); err != nil {
		return &FieldError{"pace", err}
	}
	if len(c.Topics) == 0 {
		return &FieldError{"topics", Invalidf("choose at least one topic")}
	}
	for _, slug := range c.Topics {
		if !slices.ContainsFunc(known, func(t Topic) bool { return t.Slug == slug }) {
			return &FieldError{"topics", Invalidf("there is no topic %q", slug)}
		}
	}
	if until := c.PausedUntil; !until.IsZero() && (!until.After(now) || until.After(now.Add(MaxPause))) {
		return &FieldError{"pause", Invalidf("a pause ends on a day to come, within a year")}
	}
	return nil
}

// Difference is what the record of consent says about a change from before to c; empty when nothing changes. It has nothing personal.
func (c Choices) Difference(before Choices) string {
	var parts []string
	if a, b := slices.Sorted(slices.Values(c.Topics)), slices.Sorted(slices.Values(before.Topics)); !slices.Equal(slices.Compact(a), slices.Compact(b)) {
		parts = append(parts, "topics: "+strings.Join(a, ", "))
	}
	if c.Language != before.Language {
		parts = append(parts, "language: "+string(c.Language))
	}
	if c.Pace != before.Pace {
		parts = append(parts, "pace: "+string(c.Pace))
	}
	switch {
	case c.PausedUntil.Equal(before.PausedUntil):
	case c.PausedUntil.IsZero():
		parts = append(parts, "no pause")
	default:
		parts = append(parts, "paused until "+c.PausedUntil.UTC().Format(time.DateOnly))
	}
	return strings.Join(parts, "; ")
}

// CleanDetails checks what a person tells of themselves. The country may be in small letters.
func CleanDetails(d Details) (out Details, fault *FieldError) {
	var err error
	if out.Name, err = CleanName(d.Name); err != nil {
		return out, &FieldError{"name", err}
	}
	if out.Organisation, err = CleanName(d.Organisation); err != nil {
		return out, &FieldError{"organisation", err}
	}
	if out.Country, err = ParseCountry(d.Country); err != nil {
		return out, &FieldError{"country", err}
	}
	return out, nil
}

// Difference is what the record of consent says about a change from before to d: which entries, not what stands in them.
func (d Details) Difference(before Details) string {
	var parts []string
	for _, f := range []struct{ name, now, before string }{
		{"name", d.Name, before.Name}, {"organisation", d.Organisation, before.Organisation}, {"country", d.Country, before.Country},
	} {
		if f.now != f.before {
			parts = append(parts, f.name)
		}
	}
	return strings.Join(parts, ", ")
}

// LeaveReasons are those that a person who leaves may give: by their names in forms, in the record of consent, and in the pages' messages.
func LeaveReasons() []string {
	return []string{"too-many", "not-relevant", "never-asked", "other-ways", "new-work"}
}

// LeaveReason is a reason as it was sent; empty for none, and for whatever is none of ours: leaving never fails for its reason.
func LeaveReason(s string) string {
	if slices.Contains(LeaveReasons(), s) {
		return s
	}
	return ""
}
