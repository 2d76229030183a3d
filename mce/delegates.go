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

// NewRegistration checks what a person wrote into a registration.
func NewRegistration(event, email, name, organisation, country, language string) (p Registration, err error) {
	p.Event = event
	if p.Email, err = ParseAddress(email); err != nil {
		return p, err
	}
	for _, field := range []struct {
		to   *string
		from string
	}{{&p.Name, name}, {&p.Organisation, organisation}, {&p.Country, country}} {
		if *field.to, err = CleanName(field.from); err != nil {
			return p, err
		}
	}
	if p.Name == "" {
		return p, Invalidf("the name is missing: it stands on the badge")
	}
	p.Language, err = ParseLang(strings.ToLower(language))
	return p, err
}

// Choose checks and sets what a person may say of how they come: as what (empty: a delegate), from where (the name of a time zone, or empty), and
// to which optional sessions, by slug. Whether the event has those is seen when the place is taken.
func (r *Registration) Choose(role, zone string, sessions []string) (err error) {
	if r.Role, err = ParseRole(role); err != nil {
		return err
	}
	if zone != "" {
		if err := CheckZone(zone); err != nil {
			return err
		}
	}
	r.Zone, r.Sessions = zone, sessions
	return nil
}
