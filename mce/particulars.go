package mce

import "slices"

// Particulars are what delegates may change of their registration by themselves.
type Particulars struct {
	Name         string
	Organisation string
	Country      string
	Language     Lang
	Zone         string
	Sessions     []string
}

// Particulars are those of the registration.
func (r Registration) Particulars() Particulars {
	return Particulars{Name: r.Name, Organisation: r.Organisation, Country: r.Country, Language: r.Language, Zone: r.Zone, Sessions: r.Sessions}
}

// With is the registration with other particulars.
func (r Registration) With(p Particulars) Registration {
	r.Name, r.Organisation, r.Country, r.Language, r.Zone, r.Sessions = p.Name, p.Organisation, p.Country, p.Language, p.Zone, p.Sessions
	return r
}

// Clean checks and trims what a delegate entered. The error's field says which entry is at fault. Whether the event has the sessions is seen when
// the registration is taken or changed.
func (p Particulars) Clean() (Particulars, *FieldError) {
	for _, entry := range []struct {
		name string
		text *string
	}{{"name", &p.Name}, {"organisation", &p.Organisation}, {"country", &p.Country}} {
		clean, err := CleanName(*entry.text)
		if err != nil {
			return p, &FieldError{entry.name, err}
		}
		*entry.text = clean
	}
	if p.Name == "" {
		return p, &FieldError{"name", Invalidf("the name is missing: it stands on the badge")}
	}
	lang, err := ParseLang(string(p.Language))
	if err != nil {
		return p, &FieldError{"language", err}
	}
	p.Language = lang
	if p.Zone != "" {
		if err := CheckZone(p.Zone); err != nil {
			return p, &FieldError{"zone", err}
		}
	}
	return p, nil
}

// Chose reports whether a session is among those chosen.
func (p Particulars) Chose(s Session) bool { return slices.Contains(p.Sessions, s.Slug) }
