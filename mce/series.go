package mce

import (
	"slices"
	"time"
)

// ItemKind is the kind of content that a section takes.
type ItemKind string

// The kinds of content.
const (
	KindArticle  ItemKind = "article"
	KindEvent    ItemKind = "event"
	KindResource ItemKind = "resource"
)

// Section is a part of an issue: one kind of content, up to a quota.
type Section struct {
	Slug   string   `json:"slug"`
	Title  Text     `json:"title"`
	Kind   ItemKind `json:"kind"`
	Topics []string `json:"topics,omitempty"` // only these; empty means all
	Quota  int      `json:"quota"`            // at most so many items an issue
}

// Approval says who lets an issue go out.
type Approval string

// The send policies of a series.
const (
	ApprovalRequired  Approval = "required"  // an editor approves and schedules
	ApprovalSecond    Approval = "second"    // likewise, but not the one who had it last in hand
	ApprovalAutomatic Approval = "automatic" // the issue goes out at its slot
)

// Series is a recurring newsletter.
type Series struct {
	ID        int64       `json:"-"`
	Slug      string      `json:"slug"`
	Name      Text        `json:"name"`
	Cron      string      `json:"cron"`
	TimeZone  string      `json:"time_zone"`
	Sections  []Section   `json:"sections"`
	Languages []Lang      `json:"languages"` // editions; English is always one of them
	Minimum   int         `json:"minimum"`   // fewer items than this: the issue is skipped
	Approval  Approval    `json:"approval"`
	From      time.Time   `json:"from"` // content published earlier is never taken
	Paused    bool        `json:"paused,omitempty"`
	Pace      ReadingPace `json:"pace,omitempty"`   // its readers chose it; zero: EachIssue
	Segment   Segment     `json:"segment,omitzero"` // only these of them
	Clicks    bool        `json:"clicks,omitempty"` // count how often the links of an issue are followed, by all readers together
}

// Public reports whether its issues are for the public archive too: not those that go to members or delegates alone.
func (s Series) Public() bool { return len(s.Segment.Membership)+len(s.Segment.Events) == 0 }

// Audience names whom the series is for, to be sealed with an approval.
func (s Series) Audience() string {
	out := "active subscribers by topic"
	if s.Pace == Monthly {
		out += "; monthly"
	}
	if !s.Segment.All() {
		out += "; " + s.Segment.String()
	}
	return out
}

// Schedule is when the series is due.
func (s Series) Schedule() (Schedule, error) { return ParseSchedule(s.Cron, s.TimeZone) }

// Check says what is wrong with the series, if anything.
func (s Series) Check() error {
	what := "series " + s.Slug
	if _, err := s.Schedule(); err != nil {
		return Invalidf("%s: %s", what, err)
	}
	if len(s.Sections) == 0 {
		return Invalidf("%s needs at least one section", what)
	}
	if !slices.Contains(s.Languages, English) {
		return Invalidf("%s: languages must contain \"en\", what every reader falls back to", what)
	}
	if !slices.Contains([]Approval{ApprovalRequired, ApprovalSecond, ApprovalAutomatic}, s.Approval) {
		return Invalidf("%s: approval %q must be required, second or automatic", what, s.Approval)
	}
	if s.Minimum < 1 {
		return Invalidf("%s: minimum must be at least 1: an empty issue is never sent", what)
	}
	if s.From.IsZero() {
		return Invalidf("%s needs from, the time that its first issue looks back to", what)
	}
	for _, lang := range s.Languages {
		if _, err := ParseLang(string(lang)); err != nil {
			return Invalidf("%s: %s", what, err)
		}
	}
	for _, sec := range s.Sections {
		if err := sec.check(what); err != nil {
			return err
		}
	}
	if _, err := ParsePace(string(s.Pace)); err != nil {
		return Invalidf("%s: %s", what, err)
	}
	return firstError(checkSlug("series", s.Slug), s.Name.check(what+": name", true), s.Segment.Check())
}

func (s Section) check(series string) error {
	what := series + ", section " + s.Slug
	if !slices.Contains([]ItemKind{KindArticle, KindEvent, KindResource}, s.Kind) {
		return Invalidf("%s: kind %q must be article, event or resource", what, s.Kind)
	}
	if s.Quota < 1 {
		return Invalidf("%s: quota must be at least 1", what)
	}
	return firstError(checkSlug(series+": section", s.Slug), s.Title.check(what+": title", true))
}

// Mark stands for what the series says: another one has another mark. Who changes a series shows by it which one they had before them.
func (s Series) Mark() string {
	s.From = s.From.UTC()
	return markOf(s)
}
