package mce_test

import (
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func TestASegmentIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		segment mce.Segment
		says    string // empty: it is right
	}{
		"everybody": {mce.Segment{}, ""},
		"right": {mce.Segment{
			Topics: []string{"x"}, Languages: []mce.Lang{"it", "en"}, Countries: []string{"IT"}, Membership: mce.Memberships(), Events: []string{"prato"},
		}, ""},
		"language":       {mce.Segment{Languages: []mce.Lang{"it", "xx"}}, `"xx"`},
		"no language":    {mce.Segment{Languages: []mce.Lang{""}}, `language ""`},
		"country":        {mce.Segment{Countries: []string{"Italy"}}, `"Italy"`},
		"small letters":  {mce.Segment{Countries: []string{"it"}}, "two capital letters"},
		"no country":     {mce.Segment{Countries: []string{""}}, "two capital letters"},
		"membership":     {mce.Segment{Membership: []mce.Membership{"friend"}}, "none, member or sponsor"},
		"no membership":  {mce.Segment{Membership: []mce.Membership{""}}, "none, member or sponsor"},
		"capital member": {mce.Segment{Membership: []mce.Membership{"Member"}}, `"Member"`},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.segment.Check()
			if c.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			refused(t, err, mce.Invalid, c.says)
		})
	}
}

// TestASegmentHasOneName: it is sealed, so its order must not matter.
func TestASegmentHasOneName(t *testing.T) {
	whole := mce.Segment{
		Topics: []string{"news", "events"}, Languages: []mce.Lang{"it", "en"}, Countries: []string{"IT", "FR"},
		Membership: []mce.Membership{mce.Sponsor, mce.Member}, Events: []string{"prato"},
	}
	for want, s := range map[string]mce.Segment{
		"": {},
		"topics events, news; languages en, it; countries FR, IT; membership member, sponsor; events prato": whole,
		"countries IT": {Countries: []string{"IT"}},
	} {
		if got := s.String(); got != want || s.All() != (want == "") {
			t.Errorf("%q, all %v; want %q", got, s.All(), want)
		}
	}
	if whole.Topics[0] != "news" {
		t.Error("naming the segment has changed it")
	}
}

func TestAnAudienceNamesPaceAndSegment(t *testing.T) {
	everybody := "active subscribers by topic" // approvals from before there were paces and segments hold
	for want, s := range map[string]mce.Series{
		everybody:               {},
		everybody + "; monthly": {Pace: mce.Monthly},
		everybody + "; monthly; membership member": {Pace: mce.Monthly, Segment: mce.Segment{Membership: []mce.Membership{mce.Member}}},
	} {
		if got := s.Audience(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if each := (mce.Series{Pace: mce.EachIssue}).Audience(); each != everybody {
		t.Errorf("%q: the zero pace is each issue", each)
	}
}

func TestAMembershipIsOneOfThree(t *testing.T) {
	for _, m := range mce.Memberships() {
		if err := m.Check(); err != nil {
			t.Error(err)
		}
	}
	refused(t, mce.Membership("").Check(), mce.Invalid, "none, member or sponsor")
}
