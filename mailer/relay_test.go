package mailer_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
)

func TestParseRelay(t *testing.T) {
	for address, want := range map[string]mailer.Relay{
		"smtp://relay.example":                        {Host: "relay.example", Port: 587, TLS: "starttls", Letters: 1000},
		"smtp://relay.example/":                       {Host: "relay.example", Port: 587, TLS: "starttls", Letters: 1000},
		"smtp://relay.example:25":                     {Host: "relay.example", Port: 25, TLS: "starttls", Letters: 1000},
		"smtp://relay.example:465":                    {Host: "relay.example", Port: 465, TLS: "implicit", Letters: 1000},
		"smtps://relay.example":                       {Host: "relay.example", Port: 465, TLS: "implicit", Letters: 1000},
		"smtps://relay.example:2465":                  {Host: "relay.example", Port: 2465, TLS: "implicit", Letters: 1000},
		"smtp://relay.example?tls=implicit":           {Host: "relay.example", Port: 465, TLS: "implicit", Letters: 1000},
		"smtp://relay.example:465?tls=starttls":       {Host: "relay.example", Port: 465, TLS: "starttls", Letters: 1000},
		"smtp://localhost:1025?tls=none":              {Host: "localhost", Port: 1025, TLS: "none", Letters: 1000},
		"smtp://[::1]:2525?tls=none&helo=mail.me":     {Host: "::1", Port: 2525, TLS: "none", Letters: 1000, Helo: "mail.me"},
		"smtp://anna:secret@relay.example":            {Host: "relay.example", Port: 587, User: "anna", Password: "secret", TLS: "starttls", Letters: 1000},
		"smtp://a%40b.c:p%40ss%3A%2F%23%3F%25@h.d:25": {Host: "h.d", Port: 25, User: "a@b.c", Password: "p@ss:/#?%", TLS: "starttls", Letters: 1000},
		"smtp://h.d:25?auth=xoauth2&letters=50":       {Host: "h.d", Port: 25, TLS: "starttls", Letters: 50, Auth: mail.SMTPAuthXOAUTH2},
		"smtp://a@h.d:25?password_file=/run/token":    {Host: "h.d", Port: 25, TLS: "starttls", Letters: 1000, User: "a", PasswordFile: "/run/token"},
		"smtp://h.d:25?sessions=4&per_minute=600": {
			Host: "h.d", Port: 25, TLS: "starttls", Letters: 1000, Limit: mce.Limit{Sessions: 4, PerMinute: 600},
		},
		"smtp://h.d:25?warmup=2026-12-01:500:1.5": {
			Host: "h.d", Port: 25, TLS: "starttls", Letters: 1000,
			Limit: mce.Limit{Warmup: mce.Warmup{From: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), First: 500, Growth: 1.5}},
		},
	} {
		if got, err := mailer.ParseRelay(address); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", address, got, err, want)
		}
	}
}

func TestParseRelayRefuses(t *testing.T) {
	for _, address := range []string{
		"", "relay.example", "relay.example:25", "http://relay.example", "smtp://", "smtp:relay.example", "smtp://:25", "smtp://relay.example/path",
		"smtp://relay.example:0", "smtp://relay.example:65536", "smtp://relay.example:mail", "smtp://relay.example?tls=off",
		"smtp://relay.example?tls=STARTTLS", "smtp://relay.example?tsl=none", "smtp://relay.example?password=secret",
		"smtp://anna:12#secret@relay.example", "smtp://anna:12/secret@relay.example", "smtp://anna:se#cret@relay.example",
		"smtp://anna:12?secret@relay.example", "smtp://relay.example?tls=none;helo=x",
		"smtp://h.d?sessions=1", "smtp://h.d?sessions=x", "smtp://h.d?per_minute=0", "smtp://h.d?letters=0", "smtp://h.d?auth=magic",
		"smtp://h.d?warmup=soon", "smtp://h.d?warmup=2026-12-01:0:2", "smtp://h.d?warmup=2026-12-01:5:NaN", "smtp://h.d?warmup=2026-12-01:5:0.5",
		"smtp://h.d?password_file=/x", "smtp://a:secret@h.d?password_file=/x",
	} {
		r, err := mailer.ParseRelay(address)
		if err == nil || mce.ErrorCode(err) != mce.Invalid {
			t.Errorf("%s: %+v, %v", address, r, err)
		} else if strings.Contains(err.Error(), "secret@") {
			t.Errorf("%s: the error gives the password away: %v", address, err)
		}
	}
}

func TestParseRelays(t *testing.T) {
	got, err := mailer.ParseRelays(" smtp://one.example\n smtp://two.example:25 ")
	if err != nil || len(got) != 2 || got[0].Host != "one.example" || got[1].Host != "two.example" {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", " ", "smtp://one.example two", "smtp://one.example smtp://one.example:587?tls=none"} {
		if got, err := mailer.ParseRelays(text); mce.ErrorCode(err) != mce.Invalid {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestParseLimits(t *testing.T) {
	got, err := mailer.ParseLimits("Example.org per_minute=600 sessions=4; münchen.example sessions=1;\n* per_minute=2000 ;")
	want := map[string]mce.Limit{"example.org": {PerMinute: 600, Sessions: 4}, "xn--mnchen-3ya.example": {Sessions: 1}, "*": {PerMinute: 2000}}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"example.org", "example.org 5", "example.org per_minute", "example.org per_minute=-1", "a b.org sessions=2",
		"example.org sessions=2; EXAMPLE.org sessions=3", "x@example.org sessions=2"} {
		if got, err := mailer.ParseLimits(text); mce.ErrorCode(err) != mce.Invalid {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestRelayIsLoggedWithoutPassword(t *testing.T) {
	r, err := mailer.ParseRelay("smtp://anna:hush-hush@relay.example:25")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, log := range []*slog.Logger{slog.New(slog.NewTextHandler(&b, nil)), slog.New(slog.NewJSONHandler(&b, nil))} {
		log.Info("relay", "relay", r, "pointer", &r, "several", []mailer.Relay{r})
	}
	fmt.Fprintf(&b, "%s %v %+v", r, r, []mailer.Relay{r})
	if strings.Contains(b.String(), "hush") || !strings.Contains(b.String(), "relay.example:25 (tls=starttls)") {
		t.Error(b.String())
	}
}
