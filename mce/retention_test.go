package mce_test

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestLettersGoByWholeMonths(t *testing.T) {
	for _, c := range []struct {
		months    int
		now, from string
	}{
		{13, "2024-03-01T00:00:00Z", "2023-02-01"}, // the last letter of January 2023 is 13 months old
		{13, "2024-02-29T23:59:59Z", "2023-01-01"},
		{13, "2024-03-31T12:00:00Z", "2023-02-01"}, // there is no 31 February
		{2, "2024-01-15T00:00:00Z", "2023-11-01"},
		{13, "2024-03-01T00:30:00+01:00", "2023-01-01"}, // still February in UTC
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if from := (mce.Keep{Letters: c.months}).LettersFrom(now).Format(time.DateOnly); from != c.from {
			t.Errorf("%d months at %s: letters are kept from %s, want %s", c.months, c.now, from, c.from)
		}
	}
}

func TestPeopleAreKeptToTheDay(t *testing.T) {
	k := mce.Keep{Unconfirmed: 30, Unsubscribed: 1, Delegates: 24}
	for _, c := range []struct{ now, unconfirmed, unsubscribed, delegates string }{
		{"2024-03-07T08:00:00Z", "2024-02-06T08:00:00Z", "2024-02-07T08:00:00Z", "2022-03-07T08:00:00Z"},
		{"2023-03-31T08:00:00Z", "2023-03-01T08:00:00Z", "2023-02-28T08:00:00Z", "2021-03-31T08:00:00Z"}, // not 3 March: nobody goes early
		{"2024-02-29T08:00:00Z", "2024-01-30T08:00:00Z", "2024-01-29T08:00:00Z", "2022-02-28T08:00:00Z"},
		{"2024-03-01T00:30:00+01:00", "2024-01-30T23:30:00Z", "2024-01-29T23:30:00Z", "2022-02-28T23:30:00Z"},
	} {
		now := at(c.now)
		for _, m := range []struct {
			kind, want string
			got        time.Time
		}{
			{"unconfirmed", c.unconfirmed, k.UnconfirmedFrom(now)}, {"unsubscribed", c.unsubscribed, k.UnsubscribedFrom(now)},
			{"delegates", c.delegates, k.DelegatesFrom(now)},
		} {
			if got := m.got.Format(time.RFC3339); got != m.want {
				t.Errorf("%s at %s: kept from %s, want %s", m.kind, c.now, got, m.want)
			}
		}
	}
}

func TestNothingIsKeptForTooShortOrTooLongATime(t *testing.T) {
	usual := mce.Keep{Letters: 13, Unconfirmed: 30, Unsubscribed: 36, Delegates: 24}
	if fault := usual.Check(); fault != nil {
		t.Fatal(fault)
	}
	for field, c := range map[string]struct {
		set         func(*mce.Keep, int)
		least, most int
	}{
		"letters":      {func(k *mce.Keep, n int) { k.Letters = n }, 2, 1200},
		"unconfirmed":  {func(k *mce.Keep, n int) { k.Unconfirmed = n }, 2, 365},
		"unsubscribed": {func(k *mce.Keep, n int) { k.Unsubscribed = n }, 1, 240},
		"delegates":    {func(k *mce.Keep, n int) { k.Delegates = n }, 1, 240},
	} {
		for n, right := range map[int]bool{-1: false, 0: false, c.least - 1: false, c.least: true, c.most: true, c.most + 1: false} {
			k := usual
			c.set(&k, n)
			switch fault := k.Check(); {
			case right && fault != nil:
				t.Errorf("%s, %d: %v", field, n, fault)
			case !right && (fault == nil || fault.Field != field || mce.ErrorCode(fault) != mce.Invalid):
				t.Errorf("%s, %d: %v", field, n, fault)
			}
		}
	}
}
