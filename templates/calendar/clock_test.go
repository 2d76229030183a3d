package calendar

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Changes are where an hourly look at the clock finds them, also in years for which there is only a rule, leap years among them.
func TestChanges(t *testing.T) {
	for name := range zoneCases() {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, year := range []int{2023, 2051} {
			first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).In(zone)
			last := first.AddDate(3, 0, 0)
			var want, after, before []time.Time
			for at := first; !at.After(last); at = at.Add(30 * time.Minute) {
				if !sameZone(at.Add(-time.Second), at) {
					want = append(want, at)
				}
			}
			for at := changeAfter(first.Add(-1)); !at.IsZero() && !at.After(last); at = changeAfter(at) {
				after = append(after, at)
			}
			for at := changeBefore(last); !at.Before(first); at = changeBefore(at.Add(-1)) {
				before = append([]time.Time{at}, before...)
			}
			if diff := cmp.Diff(want, after); diff != "" {
				t.Errorf("%s from %d, forwards:\n%s", name, year, diff)
			}
			if diff := cmp.Diff(want, before); diff != "" {
				t.Errorf("%s from %d, backwards:\n%s", name, year, diff)
			}
		}
	}
}

func TestChangesOfUTC(t *testing.T) {
	if at := stamp(); !changeBefore(at).IsZero() || !changeAfter(at).IsZero() {
		t.Errorf("UTC changes at %v and %v", changeBefore(at), changeAfter(at))
	}
}
