package desk

import (
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Issues is the view of a page of the list of issues.
type Issues struct {
	Common
	Issues []Work // the newest first
	Newest bool   // these are the newest
	Older  int64  // id from which on the next page goes; 0: there is none
}

// Issue is the view of the page of an issue.
type Issue struct {
	Common
	Work
	Zone      string // of the series
	Languages []mce.Lang
	Lang      mce.Lang // of the preview
	Items     []mce.Explanation
	Log       []mce.Audit // what was done to it, the last first
	Seen      string      // names what the issue says, to be sent along with an approval
	Suggested time.Time   // when it might go out, on the wall clock of the series
	Fault     string      // why what was asked for could not be done, in English
}

// Can reports whether something can be done with the issue now, by who may.
func (v Issue) Can(action mce.IssueAction, may bool) bool {
	_, err := v.State.Next(action)
	return may && err == nil
}

// Subjects are the entries for its subject; none when it has begun to leave.
func (v Issue) Subjects() []Field {
	if !v.StartedAt.IsZero() || v.State == mce.Skipped || v.State == mce.Cancelled {
		return nil
	}
	var fields []Field
	for _, lang := range v.Languages {
		fields = append(fields, Field{Name: "subject-" + string(lang), Type: "text", Value: v.Subject[lang], Autocomplete: "off", Optional: true})
	}
	return fields
}

// Moment are the entries for when it goes out.
func (v Issue) Moment() []Field {
	return []Field{
		{Name: "when", Type: "choice", Value: "at", Options: []Option{{Value: "at", Label: "when.at"}, {Value: "now", Label: "when.now"}}},
		{Name: "at", Type: "datetime-local", Value: v.Suggested.Format("2006-01-02T15:04")},
	}
}

// Reason is the entry for why it is cancelled.
func (v Issue) Reason() Field {
	return Field{Name: "reason", Type: "text", Autocomplete: "off", Hint: true}
}
