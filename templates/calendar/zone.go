package calendar

import (
	"fmt"
	"time"

	ics "github.com/arran4/golang-ical"
)

const (
	localTime = "20060102T150405" // RFC 5545 §3.3.5, form 1, and with a TZID form 3
	utcTime   = localTime + "Z"   // form 2
)

// addTime adds a time on the venue's wall clock. UTC needs no time zone; and a time that the wall clock shows twice is said in UTC:
// RFC 5545 §3.3.5 means the first, some readers (libical) take the second.
func addTime(entry *ics.VEvent, property ics.ComponentProperty, t time.Time, zone *time.Location) {
	local := t.In(zone)
	if zone == time.UTC || repeated(local) {
		entry.AddProperty(property, t.UTC().Format(utcTime))
		return
	}
	entry.AddProperty(property, local.Format(localTime), ics.WithTZID(zone.String()))
}

// repeated reports whether the wall clock shows the time twice, because it is set back soon after or was just before.
func repeated(local time.Time) bool {
	begin, end := changeBefore(local), changeAfter(local)
	setBack := func(change time.Time) time.Duration {
		return time.Duration(offsetBefore(change)-offset(change)) * time.Second
	}
	return local.Sub(begin) < setBack(begin) || !end.IsZero() && end.Sub(local) <= setBack(end)
}

// timezone is the VTIMEZONE of a venue (RFC 5545 §3.6.5) for an event: one observance for each change of the clocks, from the one in
// force when the event starts to the first after its end. The changes are those of the time zone database, so no rule has to be guessed.
func timezone(zone *time.Location, starts, ends time.Time) *ics.VTimezone {
	tz := ics.NewTimezone(zone.String())
	at := starts.In(zone)
	tz.Components = append(tz.Components, observance(at, changeBefore(at)))
	for change := changeAfter(at); !change.IsZero(); change = changeAfter(change) {
		tz.Components = append(tz.Components, observance(change, change))
		if change.After(ends) {
			break
		}
	}
	return tz
}

// observance is the one in force at a time, since begin. One older than 1970 is written as if it had always been: the offsets that came
// before are often local mean times, to the second, which many readers cannot take.
//
// What the time zone database calls daylight saving is DAYLIGHT, in Dublin the winter: readers go by the offsets.
func observance(at, begin time.Time) ics.Component {
	from := offsetBefore(begin)
	if epoch := time.Unix(0, 0); begin.Before(epoch) {
		from = offset(at)
		begin = epoch.Add(time.Duration(-from) * time.Second) // its wall clock shows 1 January 1970, 00:00
	}
	// RFC 5545 §3.6.5: the onset is read on the wall clock as it was before.
	onset := begin.UTC().Add(time.Duration(from) * time.Second)
	name, _ := at.Zone()

	var base ics.ComponentBase
	base.AddProperty(ics.ComponentPropertyDtStart, onset.Format(localTime))
	base.AddProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), utcOffset(from))
	base.AddProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), utcOffset(offset(at)))
	base.AddProperty(ics.ComponentProperty(ics.PropertyTzname), name)
	if at.IsDST() {
		return &ics.Daylight{ComponentBase: base}
	}
	return &ics.Standard{ComponentBase: base}
}

// utcOffset writes seconds east of UTC as +0200 or, with seconds, -004430 (RFC 5545 §3.3.14).
func utcOffset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	s := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		s += fmt.Sprintf("%02d", seconds%60)
	}
	return s
}
