package mce

import (
	"io"
	"slices"
)

// ReadEvents reads a table of events with the column slug and any of their fields (see Event.Set). A field that the table does not have stays as it
// is in the event that known gives for a slug; so does the programme, which ReadProgramme reads. A cell that is empty takes the field away.
func ReadEvents(r io.Reader, known func(slug string) (Event, error)) (out []Event, faults []LineFault, err error) {
	var given []string
	t := table{required: []string{"slug"}, optional: fieldNames(new(Event).fields()), given: func(columns []string) { given = columns[1:] }}
	faults, err = readTable(r, t, func(_ int, cell cells) error {
		slug := cell("slug")
		if slices.ContainsFunc(out, func(e Event) bool { return e.Slug == slug }) {
			return Invalidf("the event %q stands there twice", slug)
		}
		e, err := known(slug)
		if err == nil {
			err = e.Set(written(given, cell))
		}
		if err == nil {
			err = e.Check()
		}
		if err == nil {
			out = append(out, e)
		}
		return err
	})
	return out, faults, err
}

// ReadProgramme reads a table of the sessions of an event, with the columns slug, title, starts and ends, and any other of their fields. It is the
// whole programme.
func ReadProgramme(r io.Reader, e Event) (out []Session, faults []LineFault, err error) {
	required := []string{"slug", "title", "starts", "ends"}
	optional := slices.DeleteFunc(fieldNames(new(Session).fields()), func(s string) bool { return slices.Contains(required, s) })
	var given []string
	t := table{required: required, optional: optional, given: func(columns []string) { given = columns[1:] }}
	faults, err = readTable(r, t, func(_ int, cell cells) error {
		s := Session{Slug: cell("slug")}
		err := s.Set(e, written(given, cell))
		if err == nil {
			err = s.check("event " + e.Slug)
		}
		if err == nil {
			out = append(out, s)
		}
		return err
	})
	return out, faults, err
}

// written are the fields of a line that the table has.
func written(columns []string, cell cells) map[string]string {
	out := map[string]string{}
	for _, name := range columns {
		out[name] = cell(name)
	}
	return out
}
