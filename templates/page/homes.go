package page

import (
	"slices"
	"strings"

	"github.com/majorcities/mce-mailer/mce"
)

// continent is a group of time zones to choose from.
type continent struct {
	Name  string
	Homes []home
}

// home is a time zone, by the city that it is named after.
type home struct {
	Zone, City string
}

// Homes are the time zones to choose from, and the one that was chosen, where it is another.
func (f frame) Homes(chosen string) ([]continent, error) {
	zones := mce.Homes()
	if chosen != "" && !slices.Contains(zones, chosen) {
		zones = append(zones, chosen)
	}
	var out []continent
	last := ""
	for _, zone := range zones {
		area, city, found := strings.Cut(zone, "/")
		if !found {
			area, city = "other", zone
		}
		if len(out) == 0 || area != last {
			name, err := f.T("zone." + area)
			if err != nil { // one that was brought in by a table, or by a hostile hand
				name = area
			}
			out, last = append(out, continent{Name: name}), area
		}
		c := &out[len(out)-1]
		c.Homes = append(c.Homes, home{Zone: zone, City: strings.ReplaceAll(city[strings.LastIndexByte(city, '/')+1:], "_", " ")})
	}
	return out, nil
}

// choice is a session to choose.
type choice struct {
	Slug   string
	Name   foreign
	When   string
	Chosen bool
}

// Choices are the sessions of an event that one may choose.
func (f frame) Choices(e mce.Event, p mce.Particulars) []choice {
	var out []choice
	for _, s := range e.Choosable() {
		out = append(out, choice{
			Slug: s.Slug, Name: f.In(f.Lang, s.Title), When: f.Span(s.Starts.In(e.Zone()), s.Ends.In(e.Zone())), Chosen: p.Chose(s),
		})
	}
	return out
}
