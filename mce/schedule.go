package mce

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule says at which wall-clock times of a zone a series is due.
//
// The expression is read on the wall clock alone, and each wall-clock slot is then placed in time. So a slot comes exactly once whatever the
// clocks do: one that happens twice in autumn is taken at its first passing, one that spring leaves out is taken as if the clocks had not yet
// moved (02:30 becomes 03:30), as RFC 5545 §3.3.5 reads such times. (cron/v3 would run the first twice and the second never.)
type Schedule struct {
	wall cron.Schedule
	zone *time.Location
}

// Slot is one due time of a series: its local wall clock, which names it, and the instant.
type Slot struct {
	Wall string // "2006-01-02 15:04", unique per series
	Due  time.Time
}

const wallForm = "2006-01-02 15:04"

// ParseSchedule reads a five-field cron expression for a zone. It refuses a zone inside the expression, intervals (@every), and
// expressions that never come true.
func ParseSchedule(expr, zone string) (Schedule, error) {
	if err := CheckZone(zone); err != nil {
		return Schedule{}, err
	}
	if strings.Contains(expr, "TZ=") {
		return Schedule{}, Invalidf("cron %q: leave the zone out of the expression and give it as time_zone", expr)
	}
	if strings.HasPrefix(strings.TrimSpace(expr), "@every") {
		return Schedule{}, Invalidf("cron %q: an interval has no place on the calendar; use five fields such as \"0 9 * * 4\" (Thursdays at 9:00)", expr)
	}
	wall, err := parseStandard(expr)
	if err != nil {
		return Schedule{}, Invalidf("cron %q is not understood (%s); use five fields such as \"0 9 * * 4\" (Thursdays at 9:00)", expr, err)
	}
	if wall.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Schedule{}, Invalidf("cron %q never comes true: there is no such date", expr)
	}
	return Schedule{wall: wall, zone: zoneOrUTC(zone)}, nil
}

// parseStandard turns the panics of cron/v3's parser (it has some on malformed input) into errors.
func parseStandard(expr string) (s cron.Schedule, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("malformed: %v", r)
		}
	}()
	return cron.ParseStandard(expr)
}

// Next is the first slot due after t.
func (s Schedule) Next(t time.Time) Slot {
	// A day back, because the wall clock may have been set back or forth since.
	wall := asWall(t.In(s.zone)).Add(-24 * time.Hour)
	for {
		wall = s.wall.Next(wall)
		if slot := s.place(wall); slot.Due.After(t) {
			return slot
		}
	}
}

// Latest is the last slot due after since and not after now; ok is false when there is none. Slots that passed in between,
// while nothing was running, are overtaken by it: one issue carries what several would have.
func (s Schedule) Latest(since, now time.Time) (slot Slot, ok bool) {
	for next := s.Next(since); !next.Due.After(now); next = s.Next(next.Due) {
		slot, ok = next, true
	}
	return slot, ok
}

// place puts a wall-clock time, held as if it were UTC, into the zone.
func (s Schedule) place(wall time.Time) Slot {
	due := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, s.zone)
	if asWall(due).Before(wall) { // time.Date may answer a gap from either side: take the later
		due = due.Add(wall.Sub(asWall(due)))
	}
	for _, shift := range []time.Duration{2 * time.Hour, time.Hour, 30 * time.Minute} { // two hours: Troll; half an hour: Lord Howe
		if earlier := due.Add(-shift); asWall(earlier).Equal(wall) {
			due = earlier // a repeated hour: its first passing
		}
	}
	return Slot{Wall: wall.Format(wallForm), Due: due.UTC()}
}

func asWall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// LocalTime is an hour and minute on a wall clock, written "09:00".
type LocalTime struct{ Hour, Minute int }

// ParseLocalTime reads "09:00".
func ParseLocalTime(s string) (LocalTime, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return LocalTime{}, Invalidf("time of day %q must be written as 09:00", s)
	}
	return LocalTime{t.Hour(), t.Minute()}, nil
}

// On is the instant of the local time on the day of t (which carries its zone), days later.
func (l LocalTime) On(t time.Time, days int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, l.Hour, l.Minute, 0, 0, t.Location())
}
