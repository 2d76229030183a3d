package mce

import "time"

// Preset is a moment that editors often choose for an issue.
type Preset struct {
	Name string    // chooses its words: "tomorrow", "tuesday"
	At   time.Time // on the wall clock of the zone
}

// Value is the moment as ParseMoment reads it. A form has it, and not the name: tomorrow is another day when the form comes back after midnight.
func (p Preset) Value() string { return p.At.Format(time.RFC3339) }

// Presets are those to come after now, which is on the wall clock of the zone: tomorrow at 9:00, and the next Tuesday at 10:00. A time that the
// clocks skip is the one that they show instead.
func Presets(now time.Time) []Preset {
	at := func(days, hour int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, hour, 0, 0, 0, now.Location())
	}
	toTuesday := (int(time.Tuesday-now.Weekday())+6)%7 + 1 // 1 to 7: a Tuesday means the next
	return []Preset{{"tomorrow", at(1, 9)}, {"tuesday", at(toTuesday, 10)}}
}
