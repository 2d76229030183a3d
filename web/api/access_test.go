package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestATokenOpensWhatItsScopesName(t *testing.T) {
	s := newSite(t)
	desk := s.tokenFor("desk", mce.MayCheckIn)
	p := s.do(call{method: http.MethodGet, path: "/events", token: desk}).gives(t, http.StatusForbidden, "forbidden")
	if !strings.Contains(p.Detail, "events:read") {
		t.Error(p.Detail)
	}
	s.do(call{method: http.MethodPost, path: "/events/larissa/check-ins", token: desk, body: `{"code": "NOBODYS1"}`}).gives(t, http.StatusNotFound, "not_found")
	writer := s.tokenFor("writer", mce.MayWriteEvents)
	s.do(call{method: http.MethodGet, path: "/events/larissa", token: writer}).gives(t, http.StatusForbidden, "forbidden")
}

// TestATokenThatIsNoneOpensNothing: whoever asks does not learn whether there was one.
func TestATokenThatIsNoneOpensNothing(t *testing.T) {
	s := newSite(t)
	revoked := s.tokenFor("revoked", mce.Scopes()...)
	if err := s.store.RevokeAPIToken(t.Context(), "revoked", frozen{}.Now()); err != nil {
		t.Fatal(err)
	}
	expired := mce.NewAPISecret()
	then := frozen{}.Now().AddDate(0, 0, -2)
	old := must(mce.NewAPIToken("expired", mce.Scopes(), then.Add(time.Hour), then))(t)
	if err := s.store.AddAPIToken(t.Context(), old, mce.APISecretHash(expired)); err != nil {
		t.Fatal(err)
	}
	get := call{method: http.MethodGet, path: "/events"}
	const challenge, invalid = `Bearer realm="mce-mailer"`, `Bearer realm="mce-mailer", error="invalid_token"`
	for header, want := range map[string]string{
		"": challenge, "Basic " + s.token: challenge, "Bearer": invalid, "Bearer " + revoked: invalid, "Bearer " + expired: invalid,
		"Bearer " + mce.NewAPISecret(): invalid, "Bearer " + s.token + "x": invalid, "Bearer mce_": invalid,
	} {
		a := s.do(get.with("Authorization", header))
		a.gives(t, http.StatusUnauthorized, "unauthorized")
		if got := a.Header.Get("WWW-Authenticate"); got != want {
			t.Errorf("%q: %s", header, got)
		}
	}
	s.do(get.with("Authorization", "bearer "+s.token)).into(t, http.StatusOK, new(any)) // RFC 9110 §11.1: of any case
	for _, token := range must(s.store.APITokens(t.Context()))(t) {
		if used := !token.Used.IsZero(); used != (token.Name == "all") {
			t.Errorf("%s: used on %v", token.Name, token.Used)
		}
	}
}

// TestWhoGuessesTokensIsSlowedDown, and nobody else is.
func TestWhoGuessesTokensIsSlowedDown(t *testing.T) {
	s := newSite(t)
	guess := call{method: http.MethodGet, path: "/events", token: "mce_guess"}
	var last answer
	for range 30 {
		last = s.do(guess)
	}
	last.gives(t, http.StatusTooManyRequests, "busy")
	if last.Header.Get("Retry-After") != "3" {
		t.Error(last.Header.Get("Retry-After"))
	}
	s.get("/events").into(t, http.StatusOK, new(any))
	s.do(guess.with("X-Forwarded-For", "192.0.2.1")).gives(t, http.StatusUnauthorized, "unauthorized")
}

func TestOtherMethodsAndAddressesAreProblems(t *testing.T) {
	s := newSite(t)
	for path, allow := range map[string]string{
		"/events": "GET, HEAD", "/events/larissa": "GET, HEAD, PATCH, PUT", "/registrations": "GET, HEAD, POST", "/registrations/1/cancellation": "POST",
		"/subscriptions": "GET, HEAD, POST",
	} {
		for _, method := range []string{http.MethodDelete, http.MethodOptions, http.MethodPost, http.MethodGet} {
			if strings.Contains(allow, method) {
				continue
			}
			a := s.do(call{method: method, path: path})
			a.gives(t, http.StatusMethodNotAllowed, "method_not_allowed")
			if got := a.Header.Get("Allow"); got != allow {
				t.Errorf("%s %s: Allow %s, want %s", method, path, got, allow)
			}
		}
	}
	for _, path := range []string{"", "/", "/nowhere", "/events/larissa/", "/events/larissa/people"} {
		r := must(http.DefaultTransport.RoundTrip(s.request(call{method: http.MethodGet, path: path}, s.url)))(t)
		r.Body.Close()
		if r.StatusCode != http.StatusNotFound || r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.Header.Get("Content-Type"))
		}
	}
}

// TestAFaultOfOursTellsNothingOfIt: the log has the cause.
func TestAFaultOfOursTellsNothingOfIt(t *testing.T) {
	s := newSite(t)
	s.sql(`alter table events rename to lost`)
	if p := s.get("/events").gives(t, http.StatusInternalServerError, "internal"); strings.Contains(p.Detail, "relation") {
		t.Error(p.Detail)
	}
}
