package inbox

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadCalendar(t *testing.T) {
	m, err := Parse([]byte(invitation))
	if err != nil {
		t.Fatal(err)
	}
	want := []calendarLine{
		{"Method", "REQUEST"},
		{"UID", "event-7@mce.example"},
		{"Sequence", "2"},
		{"Summary", "MCE conference, Šibenik"},
		{"Starts", "Saturday 12 June 2027, 09:00 Europe/Zagreb"},
		{"Ends", "Saturday 12 June 2027, 17:30 Europe/Zagreb"},
		{"Organizer", "MCE: office <calendar@mce.example>"},
		{"Invited", "Zoë <zoe@city.example>"},
		{"Description", "Doors open at 8:30\nBring your badge"},
	}
	if diff := cmp.Diff(want, readCalendar(string(m.Attachments[0].Content))); diff != "" {
		t.Error(diff)
	}
}

func TestReadOddCalendars(t *testing.T) {
	for text, want := range map[string][]calendarLine{
		"":                         nil,
		"END:X\nEND:Y\nno colon":   nil,
		"dtstart:20270612T070000Z": {{"Starts", "Saturday 12 June 2027, 07:00 UTC"}},
		"DTSTART:20270612T070000":  {{"Starts", "Saturday 12 June 2027, 07:00 local time"}},
		"DTSTART:soon":             {{"Starts", "soon"}},
		"DTSTART;VALUE=DATE:20270612\r\nDTEND;VALUE=DATE:20270613": {{"Starts", "Saturday 12 June 2027"}, {"Ends", "before Sunday 13 June 2027"}},
		"ATTENDEE:urn:x": {{"Invited", "urn:x"}},
	} {
		if diff := cmp.Diff(want, readCalendar(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
