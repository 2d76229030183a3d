package calendar

import "time"

// Time.ZoneBounds is exact only where the time zone database lists each change. Where it gives a rule for all years to come, the bounds
// are those of the calendar year too, and on the last day of a leap year the end lies behind (Go 1.26). Which of the two a zone has
// differs from machine to machine; so the bounds are taken for hints only.

// changeBefore is when the clocks of t's zone came to show what they show at t; zero when they always have.
func changeBefore(t time.Time) time.Time {
	for {
		begin, _ := t.ZoneBounds()
		if begin.IsZero() || !sameZone(begin.Add(-1), begin) {
			return begin
		}
		t = begin.Add(-1)
	}
}

// changeAfter is when the clocks of t's zone change next; zero when they never do.
func changeAfter(t time.Time) time.Time {
	for {
		_, end := t.ZoneBounds()
		switch {
		case end.IsZero():
			return end
		case !end.After(t):
			end = t.Add(24 * time.Hour) // out of the last day of a leap year
		case !sameZone(end.Add(-1), end):
			return end
		}
		t = end
	}
}

func sameZone(a, b time.Time) bool {
	nameA, offsetA := a.Zone()
	nameB, offsetB := b.Zone()
	return nameA == nameB && offsetA == offsetB
}

// offset is how many seconds the wall clock is ahead of UTC.
func offset(t time.Time) int {
	_, seconds := t.Zone()
	return seconds
}

// offsetBefore is the offset until just before t.
func offsetBefore(t time.Time) int { return offset(t.Add(-1)) }
