package mce_test

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// TestWhatIsDueGoesAlongWithThePresent: a mail that leaves at once is not moved by the time that passes between two plans, but by somebody who puts it off.
func TestWhatIsDueGoesAlongWithThePresent(t *testing.T) {
	now := time.Date(2023, 10, 18, 10, 0, 0, 0, time.UTC)
	plan := func(from time.Time, after time.Duration) mce.Plan {
		return mce.Plan{From: from, To: from.AddDate(0, 0, 42), Lines: []mce.Planned{{ID: "issue:1", At: from.Add(after), Zone: "Europe/Rome", Fate: mce.Leaves}}}
	}
	for name, c := range map[string]struct {
		was, is mce.Plan
		moved   bool
	}{
		"due, then due":     {plan(now, 0), plan(now.Add(5*time.Minute), 0), false},
		"due within a tick": {plan(now, 40*time.Second), plan(now.Add(time.Minute), 10*time.Second), false},
		"put off":           {plan(now, 0), plan(now.Add(time.Minute), time.Hour), true},
		"drawn near":        {plan(now, time.Hour), plan(now.Add(time.Minute), 0), true},
		"one moment":        {plan(now, time.Hour), plan(now.Add(time.Minute), 59*time.Minute), false},
	} {
		if got := len(c.is.Against(c.was)) > 0; got != c.moved {
			t.Errorf("%s: moved %v", name, got)
		}
	}
}
