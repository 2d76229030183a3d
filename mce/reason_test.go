package mce_test

import (
	"encoding/json"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// TestReasonsAreSaidInEnglish, as "issue explain" has them, and the same once they were written down.
func TestReasonsAreSaidInEnglish(t *testing.T) {
	when := mce.InZone(at("2024-03-30T23:30:00Z"), "Europe/Rome")
	for says, r := range map[string]mce.Reason{
		`number 2 of section "news"`:                                {Kind: mce.ReasonPlace, Number: 2, Section: "news"},
		`an editor put it there: number 2 of section "news"`:        {Kind: mce.ReasonPlace, Number: 2, Section: "news", ByHand: true},
		`number 2 of section "news"; it ran in number 3, too`:       {Kind: mce.ReasonPlace, Number: 2, Section: "news", RanIn: 3},
		`section "news" is full (quota 4); first in line next time`: {Kind: mce.ReasonFull, Section: "news", Quota: 4},
		"no section takes this kind and these topics":               {Kind: mce.ReasonSection},
		"ran in number 7":                                                 {Kind: mce.ReasonRan, Number: 7},
		"an editor left it out of number 7":                               {Kind: mce.ReasonLeft, Number: 7},
		"an editor left it out":                                           {Kind: mce.ReasonOut},
		"an editor holds it for the next issue":                           {Kind: mce.ReasonHeld},
		"its time begins on 31 March 2024, 00:30":                         {Kind: mce.ReasonBegins, When: when},
		"its time ended on 31 March 2024, 00:30":                          {Kind: mce.ReasonEnded, When: when},
		"the event is cancelled":                                          {Kind: mce.ReasonCancelled},
		"the event began on 31 March 2024, 00:30":                         {Kind: mce.ReasonBegan, When: when},
		"published before the series began, on 31 March 2024, 00:30":      {Kind: mce.ReasonBefore, When: when},
		"the issue was skipped: too little to say: 2 of at least 3 items": {Kind: mce.ReasonSkipped, Number: 2, Quota: 3},
		"": {},
	} {
		if r.String() != says {
			t.Errorf("%q, want %q", r, says)
		}
		written, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var read mce.Reason
		if err := json.Unmarshal(written, &read); err != nil || read.String() != says {
			t.Errorf("%s is read as %q: %v", written, read, err)
		}
	}
	for _, kind := range []mce.ReasonKind{"", "of another time"} {
		if r := (mce.Reason{Kind: kind, Text: "the moon is full"}); r.String() != "the moon is full" {
			t.Errorf("%q: %q", kind, r)
		}
	}
}
