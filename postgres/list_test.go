package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

// population is an office with readers of many kinds: two cities are members, a company is a sponsor, and others only say so.
func population(t *testing.T) *office {
	o := recorded(t)
	must(t, o.Erase(t.Context(), "dora@example.org", "test", now))
	must(t, o.SaveOrganisations(t.Context(), []mce.Organisation{
		{Name: "Comune di Prato", Country: "IT", Membership: mce.Member, Domains: []string{"comune.prato.example"}},
		{Name: "Larissa", Country: "GR", Membership: mce.Member, Contacts: []mce.Contact{{Email: "Mayor@gmail.com", Role: "mayor"}}},
		{Name: "Fibre Ltd", Membership: mce.Sponsor, Domains: []string{"fibre.example"}}, {Name: "Neighbours", Domains: []string{"neighbour.example"}},
	}, now))
	people := []mce.Subscriber{
		{Email: "Sara@comune.prato.example", Details: mce.Details{Name: "Sara 100%", Country: "IT"}, Choices: mce.Choices{Language: "it", Topics: []string{"news"}}},
		{Email: "mayor@gmail.com", Details: mce.Details{Name: "Ἄννα", Country: "GR"}, Choices: mce.Choices{Language: "en", Topics: []string{"events"}}},
		{Email: "seller@fibre.example", Choices: mce.Choices{Language: "en", Topics: []string{"events", "news"}}},
		{Email: "says@so.example", Details: mce.Details{Organisation: "Comune di Prato"}, Choices: mce.Choices{Language: "it", Topics: []string{"news"}}},
		{Email: "x@neighbour.example", Choices: mce.Choices{Language: "en", Topics: []string{"news"}}},
		{Email: "x@sub.comune.prato.example", Choices: mce.Choices{Language: "en", Topics: []string{"news"}}},
	}
	value(o.ImportSubscribers(t.Context(), people, "yes", "desk", now, nil))(t)
	o.register("Seller@fibre.example", "anna@example.org")
	must(t, o.CancelRegistration(t.Context(), "prato", "anna@example.org", told, domain, now))
	return o
}

func TestSubscribersAreFound(t *testing.T) {
	o := population(t)
	for name, c := range map[string]struct {
		q    mce.SubscriberQuery
		want string
	}{
		"a state":        {mce.SubscriberQuery{State: mce.Unsubscribed}, "bob"},
		"part of name":   {mce.SubscriberQuery{Search: " sARA "}, "sara"},
		"of an address":  {mce.SubscriberQuery{Search: "@FIBRE.ex"}, "seller"},
		"organisation":   {mce.SubscriberQuery{Search: "comune DI"}, "says"},
		"per cent":       {mce.SubscriberQuery{Search: "100%"}, "sara"},
		"no wildcard":    {mce.SubscriberQuery{Search: "s%a"}, ""},
		"nor underline":  {mce.SubscriberQuery{Search: "s_ra"}, ""},
		"nor backslash":  {mce.SubscriberQuery{Search: `\`}, ""},
		"not across":     {mce.SubscriberQuery{Search: "example Sara"}, ""},
		"Greek":          {mce.SubscriberQuery{Search: "ἄΝΝΑ"}, "mayor"},
		"a topic":        {mce.SubscriberQuery{Segment: mce.Segment{Topics: []string{"events"}}}, "carla mayor seller"},
		"a language":     {mce.SubscriberQuery{Segment: mce.Segment{Languages: []mce.Lang{"it"}}}, "carla sara says"},
		"countries":      {mce.SubscriberQuery{Segment: mce.Segment{Countries: []string{"GR", "IT"}}}, "mayor sara"},
		"members":        {mce.SubscriberQuery{Segment: mce.Segment{Membership: []mce.Membership{mce.Member}}}, "mayor sara"},
		"or sponsors":    {mce.SubscriberQuery{Segment: mce.Segment{Membership: []mce.Membership{mce.Member, mce.Sponsor}}}, "mayor sara seller"},
		"neither":        {mce.SubscriberQuery{Segment: mce.Segment{Membership: []mce.Membership{mce.NoMember}, Languages: []mce.Lang{"it"}}}, "carla says"},
		"of an event":    {mce.SubscriberQuery{Segment: mce.Segment{Events: []string{"prato"}}}, "seller"},
		"all at once":    {mce.SubscriberQuery{State: mce.Active, Search: "example", Segment: mce.Segment{Topics: []string{"news"}, Membership: []mce.Membership{mce.Member}}}, "sara"},
		"the first":      {mce.SubscriberQuery{Limit: 2}, "anna bob"},
		"and the others": {mce.SubscriberQuery{Limit: 3, After: "BOB@example.org"}, "carla mayor sara"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range value(o.Subscribers(t.Context(), c.q))(t) {
				local, _, _ := strings.Cut(strings.ToLower(p.Email), "@")
				got = append(got, local)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestALongListEndsWhereItsReaderEnds(t *testing.T) {
	o := newOffice(t)
	o.many(200)
	enough, seen := errors.New("enough"), 0
	err := o.EachSubscriber(t.Context(), mce.SubscriberQuery{}, func(mce.Subscriber) error {
		if seen++; seen == 100 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || seen != 100 {
		t.Errorf("%d seen, %v", seen, err)
	}
}
