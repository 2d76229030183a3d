package mce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// at reads a time such as 2024-03-31T02:30:00+01:00.
func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func en(s string) mce.Text { return mce.Text{"en": s} }

// refused checks that an error has the code and says all the words to people.
func refused(t *testing.T, err error, code mce.Code, words ...string) {
	t.Helper()
	if mce.ErrorCode(err) != code {
		t.Fatalf("error %v, want one of code %s", err, code)
	}
	for _, w := range words {
		if !strings.Contains(mce.ErrorMessage(err), w) {
			t.Errorf("message %q does not say %q", mce.ErrorMessage(err), w)
		}
	}
}
