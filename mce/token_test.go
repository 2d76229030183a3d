package mce_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"math"
	"strings"
	"testing"

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
	return []mce.Purpose{mce.ForLeaving, mce.ForConfirming, mce.ForDelegate, mce.ForReturn}
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

func TestNoRandomTokenOpens(t *testing.T) {
	k := keys(t, "k")
	raw := make([]byte, 20)
	for i := range 100_000 {
		rand.Read(raw)
		if _, _, err := k.Open(mce.ForLeaving, base64.RawURLEncoding.EncodeToString(raw[:18+i%3])); err == nil {
			t.Fatalf("%x opens", raw)
		}
	}
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
