package mce_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

func keys(t testing.TB, letter string) *mce.Keys {
	t.Helper()
	k, err := mce.NewKeys([]byte(strings.Repeat(letter, mce.MinSecret)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func purposes() []mce.Purpose {
	return []mce.Purpose{mce.ForLeaving, mce.ForConfirming, mce.ForDelegate, mce.ForReturn, mce.ForSelf, mce.ForMoving, mce.ForLogin}
}

func TestATokenGivesItsNumbersBackForItsPurposeOnly(t *testing.T) {
	k, other := keys(t, "k"), keys(t, "o")
	for _, p := range purposes() {
		for _, n := range [][2]int64{{1, 0}, {0, 0}, {127, 128}, {math.MaxInt64, math.MaxInt64}, {12, 3456789}} {
			token := k.Token(p, n[0], n[1])
			if a, b, err := k.Open(p, token); err != nil || a != n[0] || b != n[1] {
				t.Errorf("%s %v: %d, %d, %v", p, n, a, b, err)
			}
			if strings.Trim(token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" || len(token) > 48 {
				t.Errorf("%q is no safe part of an address", token)
			}
			for _, q := range purposes() {
				if _, _, err := k.Open(q, token); (err == nil) != (p == q) {
					t.Errorf("a token to %s opens to %s: %v", p, q, err)
				}
			}
			_, _, err := other.Open(p, token)
			refused(t, err, mce.NotFound, "whole link")
		}
	}
}

func TestAnAlteredTokenIsRefused(t *testing.T) {
	k := keys(t, "k")
	token := k.Token(mce.ForLeaving, 123456, 789)
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	var forged []string
	for i := range raw {
		for bit := range 8 {
			b := bytes.Clone(raw)
			b[i] ^= 1 << bit
			forged = append(forged, base64.RawURLEncoding.EncodeToString(b))
		}
	}
	for i := range token {
		for bit := range 8 {
			b := []byte(token)
			b[i] ^= 1 << bit
			forged = append(forged, string(b))
		}
		forged = append(forged, token[:i], token[i:i]+token[i+1:], token[:i]+"\n"+token[i:], token[:i]+"\r"+token[i:])
	}
	forged = append(forged, "", token+"=", token+"A", token+"\n", " "+token, token+token, strings.Repeat("A", 1000), base64.RawURLEncoding.EncodeToString(make([]byte, 18)))
	for _, f := range forged {
		if _, _, err := k.Open(mce.ForLeaving, f); err == nil {
			t.Errorf("%q opens, made of %q", f, token)
		}
	}
}

// TestNoForgedTokenOpens tries a million tokens that nobody was given, for every purpose in turn: random ones, and right ones with one to
// three signs altered. What a forger has to guess is the MAC.
func TestNoForgedTokenOpens(t *testing.T) {
	k := keys(t, "k")
	var all errgroup.Group
	for p, purpose := range purposes() {
		right := k.Token(purpose, 123456, 7890)
		all.Go(func() error {
			chance := rand.New(rand.NewChaCha8([32]byte{byte(p)}))
			raw := make([]byte, 36)
			for i := range 1_000_000/len(purposes()) + 1 {
				forged := []byte(right)
				if i%2 == 0 {
					for at := range raw {
						raw[at] = byte(chance.Uint32())
					}
					forged = base64.RawURLEncoding.AppendEncode(forged[:0], raw[:18+i/2%19])
				} else {
					for range 1 + chance.IntN(3) {
						forged[chance.IntN(len(forged))] = signs[chance.IntN(len(signs))]
					}
				}
				if a, b, err := k.Open(purpose, string(forged)); err == nil && string(forged) != right {
					return fmt.Errorf("%q opens to %s %d, %d", forged, purpose, a, b)
				}
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
}

const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// TestATokenHas128BitsToGuess: behind its two numbers there are 16 bytes that the secret alone tells.
func TestATokenHas128BitsToGuess(t *testing.T) {
	for _, p := range purposes() {
		mine, other := decoded(t, keys(t, "k").Token(p, 1, 2)), decoded(t, keys(t, "o").Token(p, 1, 2))
		if !bytes.Equal(mine[:2], []byte{1, 2}) || len(mine[2:]) < 128/8 || len(other) != len(mine) {
			t.Fatalf("%s: %x", p, mine)
		}
		same := 0
		for i := range mine[2:] {
			if mine[2+i] == other[2+i] {
				same++
			}
		}
		if same > 4 {
			t.Errorf("%s: %x and %x share %d bytes", p, mine, other, same)
		}
	}
}

func decoded(t *testing.T, token string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestTheLinkToOnesOwnPageEndsToTheSecond(t *testing.T) {
	k := keys(t, "k")
	made := at("2024-03-07T08:00:00Z")
	token := k.Token(mce.ForSelf, 42, made.Add(mce.SelfFor).Unix())
	for _, now := range []time.Time{made, made.Add(24*time.Hour - time.Second), made.Add(24*time.Hour - 1)} {
		if id, err := k.OpenSelf(token, now); id != 42 || err != nil {
			t.Errorf("at %s: %d, %v", now, id, err)
		}
	}
	for _, now := range []time.Time{made.Add(24 * time.Hour), made.AddDate(1, 0, 0)} {
		_, err := k.OpenSelf(token, now)
		refused(t, err, mce.NotFound, "good for one day", "ask for a new one")
	}
	for _, p := range purposes() {
		if _, err := k.OpenSelf(k.Token(p, 42, made.Add(mce.SelfFor).Unix()), made); (err == nil) != (p == mce.ForSelf) {
			t.Errorf("a token to %s: %v", p, err)
		}
	}
	_, err := k.OpenSelf(token[1:], made)
	refused(t, err, mce.NotFound, "whole link")
}

func FuzzOpen(f *testing.F) {
	k := keys(f, "k")
	f.Add(k.Token(mce.ForLeaving, 1, 2))
	f.Add("")
	f.Add("\n")
	f.Fuzz(func(t *testing.T, s string) {
		if a, b, err := k.Open(mce.ForLeaving, s); err == nil && k.Token(mce.ForLeaving, a, b) != s {
			t.Errorf("%q opens as %d, %d", s, a, b)
		}
	})
}

func TestASecretMustBeLongAndHasAFingerprint(t *testing.T) {
	_, err := mce.NewKeys([]byte(strings.Repeat("k", mce.MinSecret-1)))
	refused(t, err, mce.Invalid, "at least 32")
	if bytes.Equal(keys(t, "k").Fingerprint(), keys(t, "o").Fingerprint()) || !bytes.Equal(keys(t, "k").Fingerprint(), keys(t, "k").Fingerprint()) {
		t.Error("fingerprints do not tell secrets apart")
	}
}
