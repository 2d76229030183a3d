package inbox

import (
	"slices"
	"strings"
	"time"
)

// calendarLine is a property of a calendar that a person wants to read.
type calendarLine struct{ Label, Value string }

// calendarLabel names the RFC 5545 properties that are shown; "" leaves one out.
func calendarLabel(property string) string {
	switch property {
	case "METHOD", "SUMMARY", "LOCATION", "STATUS", "SEQUENCE", "ORGANIZER", "DESCRIPTION":
		return property[:1] + strings.ToLower(property[1:])
	case "UID":
		return property
	case "ATTENDEE":
		return "Invited"
	case "DTSTART":
		return "Starts"
	case "DTEND":
		return "Ends"
	case "RRULE":
		return "Repeats"
	}
	return ""
}

// readCalendar lists what a text/calendar part says about its events, in its order. It checks nothing: a
// calendar that is wrong should look wrong. Time zones and alarms are left out.
func readCalendar(text string) []calendarLine {
	var lines []calendarLine
	var within []string
	for line := range strings.Lines(unfold(text)) {
		name, params, value := splitProperty(strings.TrimRight(line, "\r\n"))
		switch {
		case name == "BEGIN":
			within = append(within, value)
		case name == "END":
			within = within[:max(0, len(within)-1)]
		case len(within) > 2 || slices.Contains(within, "VTIMEZONE"):
		case calendarLabel(name) != "":
			lines = append(lines, calendarLine{calendarLabel(name), calendarValue(name, params, value)})
		}
	}
	return lines
}

// unfold joins continued lines, RFC 5545 §3.1.
func unfold(text string) string {
	return strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "").Replace(text)
}

// splitProperty splits NAME;PARAM=x;PARAM="a:b":value.
func splitProperty(line string) (name, params, value string) {
	quoted := false
	for i, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ':' && !quoted:
			name, params, _ = strings.Cut(line[:i], ";")
			return strings.ToUpper(name), params, line[i+1:]
		}
	}
	return "", "", ""
}

func calendarValue(name, params, value string) string {
	switch name {
	case "DTSTART":
		return calendarTime(params, value)
	case "DTEND":
		if len(value) == len("20060102") { // RFC 5545 §3.6.1: the end is not part of the event
			return "before " + calendarTime(params, value)
		}
		return calendarTime(params, value)
	case "ORGANIZER", "ATTENDEE":
		address := value
		if strings.HasPrefix(strings.ToLower(value), "mailto:") {
			address = value[len("mailto:"):]
		}
		if person := parameter(params, "CN"); person != "" {
			return person + " <" + address + ">"
		}
		return address
	}
	return strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(value)
}

// calendarTime shows a DATE or DATE-TIME; one in neither form is shown as it stands.
func calendarTime(params, value string) string {
	if t, err := time.Parse("20060102", value); err == nil {
		return t.Format("Monday 2 January 2006")
	}
	local, isUTC := strings.CutSuffix(value, "Z")
	t, err := time.Parse("20060102T150405", local)
	if err != nil {
		return value
	}
	zone := parameter(params, "TZID")
	switch {
	case isUTC:
		zone = "UTC"
	case zone == "":
		zone = "local time"
	}
	return t.Format("Monday 2 January 2006, 15:04 ") + zone
}

// parameter returns a property parameter's value without its quotes.
func parameter(params, name string) string {
	for p := range strings.SplitSeq(params, ";") {
		if key, value, _ := strings.Cut(p, "="); strings.EqualFold(key, name) {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}
