package mailer_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
)

func TestParseRelay(t *testing.T) {
	for address, want := range map[string]mailer.Relay{
		"smtp://relay.example":                        {Host: "relay.example", Port: 587, TLS: "starttls"},
		"smtp://relay.example/":                       {Host: "relay.example", Port: 587, TLS: "starttls"},
		"smtp://relay.example:25":                     {Host: "relay.example", Port: 25, TLS: "starttls"},
		"smtp://relay.example:465":                    {Host: "relay.example", Port: 465, TLS: "implicit"},
		"smtps://relay.example":                       {Host: "relay.example", Port: 465, TLS: "implicit"},
		"smtps://relay.example:2465":                  {Host: "relay.example", Port: 2465, TLS: "implicit"},
		"smtp://relay.example?tls=implicit":           {Host: "relay.example", Port: 465, TLS: "implicit"},
		"smtp://relay.example:465?tls=starttls":       {Host: "relay.example", Port: 465, TLS: "starttls"},
		"smtp://localhost:1025?tls=none":              {Host: "localhost", Port: 1025, TLS: "none"},
		"smtp://[::1]:2525?tls=none&helo=mail.me":     {Host: "::1", Port: 2525, TLS: "none", Helo: "mail.me"},
		"smtp://anna:secret@relay.example":            {Host: "relay.example", Port: 587, User: "anna", Password: "secret", TLS: "starttls"},
		"smtp://a%40b.c:p%40ss%3A%2F%23%3F%25@h.d:25": {Host: "h.d", Port: 25, User: "a@b.c", Password: "p@ss:/#?%", TLS: "starttls"},
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
	} {
		r, err := mailer.ParseRelay(address)
		if err == nil || mce.ErrorCode(err) != mce.Invalid {
			t.Errorf("%s: %+v, %v", address, r, err)
		} else if strings.Contains(err.Error(), "secret@") {
			t.Errorf("%s: the error gives the password away: %v", address, err)
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
		log.Info("relay", "relay", r, "pointer", &r)
	}
	fmt.Fprintf(&b, "%s %v", r.LogValue(), errors.New("x"))
	if strings.Contains(b.String(), "hush") || !strings.Contains(b.String(), "relay.example:25 (tls=starttls)") {
		t.Error(b.String())
	}
}
