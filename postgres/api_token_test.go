package postgres_test

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func (o *office) token(name string, expires time.Time) (secret string) {
	o.t.Helper()
	secret = mce.NewAPISecret()
	t := value(mce.NewAPIToken(name, []mce.Scope{mce.MayReadEvents, mce.MayCheckIn}, expires, now))(o.t)
	must(o.t, o.AddAPIToken(o.t.Context(), t, mce.APISecretHash(secret)))
	return secret
}

func TestATokenIsFoundByItsSecretAndItsDayNoted(t *testing.T) {
	o := newOffice(t)
	secret := o.token("site", now.AddDate(1, 0, 0))
	o.token("desk", time.Time{})
	hash := mce.APISecretHash(secret)
	if _, err := o.APITokenByHash(t.Context(), mce.APISecretHash(mce.NewAPISecret()), now); mce.ErrorCode(err) != mce.NotFound {
		t.Error(err)
	}
	evening := at("2024-03-07T23:59:59Z")
	for _, moment := range []time.Time{now, evening, evening.Add(time.Second)} {
		got := value(o.APITokenByHash(t.Context(), hash, moment))(t)
		if want := moment.Truncate(24 * time.Hour); got.Name != "site" || !got.Used.Equal(want) || !got.Allows(mce.MayCheckIn) || !got.Expires.Equal(now.AddDate(1, 0, 0)) {
			t.Errorf("at %s: %+v", moment, got)
		}
	}
	all := value(o.APITokens(t.Context()))(t)
	if len(all) != 2 || !all[0].Used.Equal(at("2024-03-08T00:00:00Z")) || !all[1].Used.IsZero() || !all[1].Expires.IsZero() || !all[1].Created.Equal(now) {
		t.Errorf("%+v", all)
	}
	if found := o.everywhere(secret); len(found) > 0 {
		t.Errorf("the secret stands in %v", found)
	}
}

// TestAnExpiredTokenIsNotUsed: whoever goes on asking with it must not make it look alive.
func TestAnExpiredTokenIsNotUsed(t *testing.T) {
	o := newOffice(t)
	secret := o.token("site", now.Add(time.Hour))
	got := value(o.APITokenByHash(t.Context(), mce.APISecretHash(secret), now.Add(time.Hour)))(t)
	if got.Good(now.Add(time.Hour)) || !got.Used.IsZero() {
		t.Errorf("%+v", got)
	}
}

func TestARevokedTokenIsOverAndItsNameFree(t *testing.T) {
	o := newOffice(t)
	secret := o.token("site", time.Time{})
	again := value(mce.NewAPIToken("site", []mce.Scope{mce.MayCheckIn}, time.Time{}, now))(t)
	if err := o.AddAPIToken(t.Context(), again, mce.APISecretHash(mce.NewAPISecret())); mce.ErrorCode(err) != mce.Conflict {
		t.Errorf("two of one name: %v", err)
	}
	must(t, o.RevokeAPIToken(t.Context(), "site", now))
	if got := value(o.APITokenByHash(t.Context(), mce.APISecretHash(secret), now))(t); got.Good(now) || !got.Revoked.Equal(now) {
		t.Errorf("%+v", got)
	}
	if err := o.RevokeAPIToken(t.Context(), "site", now); mce.ErrorCode(err) != mce.NotFound {
		t.Errorf("revoked twice: %v", err)
	}
	must(t, o.AddAPIToken(t.Context(), again, mce.APISecretHash(mce.NewAPISecret())))
	if all := value(o.APITokens(t.Context()))(t); len(all) != 2 {
		t.Errorf("%+v", all)
	}
}
