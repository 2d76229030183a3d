package mce

import (
	"io"
	"strings"
)

// ReadRegistrations reads a table with the columns event, email and name, and if they are there organisation, country, language, role, zone,
// sessions (by their slugs, with blanks between), booker_email and booker_name. Lines with the same booker for the same event are one order.
func ReadRegistrations(r io.Reader) (orders []Order, faults []LineFault, err error) {
	t := table{required: []string{"event", "email", "name"}, optional: []string{"organisation", "country", "language", "role", "zone", "sessions", "booker_email", "booker_name"}}
	faults, err = readTable(r, t, func(_ int, cell cells) error {
		p, err := NewRegistration(cell("event"), cell("email"), cell("name"), cell("organisation"), cell("country"), cell("language"))
		if err == nil {
			err = p.Choose(cell("role"), cell("zone"), strings.Fields(cell("sessions")))
		}
		if err != nil {
			return err
		}
		if cell("booker_email") == "" {
			orders = append(orders, Order{People: []Registration{p}})
			return nil
		}
		b, fault := NewBooking(p.Event, cell("booker_email"), cell("booker_name"), string(p.Language))
		if fault != nil {
			return Invalidf("who books: %s", fault)
		}
		orders = addTo(orders, b, p)
		return nil
	})
	return orders, faults, err
}

// addTo adds a person to the order of who books for them, or begins it.
func addTo(orders []Order, b Booking, p Registration) []Order {
	for i, o := range orders {
		if o.Booker != nil && o.Booker.Event == b.Event && AddressKey(o.Booker.Email) == AddressKey(b.Email) {
			orders[i].People = append(orders[i].People, p)
			return orders
		}
	}
	return append(orders, Order{Booker: &b, People: []Registration{p}})
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
