package mce

import (
	"io"
	"strings"
)

// ReadRegistrations reads a table with the columns event, email and name, and if they are there organisation, country and language.
func ReadRegistrations(r io.Reader) ([]Registration, []LineFault, error) {
	var people []Registration
	t := table{required: []string{"event", "email", "name"}, optional: []string{"organisation", "country", "language"}}
	faults, err := readTable(r, t, func(_ int, cell cells) error {
		p, err := NewRegistration(cell("event"), cell("email"), cell("name"), cell("organisation"), cell("country"), cell("language"))
		people = append(people, p)
		if err != nil {
			people = people[:len(people)-1]
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
