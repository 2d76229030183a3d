package mailer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/majorcities/mce-mailer/mce"
)

// replies are what a server may say at any phase.
var replies = map[string]answer{
	"taken":              {code: 250, text: "2.0.0 queued"},
	"450 4.2.1":          {code: 450, text: "4.2.1 mailbox busy", err: errors.New("450")},
	"451":                {code: 451, text: "try again later", err: errors.New("451")},
	"421":                {code: 421, text: "4.3.2 closing", err: errors.New("421"), broken: true},
	"550 5.1.1":          {code: 550, text: "5.1.1 no such user", err: errors.New("550")},
	"550 5.1.10":         {code: 550, text: "5.1.10 null MX", err: errors.New("550")},
	"550 5.1.8":          {code: 550, text: "5.1.8 sender's domain not found", err: errors.New("550")},
	"553 5.1.7":          {code: 553, text: "5.1.7 sender's address is wrong", err: errors.New("553")},
	"550 5.7.1":          {code: 550, text: "5.7.1 policy", err: errors.New("550")},
	"554":                {code: 554, text: "no", err: errors.New("554")},
	"a 5.1.1 in a 4yz":   {code: 450, text: "5.1.1 no such user, yet", err: errors.New("450")},
	"nothing (cut off)":  {text: "EOF", err: errors.New("EOF"), broken: true},
	"nothing (too late)": {text: "i/o timeout", err: errors.New("i/o timeout"), broken: true},
}

func TestJudge(t *testing.T) {
	temporary := []string{"450 4.2.1", "451", "421", "a 5.1.1 in a 4yz"}
	suppress := []string{"550 5.1.1", "550 5.1.10"}
	for reply, a := range replies {
		for _, a.phase = range []phase{phaseMail, phaseRcpt, phaseData, phaseDot} {
			for _, kind := range []mce.LetterKind{mce.Newsletter, mce.Confirmation, mce.Reminder, mce.OptIn, mce.Welcome, mce.SelfLink, mce.Move, mce.Invitation, mce.Certificate} {
				want := mce.Refused
				switch {
				case reply == "taken":
					want = mce.Delivered
				case slices.Contains(temporary, reply):
					want = mce.Deferred
				case a.code == 0 && a.phase == phaseDot && (kind == mce.Newsletter || kind == mce.Invitation):
					want = mce.Uncertain
				case a.code == 0:
					want = mce.Deferred
				}
				t.Run(fmt.Sprintf("%s at phase %d, %s", reply, a.phase, kind), func(t *testing.T) {
					try := judge(mce.Letter{Kind: kind, CreatedAt: FixtureNow}, time.Time{}, a, FixtureNow)
					if try.Outcome != want || try.Code != a.code || try.Detail != a.text {
						t.Errorf("%+v, want %s", try, want)
					}
					if want := a.phase == phaseRcpt && slices.Contains(suppress, reply); try.Suppress != want {
						t.Errorf("suppressed: %t", try.Suppress)
					}
					if (try.Outcome == mce.Deferred) != try.Due.After(FixtureNow) {
						t.Errorf("due %s", try.Due)
					}
				})
			}
		}
	}
}

// TestRelayFaults: no attempt is spent on a relay that refuses us before it has heard whom the letter is to.
func TestRelayFaults(t *testing.T) {
	refused := errors.New("refused")
	for _, c := range []struct {
		code   int
		text   string
		err    error
		atMail bool
		atRcpt bool
	}{
		{250, "", nil, false, false}, {0, "EOF", refused, true, false}, {421, "", refused, true, false}, {454, "", refused, true, false},
		{530, "5.7.0 log in first", refused, true, true}, {535, "", refused, true, true}, {538, "", refused, true, false},
		{450, "", refused, false, false}, {452, "", refused, false, false}, {550, "5.1.1 unknown", refused, true, false},
		{553, "5.1.8 sender's domain is unknown", refused, true, true}, {553, "5.1.7 bad sender", refused, true, true},
		{554, "5.7.1 <anna@example.org>: Relay access denied", refused, true, true}, {550, "5.7.1 not to this person", refused, true, false},
	} {
		for p, want := range map[phase]bool{phaseMail: c.atMail, phaseRcpt: c.atRcpt, phaseData: false, phaseDot: false} {
			if got := (answer{phase: p, code: c.code, text: c.text, err: c.err}).relayFault(); got != want {
				t.Errorf("%d %s at phase %d: %t", c.code, c.text, p, got)
			}
		}
	}
}

func TestDeferralsGrowAndEnd(t *testing.T) {
	busy := answer{phase: phaseRcpt, code: 451, text: "later", err: errors.New("451")}
	l := mce.Letter{Kind: mce.Newsletter, CreatedAt: FixtureNow}
	now, last := FixtureNow, time.Duration(0)
	for {
		try := judge(l, time.Time{}, busy, now)
		if try.Outcome == mce.Expired {
			if !try.Due.IsZero() {
				t.Error("expired, and due again")
			}
			break
		}
		pause := try.Due.Sub(now)
		if try.Outcome != mce.Deferred || pause < min(last*10/11, 4*time.Hour) || pause > 4*time.Hour+24*time.Minute {
			t.Fatalf("try %d: %s in %s, after %s", l.Attempts, try.Outcome, pause, last)
		}
		last, now = pause, try.Due
		l.Attempts++
	}
	if tried := now.Sub(FixtureNow); tried > mce.RetryFor || tried < mce.RetryFor-5*time.Hour {
		t.Errorf("given up after %s", tried)
	}
	if l.Attempts < 30 || l.Attempts > 40 {
		t.Errorf("given up after %d tries", l.Attempts)
	}
}

// TestNothingIsTriedPastItsUse: the next try would come after the latest useful moment.
func TestNothingIsTriedPastItsUse(t *testing.T) {
	busy := answer{phase: phaseRcpt, code: 451, err: errors.New("451")}
	l := mce.Letter{Kind: mce.Reminder, CreatedAt: FixtureNow}
	for latest, want := range map[time.Duration]mce.Outcome{
		time.Minute: mce.Expired, 4*time.Minute + 59*time.Second: mce.Expired, 6 * time.Minute: mce.Deferred, 200 * time.Hour: mce.Deferred,
	} {
		if try := judge(l, FixtureNow.Add(latest), busy, FixtureNow); try.Outcome != want {
			t.Errorf("of use for %s: %s", latest, try.Outcome)
		}
	}
}

func TestPoison(t *testing.T) {
	fault := errors.New("it cannot be made")
	for attempts, want := range []mce.Outcome{mce.Deferred, mce.Deferred, mce.Failed, mce.Failed} {
		try := unmade(mce.Letter{Attempts: attempts}, fault, FixtureNow)
		if try.Outcome != want || try.Detail != fault.Error() || (want == mce.Deferred) != try.Due.After(FixtureNow) {
			t.Errorf("after %d tries: %+v", attempts, try)
		}
	}
}

func TestEnhancedStatus(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "5.1.1": "5.1.1", "5.1.1 no such user": "5.1.1", "4.2.2 full\n4.2.2 really": "4.2.2", "2.0.0": "2.0.0", "5.1.10 null MX": "5.1.10",
		"3.1.1 no class": "", "no 5.1.1 at the beginning": "", "5.1": "", "5.1.1234": "", "51.1.1": "", "5.7.1234 x": "",
	} {
		if got := enhanced(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestServersWordsAreKeptShort: and in a form that PostgreSQL takes.
func TestServersWordsAreKeptShort(t *testing.T) {
	for _, s := range []string{"", "short", strings.Repeat("x", 5000), strings.Repeat("é", 400), "bad \xff\xfe bytes", "a\x00b", strings.Repeat("\xff", 600)} {
		got := clip(s)
		if len(got) > 510 || !utf8.ValidString(got) || strings.Contains(got, "\x00") {
			t.Errorf("%q becomes %q", s, got)
		}
	}
}
