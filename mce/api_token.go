package mce

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// APIToken lets a program use the interface for what its scopes name. The secret itself is shown once and kept nowhere.
type APIToken struct {
	ID      int64
	Name    string // for people: which program has it
	Scopes  []Scope
	Created time.Time
	Expires time.Time // from then on it is worth nothing; zero: never
	Revoked time.Time // zero: it was not
	Used    time.Time // the day (UTC) on which it was last used; zero: never
}

// Scope is what a token of a program is good for.
type Scope string

// The scopes. To write is not to read: a form that registers need not see who else did.
const (
	MayReadRegistrations  Scope = "registrations:read"
	MayWriteRegistrations Scope = "registrations:write"
	MayReadEvents         Scope = "events:read"
	MayWriteEvents        Scope = "events:write"
	MayCheckIn            Scope = "check-in" // at the desk of an event: it tells who holds a code
)

// Scopes lists the scopes.
func Scopes() []Scope {
	return []Scope{MayReadRegistrations, MayWriteRegistrations, MayReadEvents, MayWriteEvents, MayCheckIn}
}

// NewAPIToken checks what an operator wants a token to be. Expires may be zero, else it must lie after now.
func NewAPIToken(name string, scopes []Scope, expires, now time.Time) (t APIToken, err error) {
	if t.Name, err = CleanName(name); err != nil {
		return t, err
	}
	if t.Name == "" {
		return t, Invalidf("a token needs a name that says which program has it")
	}
	if len(scopes) == 0 {
		return t, Invalidf("a token needs a scope, one of %v", Scopes())
	}
	for _, s := range scopes {
		if !slices.Contains(Scopes(), s) {
			return t, Invalidf("the scope %q must be one of %v", s, Scopes())
		}
	}
	if !expires.IsZero() && !expires.After(now) {
		return t, Invalidf("the token would have expired already")
	}
	t.Scopes = slices.Compact(slices.Sorted(slices.Values(scopes)))
	t.Created, t.Expires = now, expires
	return t, nil
}

// Good reports whether the token opens anything at now.
func (t APIToken) Good(now time.Time) bool {
	return t.Revoked.IsZero() && (t.Expires.IsZero() || now.Before(t.Expires))
}

// Allows reports whether the token is good for a scope.
func (t APIToken) Allows(s Scope) bool { return slices.Contains(t.Scopes, s) }

// apiSecretMark begins every secret, so that those who look for secrets in the wrong places recognise one.
const apiSecretMark = "mce_"

// secretSize is in bytes.
const secretSize = 32

// NewAPISecret makes the secret of a token: 256 bits by chance.
func NewAPISecret() string {
	raw := make([]byte, secretSize)
	rand.Read(raw)
	return apiSecretMark + base64.RawURLEncoding.EncodeToString(raw)
}

// APISecretHash is what is kept of a secret, and what it is found by. A plain hash does: nobody guesses 256 bits. It is nil for what is no
// secret of ours.
func APISecretHash(secret string) []byte {
	if len(secret) != len(apiSecretMark)+base64.RawURLEncoding.EncodedLen(secretSize) || !strings.HasPrefix(secret, apiSecretMark) {
		return nil
	}
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
