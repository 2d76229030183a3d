package mce_test

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestPresetsAreOnTheWallClock(t *testing.T) {
	for now, want := range map[string][2]string{
		"2024-03-07T09:00:00+01:00": {"2024-03-08T09:00:00+01:00", "2024-03-12T10:00:00+01:00"},
		"2024-03-30T23:30:00+01:00": {"2024-03-31T09:00:00+02:00", "2024-04-02T10:00:00+02:00"}, // the clocks change in between
		"2024-03-12T08:00:00+01:00": {"2024-03-13T09:00:00+01:00", "2024-03-19T10:00:00+01:00"}, // on a Tuesday
		"2024-03-11T08:00:00+01:00": {"2024-03-12T09:00:00+01:00", "2024-03-12T10:00:00+01:00"},
	} {
		got := mce.Presets(mce.InZone(at(now), "Europe/Rome"))
		for i, p := range got {
			if p.At.Format(time.RFC3339) != want[i] {
				t.Errorf("%s: %s is %s, want %s", now, p.Name, p.At.Format(time.RFC3339), want[i])
			}
		}
	}
}
