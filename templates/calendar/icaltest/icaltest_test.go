package icaltest

import (
	"strings"
	"testing"
	"time"
)

const sound = `BEGIN:VCALENDAR
PRODID:-//Test//EN
VERSION:2.0
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Nowhere
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0130
TZOFFSETTO:+0130
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTAMP:20230901T083000Z
SEQUENCE:0
ORGANIZER:mailto:office@example.org
ATTENDEE:mailto:delegate@example.org
DTSTART;TZID=Nowhere:20231025T090000
DTEND:20231025T100000Z
SUMMARY:Test
END:VEVENT
END:VCALENDAR
`

func TestCheck(t *testing.T) {
	if got := Check(t, strings.ReplaceAll(sound, "\n", "\r\n")); got != "REQUEST" {
		t.Errorf("method %q", got)
	}
}

func TestTimesAreReadThroughTheObjectsOwnZone(t *testing.T) {
	want := Reading{"REQUEST", time.Date(2023, 10, 25, 7, 30, 0, 0, time.UTC), time.Date(2023, 10, 25, 10, 0, 0, 0, time.UTC)}
	if got := New(t).Check(t, sound); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestRefuses(t *testing.T) {
	libical := New(t)
	for name, change := range map[string][2]string{
		"nothing":        {sound, ""},
		"no calendar":    {"VCALENDAR", "VJOURNAL"},
		"cut off":        {"END:VEVENT\nEND:VCALENDAR\n", ""},
		"no event":       {"VEVENT", "VJOURNAL"},
		"no zone":        {"VTIMEZONE", "X-ZONE"},
		"another zone":   {"TZID:Nowhere", "TZID:Elsewhere"},
		"floating time":  {"DTEND:20231025T100000Z", "DTEND:20231025T100000"},
		"no start":       {"DTSTART;TZID=Nowhere:20231025T090000\n", ""},
		"no organizer":   {"ORGANIZER:mailto:office@example.org\n", ""},
		"two organizers": {"SEQUENCE:0", "ORGANIZER:mailto:a@example.org"},
		"junk":           {"SUMMARY:Test", "no property at all"},
		"NUL":            {"SUMMARY:Test", "SUMMARY:\x00"},
	} {
		broken := strings.ReplaceAll(sound, change[0], change[1])
		if reading, err := libical.read(t.Context(), broken); err == nil {
			t.Errorf("%s: passed as %v:\n%s", name, reading, broken)
		}
	}
}
