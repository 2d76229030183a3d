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

func TestLettersAreNotKeptForTooShortATime(t *testing.T) {
	for months, right := range map[int]bool{-1: false, 0: false, 1: false, 2: true, 1200: true, 1201: false} {
		if err := (mce.Keep{Letters: months}).Check(); (err == nil) != right || !right && mce.ErrorCode(err) != mce.Invalid {
			t.Errorf("%d months: %v", months, err)
		}
	}
}
