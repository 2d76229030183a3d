package mce

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fields of events and sessions as people write them: in the columns of a table, and on the command line. A text has one for English and one for
// each other language: title, title_it. Lists are written with blanks between, names with semicolons.

// names is a list of what may have blanks in it.
type names struct{ to *[]string }

func (e *Event) fields() map[string]any {
	return map[string]any{
		"kind": &e.Kind, "state": &e.State, "title": &e.Title, "motto": &e.Motto, "body": &e.Body, "city": &e.City, "venue": &e.Venue,
		"address": &e.Address, "online": &e.Online, "contact": &e.Contact, "link": &e.Link, "feedback": &e.Feedback, "time_zone": &e.TimeZone,
		"starts": &e.Starts, "ends": &e.Ends, "languages": &e.Languages, "interpretation": &e.Interpretation, "topics": &e.Topics,
		"capacity": &e.Capacity, "admission": &e.Admission, "opens": &e.Opens, "closes": &e.Closes, "publish_at": &e.From, "expire_at": &e.Until,
	}
}

func (s *Session) fields() map[string]any {
	return map[string]any{
		"title": &s.Title, "starts": &s.Starts, "ends": &s.Ends, "room": &s.Room, "speakers": names{&s.Speakers},
		"interpretation": &s.Interpretation, "optional": &s.Optional,
	}
}

// Set changes fields of the event to what is written for each; empty takes it away. Times without a zone of their own are on the venue's clocks.
// The error is an *FieldError, or says which field is not known. Whether the event is sound afterwards is for Check.
func (e *Event) Set(written map[string]string) error {
	if zone, ok := written["time_zone"]; ok { // first: the times are on its clocks
		if err := CheckZone(zone); err != nil {
			return &FieldError{"time_zone", err}
		}
		e.TimeZone = zone
	}
	return setFields(e.fields(), written, e.Zone())
}

// Set changes fields of a session of the event, as Event.Set does.
func (s *Session) Set(e Event, written map[string]string) error {
	return setFields(s.fields(), written, e.Zone())
}

func setFields(fields map[string]any, written map[string]string, zone *time.Location) error {
	for _, name := range slices.Sorted(maps.Keys(written)) {
		to, lang := fields[name], English
		if to == nil {
			to, lang = inLanguage(fields, name)
		}
		if to == nil {
			return Invalidf("there is no field %q; the fields are %s", name, strings.Join(fieldNames(fields), ", "))
		}
		if err := setField(to, lang, written[name], zone); err != nil {
			return &FieldError{name, Invalidf("%s: %s", name, ErrorMessage(err))}
		}
	}
	return nil
}

// inLanguage finds title_it; nil where there is no such text.
func inLanguage(fields map[string]any, name string) (any, Lang) {
	i := strings.LastIndexByte(name, '_')
	if i < 0 || !slices.Contains(Languages(), Lang(name[i+1:])) {
		return nil, ""
	}
	if to, ok := fields[name[:i]].(*Text); ok {
		return to, Lang(name[i+1:])
	}
	return nil, ""
}

// fieldNames are all that may be written, sorted.
func fieldNames(fields map[string]any) (out []string) {
	for name, to := range fields {
		out = append(out, name)
		if _, ok := to.(*Text); ok {
			for _, lang := range Languages()[1:] {
				out = append(out, name+"_"+string(lang))
			}
		}
	}
	slices.Sort(out)
	return out
}

func setField(to any, lang Lang, value string, zone *time.Location) (err error) {
	value = strings.TrimSpace(value)
	switch to := to.(type) {
	case *string:
		*to = value
	case *EventKind:
		*to = EventKind(value)
	case *EventState:
		*to = EventState(value)
	case *Admission:
		*to = Admission(value)
	case *Text:
		*to = to.with(lang, value)
	case *time.Time:
		*to, err = ParseMoment(value, zone)
	case *int:
		*to, err = parseCount(value)
	case *bool:
		*to, err = parseYes(value)
	case *[]string:
		*to = words(value)
	case *[]Lang:
		*to = nil
		for _, w := range words(value) {
			*to = append(*to, Lang(w))
		}
	case names:
		*to.to = nil
		for name := range strings.SplitSeq(value, ";") {
			if name = strings.TrimSpace(name); name != "" {
				*to.to = append(*to.to, name)
			}
		}
	}
	return err
}

// with is the text with another translation, or without one where it is empty; t is not changed.
func (t Text) with(lang Lang, s string) Text {
	out := maps.Clone(t)
	if out == nil {
		out = Text{}
	}
	if s == "" {
		delete(out, lang)
	} else {
		out[lang] = s
	}
	return out
}

// ParseMoment reads a time: 2023-10-25 09:00 on the clocks of the zone, or with an offset of its own, as 2023-10-25T09:00:00+02:00; empty is zero. Where
// the clocks show a time twice it is one of the two: who means a certain one writes the offset. One that they never show is refused.
func ParseMoment(s string, zone *time.Location) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	const form = "2006-01-02 15:04"
	t, err := time.ParseInLocation(form, strings.Replace(s, "T", " ", 1), zone)
	if err != nil {
		return t, Invalidf("%q is not a time such as 2023-10-25 09:00 or 2023-10-25T09:00:00+02:00", s)
	}
	if t.Format(form) != strings.Replace(s, "T", " ", 1) {
		return t, Invalidf("there is no %s in %s: the clocks are put forward there", s, zone)
	}
	return t, nil
}

func parseCount(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, Invalidf("%q is not a number", s)
	}
	return n, nil
}

func parseYes(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "", "no", "false", "0":
		return false, nil
	case "yes", "true", "1", "x":
		return true, nil
	}
	return false, Invalidf("%q is neither yes nor no", s)
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,;\t", r) })
}
