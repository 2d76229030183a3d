package mce

import (
	"io"
	"slices"
	"strings"
)

// Membership is how an organisation stands to the association.
type Membership string

// The memberships.
const (
	NoMember Membership = "none"
	Member   Membership = "member"
	Sponsor  Membership = "sponsor"
)

// Memberships are all of them.
func Memberships() []Membership { return []Membership{NoMember, Member, Sponsor} }

// Check refuses what is none.
func (m Membership) Check() error {
	if !slices.Contains(Memberships(), m) {
		return Invalidf("membership %q must be none, member or sponsor", m)
	}
	return nil
}

// Organisation is a city or a company that the office keeps. A person belongs to it whose address is among its contacts, or in one of
// its domains; what people write about themselves in a form makes nobody a member.
type Organisation struct {
	ID         int64      `json:"-"`
	Name       string     `json:"name"`
	Country    string     `json:"country,omitempty"` // ISO 3166-1
	Membership Membership `json:"membership"`
	Domains    []string   `json:"domains,omitempty"` // in small letters, ASCII
	Contacts   []Contact  `json:"contacts,omitempty"`
}

// Contact is a person of an organisation.
type Contact struct {
	Email string `json:"email"`
	Name  string `json:"name,omitempty"`
	Role  string `json:"role,omitempty"`
}

// CleanOrganisation checks what the office wrote. The country may be a name, domains may be in capitals or not in ASCII; no membership is none.
func CleanOrganisation(in Organisation) (out Organisation, err error) {
	if out.Name, err = CleanName(in.Name); err != nil {
		return out, err
	}
	if out.Name == "" {
		return out, Invalidf("an organisation needs a name")
	}
	if out.Country, err = ParseCountry(codeOf(in.Country, countryNames())); err != nil {
		return out, err
	}
	if out.Membership = in.Membership; out.Membership == "" {
		out.Membership = NoMember
	}
	if err := out.Membership.Check(); err != nil {
		return out, err
	}
	for _, d := range in.Domains {
		kept, err := organisationDomain(d)
		if err != nil {
			return out, err
		}
		if !slices.Contains(out.Domains, kept) {
			out.Domains = append(out.Domains, kept)
		}
	}
	for _, c := range in.Contacts {
		kept, err := cleanContact(c)
		if err != nil {
			return out, err
		}
		if slices.ContainsFunc(out.Contacts, func(o Contact) bool { return AddressKey(o.Email) == AddressKey(kept.Email) }) {
			return out, Invalidf("the contact %s stands there twice", kept.Email)
		}
		out.Contacts = append(out.Contacts, kept)
	}
	return out, nil
}

// organisationDomain refuses domains where everybody may have an address: all of their users would be members.
func organisationDomain(s string) (string, error) {
	address, err := ParseAddress("somebody@" + strings.TrimPrefix(strings.TrimSpace(s), "@"))
	if err != nil {
		return "", Invalidf("%q is not the domain of e-mail addresses, such as comune.prato.it", s)
	}
	_, domain := SplitAddress(address)
	if PublicDomain(domain) {
		return "", Invalidf("at %s everybody can have an address, so it is no organisation's domain; name its people as contacts", domain)
	}
	return domain, nil
}

func cleanContact(in Contact) (out Contact, err error) {
	if out.Email, err = ParseAddress(in.Email); err != nil {
		return out, err
	}
	if out.Name, err = CleanName(in.Name); err != nil {
		return out, err
	}
	out.Role, err = CleanName(in.Role)
	return out, err
}

// ReadOrganisations reads a table with the columns name, country, membership, domains (separated by blanks, commas or semicolons), contact_email,
// contact_name and contact_role. Lines of one name after the other are one organisation with several contacts. What is wrong is listed by line.
func ReadOrganisations(r io.Reader) (all []Organisation, faults []LineFault, err error) {
	t := table{required: []string{"name"}, optional: []string{"country", "membership", "domains", "contact_email", "contact_name", "contact_role"}}
	faults, err = readTable(r, t, func(_ int, cell cells) error {
		o := Organisation{
			Name: cell("name"), Country: cell("country"), Membership: Membership(strings.ToLower(cell("membership"))),
			Domains: strings.FieldsFunc(cell("domains"), func(r rune) bool { return strings.ContainsRune(" ,;", r) }),
		}
		if email := cell("contact_email"); email != "" {
			o.Contacts = []Contact{{email, cell("contact_name"), cell("contact_role")}}
		}
		last := len(all) - 1
		more := last >= 0 && strings.EqualFold(all[last].Name, o.Name)
		if more {
			o = merged(all[last], o)
		}
		o, err := CleanOrganisation(o)
		switch {
		case err != nil:
			return err
		case more:
			all[last] = o
		default:
			all = append(all, o)
		}
		return nil
	})
	return all, faults, err
}

// merged is an organisation with what a further line tells of it.
func merged(o, more Organisation) Organisation {
	if more.Country != "" {
		o.Country = more.Country
	}
	if more.Membership != "" {
		o.Membership = more.Membership
	}
	o.Domains, o.Contacts = slices.Concat(o.Domains, more.Domains), slices.Concat(o.Contacts, more.Contacts)
	return o
}
