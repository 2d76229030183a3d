package mce_test

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestPausesBetweenTriesGrowToFourHours(t *testing.T) {
	for tries, want := range map[int]time.Duration{
		-1: 5 * time.Minute, 0: 5 * time.Minute, 1: 5 * time.Minute, 2: 10 * time.Minute, 3: 20 * time.Minute, 4: 40 * time.Minute,
		5: 80 * time.Minute, 6: 160 * time.Minute, 7: 4 * time.Hour, 8: 4 * time.Hour, 1000: 4 * time.Hour,
	} {
		different := map[time.Duration]bool{}
		for range 100 {
			got := mce.RetryAfter(tries)
			if got < want || got >= want+want/10 {
				t.Fatalf("after %d tries %s, want %s and up to a tenth", tries, got, want)
			}
			different[got] = true
		}
		if len(different) < 50 {
			t.Errorf("after %d tries only %d different pauses: letters would come back together", tries, len(different))
		}
	}
}

func TestALetterIsGivenUpAfterItsLatestMoment(t *testing.T) {
	latest := thursday.Add(time.Hour)
	for name, c := range map[string]struct {
		latest, due time.Time
		want        bool
	}{
		"in time":            {latest, latest, false},
		"too late":           {latest, latest.Add(1), true},
		"five days":          {time.Time{}, thursday.Add(mce.RetryFor), false},
		"more than five":     {time.Time{}, thursday.Add(mce.RetryFor + 1), true},
		"latest beyond five": {thursday.AddDate(0, 1, 0), thursday.AddDate(0, 0, 20), false},
	} {
		if got := mce.GiveUp(thursday, c.latest, c.due); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTheKindOfALetterDecidesWhatItsTokenIsGoodFor(t *testing.T) {
	for kind, want := range map[mce.LetterKind]struct {
		purpose        mce.Purpose
		bulk, leavable bool
	}{
		mce.Newsletter:   {mce.ForLeaving, true, true},
		mce.Welcome:      {mce.ForLeaving, false, true},
		mce.Invitation:   {mce.ForLeaving, true, true},
		mce.OptIn:        {mce.ForConfirming, false, false},
		mce.SelfLink:     {mce.ForSelf, false, false},
		mce.Move:         {mce.ForMoving, false, false},
		mce.LoginLink:    {mce.ForLogin, false, false},
		mce.Confirmation: {mce.ForDelegate, false, false},
		mce.Reminder:     {mce.ForDelegate, false, false},
	} {
		if got := (mce.Letter{Kind: kind}).Purpose(); got != want.purpose || kind.Bulk() != want.bulk || kind.Leavable() != want.leavable {
			t.Errorf("%s: %s, bulk %v, leavable %v", kind, got, kind.Bulk(), kind.Leavable())
		}
	}
}

func TestAPreviewFillsTheSlotsAndEscapes(t *testing.T) {
	mark := mce.SlotMark("n", mce.SlotGreeting)
	e := mce.Edition{Nonce: "n", HTML: "<p>" + mark + "</p>", Text: mark + " " + mce.SlotMark("other", mce.SlotGreeting)}
	got := e.Filled(map[string]string{mce.SlotGreeting: "Dear <b>,"})
	if got.HTML != "<p>Dear &lt;b&gt;,</p>" || got.Text != "Dear <b>, "+mce.SlotMark("other", mce.SlotGreeting) {
		t.Errorf("%q, %q", got.HTML, got.Text)
	}
}
