package mce_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestATokenIsGoodForItsScopesAndItsTime(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	token, err := mce.NewAPIToken(" web  site ", []mce.Scope{mce.MayWriteEvents, mce.MayCheckIn, mce.MayWriteEvents}, now.Add(time.Hour), now)
	if err != nil || token.Name != "web site" || !slices.Equal(token.Scopes, []mce.Scope{mce.MayCheckIn, mce.MayWriteEvents}) {
		t.Fatalf("%+v, %v", token, err)
	}
	if !token.Allows(mce.MayCheckIn) || token.Allows(mce.MayReadEvents) {
		t.Error("writing is not reading")
	}
	if !token.Good(now.Add(time.Hour-1)) || token.Good(now.Add(time.Hour)) {
		t.Error("it does not end at its time")
	}
	token.Revoked = now
	if token.Good(now) {
		t.Error("it was revoked")
	}
}

func TestATokenThatIsNoneIsRefused(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	some := []mce.Scope{mce.MayCheckIn}
	for what, make := range map[string]func() (mce.APIToken, error){
		"without a name":  func() (mce.APIToken, error) { return mce.NewAPIToken("  ", some, time.Time{}, now) },
		"without a scope": func() (mce.APIToken, error) { return mce.NewAPIToken("site", nil, time.Time{}, now) },
		"unknown scope":   func() (mce.APIToken, error) { return mce.NewAPIToken("site", []mce.Scope{"admin"}, time.Time{}, now) },
		"expired":         func() (mce.APIToken, error) { return mce.NewAPIToken("site", some, now, now) },
	} {
		if _, err := make(); mce.ErrorCode(err) != mce.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestASecretIsFoundByItsHash(t *testing.T) {
	a, b := mce.NewAPISecret(), mce.NewAPISecret()
	if a == b || len(mce.APISecretHash(a)) != 32 || bytes.Equal(mce.APISecretHash(a), mce.APISecretHash(b)) {
		t.Errorf("%s, %s", a, b)
	}
	for _, other := range []string{"", "mce_", a[4:], a + "A", a[:len(a)-1], "mce_" + a, a[:10] + "\n" + a[10:]} {
		if mce.APISecretHash(other) != nil {
			t.Errorf("%q is taken for a secret", other)
		}
	}
}
