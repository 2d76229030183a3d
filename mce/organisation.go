package mce

import "slices"

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
