package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/calendar/icaltest"
)

// zones and moments around which their clocks change, or not.
func zoneCases() map[string][]string {
	ofEurope := []string{
		"2023-03-26T00:30:00Z", "2023-03-26T01:00:00Z", "2023-07-01T12:00:00Z",
		"2023-10-29T00:30:00Z", "2023-10-29T00:59:59Z", "2023-10-29T01:00:00Z", "2023-10-29T01:30:00Z", "2023-10-29T02:00:00Z",
		"2023-12-31T23:30:00Z", "2051-10-29T00:45:00Z", "2052-12-31T12:00:00Z", "2053-01-01T00:00:00Z",
	}
	return map[string][]string{
		"Europe/Rome":         ofEurope,
		"Europe/Dublin":       ofEurope, // daylight saving is the winter, and negative
		"Europe/Athens":       ofEurope,
		"Europe/London":       {"1971-01-01T00:00:00Z", "1971-10-31T01:59:00Z", "1971-10-31T02:00:00Z", "2026-06-01T08:00:00Z"},
		"America/St_Johns":    {"2023-03-12T05:29:00Z", "2023-03-12T05:30:00Z", "2023-11-05T03:45:00Z", "2023-11-05T04:30:00Z", "2023-11-05T05:30:00Z"},
		"America/Sao_Paulo":   {"2018-11-04T03:00:00Z", "2019-02-17T01:30:00Z", "2019-02-17T02:30:00Z", "2026-06-01T08:00:00Z"},
		"Asia/Kolkata":        {"2023-10-25T07:00:00Z"},
		"Australia/Lord_Howe": {"2024-04-06T14:45:00Z", "2024-04-06T15:10:00Z", "2024-10-05T15:30:00Z"}, // half an hour
		"Africa/Casablanca":   {"2024-03-10T01:30:00Z", "2024-03-10T02:30:00Z", "2024-04-14T02:00:00Z"},
		"Africa/Monrovia":     {"1971-12-31T23:00:00Z"}, // -00:44:30 until 1972
		"Etc/GMT+5":           {"2023-10-25T07:00:00Z"},
		"UTC":                 {"2023-10-25T07:00:00Z"},
	}
}

func TestZones(t *testing.T) {
	for name, moments := range zoneCases() {
		t.Run(name, func(t *testing.T) {
			for _, moment := range moments {
				for _, lasts := range []time.Duration{30 * time.Minute, 48 * time.Hour, 300 * 24 * time.Hour} {
					e := prato()
					e.TimeZone, e.Starts = name, parseTime(t, time.RFC3339, moment)
					e.Ends = e.Starts.Add(lasts)
					checkZone(t, e, mustRequest(t, e, delegate("en")))
				}
			}
		})
	}
}

// libical reads the same instants, through our definition of the zone: it cannot know the name it is given.
func TestLibicalReadsTheZones(t *testing.T) {
	libical := icaltest.New(t)
	for name, moments := range zoneCases() {
		for _, moment := range moments {
			e := prato()
			e.TimeZone, e.Starts = name, parseTime(t, time.RFC3339, moment)
			e.Ends = e.Starts.Add(40 * 24 * time.Hour)
			ics := strings.ReplaceAll(mustRequest(t, e, delegate("en")), "TZID:"+name, "TZID:Nowhere")
			ics = strings.ReplaceAll(ics, "TZID="+name, "TZID=Nowhere")
			if got := libical.Check(t, ics); !got.Starts.Equal(e.Starts) || !got.Ends.Equal(e.Ends) {
				t.Errorf("%s: libical reads %v to %v, want %v to %v", name, got.Starts, got.Ends, e.Starts, e.Ends)
			}
		}
	}
}

func TestUTCNeedsNoTimezone(t *testing.T) {
	e := prato()
	e.TimeZone = "UTC"
	if ics := mustRequest(t, e, delegate("en")); strings.Contains(ics, "VTIMEZONE") || strings.Contains(ics, "TZID") {
		t.Error(ics)
	}
}

// The observances of a zone: what each is, its onset on the old wall clock, the offsets.
func TestObservances(t *testing.T) {
	for zone, want := range map[string]string{
		"Europe/Rome":      "DAYLIGHT 20230326T020000 +0100 +0200 CEST; STANDARD 20231029T030000 +0200 +0100 CET",
		"Europe/Dublin":    "STANDARD 20230326T010000 +0000 +0100 IST; DAYLIGHT 20231029T020000 +0100 +0000 GMT",
		"America/St_Johns": "DAYLIGHT 20230312T020000 -0330 -0230 NDT; STANDARD 20231105T020000 -0230 -0330 NST",
		"Asia/Kolkata":     "STANDARD 19700101T000000 +0530 +0530 IST",
		"Etc/GMT+5":        "STANDARD 19700101T000000 -0500 -0500 -05",
	} {
		e := prato()
		e.TimeZone = zone
		var got []string
		for _, o := range observances(t, read(t, mustRequest(t, e, delegate("en")))) {
			got = append(got, fmt.Sprintf("%s %s %s %s %s", o.kind, o.onset, o.from, o.to, o.name))
		}
		if joined := strings.Join(got, "; "); joined != want {
			t.Errorf("%s:\n got %s\nwant %s", zone, joined, want)
		}
	}
}

// observed is a STANDARD or DAYLIGHT component as it was read.
type observed struct{ kind, onset, from, to, name string }

func observances(t testing.TB, properties []property) (all []observed) {
	t.Helper()
	for _, p := range properties {
		kind, ok := strings.CutPrefix(p.within, "VCALENDAR/VTIMEZONE/")
		if !ok {
			continue
		}
		if p.name == "DTSTART" { // the first of each
			all = append(all, observed{kind: kind, onset: p.value})
		}
		last := &all[len(all)-1]
		switch p.name {
		case "TZOFFSETFROM":
			last.from = p.value
		case "TZOFFSETTO":
			last.to = p.value
		case "TZNAME":
			last.name = p.value
		}
	}
	return all
}

// checkZone reads start and end through the VTIMEZONE and compares instant, offset and abbreviation with Go's zone.
func checkZone(t testing.TB, e mce.Event, ics string) {
	t.Helper()
	properties := read(t, ics)
	all := observances(t, properties)
	for name, want := range map[string]time.Time{"DTSTART": e.Starts, "DTEND": e.Ends} {
		p := one(t, properties, "VCALENDAR/VEVENT", name)
		if strings.HasSuffix(p.value, "Z") {
			if got := parseTime(t, "20060102T150405Z", p.value); !got.Equal(want.Truncate(time.Second)) {
				t.Errorf("%s is %s, want %s", name, got, want)
			}
			continue
		}
		if zone := one(t, properties, "VCALENDAR/VTIMEZONE", "TZID").value; zone != p.params["TZID"] || zone != e.TimeZone {
			t.Errorf("%s is in the zone %q, the VTIMEZONE is %q, the event's %q", name, p.params["TZID"], zone, e.TimeZone)
		}
		abbreviation, ahead := want.In(e.Zone()).Zone()
		o := inForce(t, all, p.value)
		got := parseTime(t, "20060102T150405", p.value).Add(-parseOffset(t, o.to))
		if !got.Equal(want.Truncate(time.Second)) || parseOffset(t, o.to) != time.Duration(ahead)*time.Second || o.name != abbreviation {
			t.Errorf("%s %s is %s %s %s, want %s %s %d s", name, p.value, got, o.name, o.to, want, abbreviation, ahead)
		}
	}
	for i, o := range all[:max(len(all)-1, 0)] {
		if all[i+1].from != o.to || all[i+1].onset <= o.onset {
			t.Errorf("observance %+v is followed by %+v", o, all[i+1])
		}
	}
}

// inForce is the observance with the latest onset that is not after the local time (RFC 5545 §3.6.5).
func inForce(t testing.TB, all []observed, local string) (in observed) {
	t.Helper()
	for _, o := range all {
		if o.onset <= local && o.onset > in.onset {
			in = o
		}
	}
	if in.onset == "" {
		t.Fatalf("no observance covers %s: %v", local, all)
	}
	return in
}

func parseTime(t testing.TB, layout, s string) time.Time {
	t.Helper()
	at, err := time.Parse(layout, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// parseOffset reads +hhmm or +hhmmss (RFC 5545 §3.3.14; -0000 is forbidden).
func parseOffset(t testing.TB, s string) time.Duration {
	t.Helper()
	var h, m, sec int
	if n, _ := fmt.Sscanf(s[1:], "%2d%2d%2d", &h, &m, &sec); n < 2 || s == "-0000" || !strings.Contains("+-", s[:1]) {
		t.Fatalf("offset %q", s)
	}
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second
	if s[0] == '-' {
		return -d
	}
	return d
}
