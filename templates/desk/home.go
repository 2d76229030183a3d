package desk

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Home is the view of the first page: what will go out.
type Home struct {
	Common
	First mce.FirstSteps // what there is already of what a first issue needs
	Work  []Waiting      // issues that are not through yet, the next to go out first
	Weeks int            // that are looked ahead
	Asked bool           // the address says how many
	// Further is how many weeks may be looked ahead instead.
	Further int
	AsOf    time.Time // when the plan was made
	Seen    bool      // there is a plan
	Newer   bool      // a newer one is in the making
	Failed  bool      // the last look ahead did
	Today   time.Time // on the clocks of the association
	Mails   []Coming  // every mail to come, in order of time
	Shifts  []Shift   // what has become of the plan since Since
	Since   time.Time
}

// Home writes the first page.
func (p *Pages) Home(w io.Writer, lang mce.Lang, v Home) error {
	return p.write(w, "home", lang, v.Common, v)
}

// Steps are the first steps, as who looks may do them.
func (v Home) Steps() []FirstStep { return FirstSteps(v.First, v.User) }

// Next is the one to do now.
func (v Home) Next() Way { return NextStep(v.First, v.User).Way }

// Begun reports whether an issue was ever begun: before, what is to come stays folded below the first steps.
func (v Home) Begun() bool { return v.First.Done() || v.Failed }

// Ahead reports whether there is anything to say beside the first steps: something that goes out by itself, or is withheld.
func (v Home) Ahead() bool {
	return v.Begun() || slices.ContainsFunc(v.Mails, func(c Coming) bool {
		return c.Fate == mce.Leaves && !c.Asks || c.Standing() == "withheld"
	})
}

// Waiting is an issue in work, with what the last check of it found that blocks.
type Waiting struct {
	Work
	Blocks []string // rules
}

// Step is the page on which the issue is brought further: the end of its address, and of the message that says what to do.
func (w Waiting) Step() string {
	switch w.State {
	case mce.InReview:
		return "check"
	case mce.Approved, mce.Scheduled, mce.Sending, mce.Paused:
		return "send"
	default:
		return "content"
	}
}

// StepPath is its address.
func (w Waiting) StepPath() string {
	if w.Step() == "content" {
		return IssuePath(w.Issue.ID)
	}
	return IssuePath(w.Issue.ID) + "/" + w.Step()
}

// IssuePath is the first page of an issue.
func IssuePath(id int64) string { return "/desk/issues/" + strconv.FormatInt(id, 10) }

// Coming is a mail to come.
type Coming struct {
	mce.Planned
	Number int // from 1, on the page
	// Of is the newsletter or event that it is about; nil: of neither.
	Of    mce.Text
	Path  string         // the page on which something can be done about it; empty: there is none
	State mce.IssueState // of an issue that is in work; else empty
	Asks  bool           // somebody must approve or schedule it before
}

// Ref is its place on the page.
func (c Coming) Ref() string { return fmt.Sprintf("mail-%d", c.Number) }

// Standing names how it stands, for its words.
func (c Coming) Standing() string {
	switch {
	case c.Fate == mce.Leaves && c.Asks:
		return string(mce.Waits)
	case c.Fate == mce.Waits && c.Kind == mce.ChangeOf:
		return "withheld"
	}
	return string(c.Fate)
}

// Lacking are the languages that pieces have no words in, with how many.
func (c Coming) Lacking() []Lacking {
	var out []Lacking
	for _, lang := range mce.Languages() {
		if n := c.Untranslated[lang]; n > 0 {
			out = append(out, Lacking{lang, n})
		}
	}
	return out
}

// Lacking is how many pieces have no words in a language.
type Lacking struct {
	Lang   mce.Lang
	Pieces int
}

// Readers are the people who get it, by language.
func (c Coming) Readers() []mce.Share {
	var out []mce.Share
	for _, lang := range mce.Languages() {
		s := mce.Share{Lang: lang}
		for _, share := range c.Shares {
			if share.Lang == lang {
				s.People += share.People
			}
		}
		if s.People > 0 {
			out = append(out, s)
		}
	}
	return out
}

// Shift is what became of a mail to come.
type Shift struct {
	mce.PlanDifference
	Was, Is Coming
}

// About is the mail as it stands, or as it stood where it is gone.
func (s Shift) About() Coming {
	if s.Change == mce.PlanGone {
		return s.Was
	}
	return s.Is
}

// Day is a day of the calendar, and one of the list.
type Day struct {
	Date  time.Time
	Today bool
	Past  bool
	Mails []Coming
}

// Week are seven days, from a Monday.
type Week []Day

// Free reports whether nothing goes out in it.
func (w Week) Free() bool {
	return !slices.ContainsFunc(w, func(d Day) bool { return len(d.Mails) > 0 })
}

// Calendar are the weeks that the plan covers, from the Monday of today's, each with its seven days. A mail stands at the day that it is on the
// clocks of its own zone.
func (v Home) Calendar() []Week {
	day := dateOf(v.Today)
	end := day.AddDate(0, 0, 7*v.Weeks)
	for _, m := range v.Mails { // on clocks further west it may be yesterday still
		if at := dateOf(m.At); at.Before(day) {
			day = at
		}
	}
	day = day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	var out []Week
	for !day.After(end) {
		var w Week
		for range 7 {
			w = append(w, v.day(day))
			day = day.AddDate(0, 0, 1)
		}
		out = append(out, w)
	}
	return out
}

func (v Home) day(date time.Time) Day {
	d := Day{Date: date, Today: sameDay(date, v.Today), Past: date.Before(dateOf(v.Today))}
	for _, m := range v.Mails {
		if sameDay(m.At, date) {
			d.Mails = append(d.Mails, m)
		}
	}
	return d
}

// Days are the days of the list: those on which there are mails.
func (v Home) Days() []Day {
	var out []Day
	for _, m := range v.Mails {
		if len(out) == 0 || !sameDay(out[len(out)-1].Date, m.At) {
			out = append(out, Day{Date: m.At, Today: sameDay(m.At, v.Today)})
		}
		out[len(out)-1].Mails = append(out[len(out)-1].Mails, m)
	}
	return out
}

// dateOf is the date that a wall clock shows, as the midnight of UTC.
func dateOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// sameDay compares the dates that two wall clocks show.
func sameDay(a, b time.Time) bool { return dateOf(a).Equal(dateOf(b)) }
