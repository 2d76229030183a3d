package mce

import (
	"io"
	"strings"
)

// ReadRegistrations reads a table with the columns event, email and name, and if they are there organisation, country, language, role, zone and
// sessions (by their slugs, with blanks between).
func ReadRegistrations(r io.Reader) ([]Registration, []LineFault, error) {
	var people []Registration
	t := table{required: []string{"event", "email", "name"}, optional: []string{"organisation", "country", "language", "role", "zone", "sessions"}}
	faults, err := readTable(r, t, func(_ int, cell cells) error {
		p, err := NewRegistration(cell("event"), cell("email"), cell("name"), cell("organisation"), cell("country"), cell("language"))
		if err == nil {
			err = p.Choose(cell("role"), cell("zone"), strings.Fields(cell("sessions")))
		}
		if err == nil {
			people = append(people, p)
		}
		return err
	})
	return people, faults, err
}

// NewRegistration checks what a person wrote into a registration. The error is an *FieldError.
func NewRegistration(event, email, name, organisation, country, language string) (p Registration, err error) {
	p.Event = event
	if p.Email, err = ParseAddress(email); err != nil {
		return p, &FieldError{"email", err}
	}
	theirs, err := NewParticulars(Particulars{Name: name, Organisation: organisation, Country: country, Language: Lang(strings.ToLower(language))})
	return p.With(theirs), err
}

// NewParticulars checks what a person wants a registration to say of them; whether the event has the sessions is seen when they are changed. The
// error is an *FieldError.
func NewParticulars(in Particulars) (out Particulars, err error) {
	for _, field := range []struct {
		to         *string
		name, from string
	}{{&out.Name, "name", in.Name}, {&out.Organisation, "organisation", in.Organisation}, {&out.Country, "country", in.Country}} {
		if *field.to, err = CleanName(field.from); err != nil {
			return out, &FieldError{field.name, err}
		}
	}
	if out.Name == "" {
		return out, &FieldError{"name", Invalidf("the name is missing: it stands on the badge")}
	}
	if out.Language, err = ParseLang(string(in.Language)); err != nil {
		return out, &FieldError{"language", err}
	}
	if in.Zone != "" {
		if err := CheckZone(in.Zone); err != nil {
			return out, &FieldError{"zone", err}
		}
	}
	out.Zone, out.Sessions = in.Zone, in.Sessions
	return out, nil
}

// Choose checks and sets what a person may say of how they come: as what (empty: a delegate), from where (the name of a time zone, or empty), and
// to which optional sessions, by slug. Whether the event has those is seen when the place is taken. The error is an *FieldError.
func (r *Registration) Choose(role, zone string, sessions []string) (err error) {
	if r.Role, err = ParseRole(role); err != nil {
		return &FieldError{"role", err}
	}
	if zone != "" {
		if err := CheckZone(zone); err != nil {
			return &FieldError{"zone", err}
		}
	}
	r.Zone, r.Sessions = zone, sessions
	return nil
}
