package mce

import (
	"slices"
	"strings"
)

// Segment is a part of the subscribers. Within a field one value suffices, of the fields all must fit; an empty field asks nothing, so
// the zero value is everybody.
type Segment struct {
	Topics     []string     `json:"topics,omitempty"`
	Languages  []Lang       `json:"languages,omitempty"`
	Countries  []string     `json:"countries,omitempty"`  // ISO 3166-1
	Membership []Membership `json:"membership,omitempty"` // of an organisation that they belong to
	Events     []string     `json:"events,omitempty"`     // slugs: who is registered for one of them
}

// All reports whether it is everybody.
func (s Segment) All() bool {
	return len(s.Topics)+len(s.Languages)+len(s.Countries)+len(s.Membership)+len(s.Events) == 0
}

// Check says what is wrong with it, if anything. Whether topics and events exist is known elsewhere.
func (s Segment) Check() error {
	for _, l := range s.Languages {
		if _, err := ParseLang(string(l)); err != nil || l == "" {
			return Invalidf("segment: language %q is not one we write in", l)
		}
	}
	for _, c := range s.Countries {
		if kept, err := ParseCountry(c); err != nil || kept != c || c == "" {
			return Invalidf("segment: %q is not the code of a country; it has two capital letters, such as IT", c)
		}
	}
	for _, m := range s.Membership {
		if err := m.Check(); err != nil {
			return err
		}
	}
	return nil
}

// SubscriberQuery asks for a part of the list of subscribers. The zero value is all of it.
type SubscriberQuery struct {
	State   SubscriberState // empty: any but erased
	Search  string          // stands somewhere in the address, the name or the organisation, in whatever case
	Segment Segment
	Limit   int    // at most so many; 0: all
	After   string // address behind which to go on: lists are in the order of AddressKey
}

// String names the segment for seals and people: "topics events; countries IT, FR". Everybody is "".
func (s Segment) String() string {
	var parts []string
	add := func(name string, values []string) {
		if len(values) > 0 {
			parts = append(parts, name+" "+strings.Join(slices.Sorted(slices.Values(values)), ", "))
		}
	}
	add("topics", s.Topics)
	add("languages", texts(s.Languages))
	add("countries", s.Countries)
	add("membership", texts(s.Membership))
	add("events", s.Events)
	return strings.Join(parts, "; ")
}

func texts[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, v := range in {
		out[i] = string(v)
	}
	return out
}
