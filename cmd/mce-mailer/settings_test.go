package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/configuration.md and the golden files anew")

// alone takes away every setting that the tests' own environment has.
func alone(t *testing.T) {
	t.Helper()
	for _, s := range new(Settings).table() {
		t.Setenv(s.Name, "")
		t.Setenv(s.Name+"_FILE", "")
	}
}

func config(t *testing.T, flags ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	status = run(t.Context(), append([]string{"config"}, flags...), strings.NewReader(""), &out, &err)
	return status, out.String(), err.String()
}

func TestAWrongSettingIsRefusedByItsNameWithWhatIsExpected(t *testing.T) {
	for _, c := range []struct{ variable, value, expected string }{
		{"DATABASE_URL", "mysql://user:s3cret@db/mce", "expected postgres://user:password@host:port/database?sslmode="},
		{"DATABASE_URL", "host=db dbname=mce password=s3cret", "expected postgres://"},
		{"DATABASE_URL", "postgres://user:s3cret@db?sslmode=require", "expected postgres://"},
		{"DATABASE_URL", "postgres://user:s3cret%zz@db/mce?sslmode=require", "expected postgres://"},
		{"DATABASE_URL", "postgres://user:s3cret@db/mce", "expected ?sslmode=verify-full"},
		{"DATABASE_URL", "postgres://user:s3cret@db/mce?sslmode=maybe", "expected ?sslmode=verify-full"},
		{"SMTP_URL", "relay.example.org:587", "expected smtp://user:password@host:port?tls=starttls|implicit|none"},
		{"SMTP_URL", "https://user:s3cret@relay.example.org", "expected smtp://"},
		{"SMTP_URL", "smtp://", "expected smtp://"},
		{"SMTP_URL", "smtp://user:s3cret@relay.example.org:99999", "expected smtp://"},
		{"SMTP_URL", "smtp://user:s3cret#x@relay.example.org", "expected smtp://"},
		{"SMTP_URL", "smtp://user:s3cret@relay.example.org?tls=maybe", "use starttls, implicit or none"},
		{"SMTP_URL", "smtp://user:s3cret@relay.example.org?startls=1", "is not known; use tls, helo"},
		{"SMTP_SESSIONS", "0", "expected a number from 1 to 200"},
		{"SMTP_SESSIONS", "201", "expected a number from 1 to 200"},
		{"SMTP_SESSIONS", "many", "expected a valid 64 bit int"},
		{"KEEP_LETTERS", "1", "expected a number of months from 2 to 1200, not 1"},
		{"KEEP_LETTERS", "0", "expected a number of months from 2 to 1200, not 0"},
		{"KEEP_LETTERS", "1201", "expected a number of months from 2 to 1200"},
		{"KEEP_LETTERS", "a year", "expected a valid 64 bit int"},
		{"KEEP_UNCONFIRMED", "1", "expected a number of days from 2 to 365, not 1"},
		{"KEEP_UNCONFIRMED", "366", "expected a number of days from 2 to 365, not 366"},
		{"KEEP_UNSUBSCRIBED", "0", "expected a number of months from 1 to 240, not 0"},
		{"KEEP_DELEGATES", "241", "expected a number of months from 1 to 240, not 241"},
		{"OIDC_ISSUER", "login.example.org", "expected the provider's address, such as https://login.example.org"},
		{"OIDC_ISSUER", "http://login.example.org", "expected the provider's address"},
		{"OIDC_ISSUER", "https://login.example.org", "OIDC_CLIENT_ID go together"},
		{"OIDC_CLIENT_ID", "mailer", "go together"},
		{"MAIL_FROM", "Major Cities of Europe", "expected an address such as Major Cities of Europe <news@example.org>"},
		{"MAIL_FROM", "news@localhost", "is not an e-mail address we can write to"},
		{"MAIL_FROM", "a@example.org, b@example.org", "expected an address such as"},
		{"MAIL_FROM", "A\r\nBcc: x <a@example.org>", "expected an address such as"},
		{"MAIL_FROM", "=?utf-8?q?A=0AB?= <a@example.org>", "expected one line of text"},
		{"REPLY_TO", "Office <office@example.org>", "is not an e-mail address we can write to"},
		{"REPLY_TO", `"the office"@example.org`, "that needs no quotation marks"},
		{"REPLY_TO", `"office"@example.org`, "write office@example.org"},
		{"MAIL_FROM", "News <news@münchen.example>", "write news@xn--mnchen-3ya.example"},
		{"LEAVE_MAIL", " leave@example.org", "write leave@example.org"},
		{"RETURN_PATH", "bounces+*", "it needs the form name@example.org"},
		{"RETURN_PATH", "bounces@*", "is not an e-mail address we can write to"},
		{"LEAVE_MAIL", "leave", "it needs the form name@example.org"},
		{"PUBLIC_URL", "mail.example.org", "expected an address such as https://mail.example.org"},
		{"PUBLIC_URL", "ftp://mail.example.org", "expected an address such as https://mail.example.org"},
		{"PUBLIC_URL", "https:///mail", "expected an address such as https://mail.example.org"},
		{"PUBLIC_URL", "https://mail.example.org/?a=b", "expected an address such as https://mail.example.org"},
		{"PUBLIC_URL", "http://mail.example.org", "expected https: one-click unsubscribing (RFC 8058) is refused over http"},
		{"PUBLIC_URL", "https://user:s3cret@mail.example.org", "expected nothing but a host and a plain path"},
		{"PUBLIC_URL", "https://mail.example.org/{a}", "expected nothing but a host and a plain path"},
		{"PUBLIC_URL", "https://mail.example.org/a//b", "expected nothing but a host and a plain path"},
		{"PUBLIC_URL", "https://mail.example.org/a/../b", "expected nothing but a host and a plain path"},
		{"LISTEN_ADDR", "8080", "expected host:port, as 127.0.0.1:8080"},
		{"LISTEN_ADDR", "127.0.0.1:http", "expected host:port, as 127.0.0.1:8080"},
		{"LISTEN_ADDR", ":70000", "expected host:port, as 127.0.0.1:8080"},
		{"SECRET_KEY", "s3cret", "expected at least 32 characters; openssl rand -base64 32 makes such a text"},
		{"TICK", "30s", "expected a form such as @every 30s"},
		{"TICK", "@every", "expected a form such as @every 30s"},
		{"TICK", "TZ=0", "expected a form such as @every 30s"},
		{"TICK", "0 0 31 2 *", "expected a form such as @every 30s"},
		{"ORG_NAME", "Major\nCities", "expected one line of text"},
		{"ORG_SHORT", "M\rCE", "expected one line of text"},
		{"ORG_POSTAL", "1 Example Street\nExample City", "expected one line of text"},
		{"LOG_FORMAT", "xml", "expected one of auto, text, json"},
		{"LOG_LEVEL", "loud", "expected one of debug, info, warn, error"},
	} {
		t.Run(c.variable+" "+c.value, func(t *testing.T) {
			alone(t)
			t.Setenv(c.variable, c.value)
			refused(t, c.variable, c.expected)
			t.Setenv(c.variable, "")
			refused(t, flagName(c.variable), c.expected, "--"+flagName(c.variable)+"="+c.value)
		})
	}
}

// refused runs the program with its environment and some flags; it must refuse them, naming the setting, and keep secrets to itself.
func refused(t *testing.T, name, expected string, flags ...string) {
	t.Helper()
	status, stdout, stderr := config(t, flags...)
	named := strings.Contains(stderr, name) || strings.Contains(stderr, strings.ToUpper(strings.ReplaceAll(name, "-", "_")))
	if status != 2 || stdout != "" || !named || !strings.Contains(stderr, expected) || strings.Contains(stderr, "s3cret") {
		t.Errorf("status %d, want 2 and %s: %s\n%s%s", status, name, expected, stdout, stderr)
	}
}

func TestARightSettingIsTaken(t *testing.T) {
	for _, c := range [][2]string{
		{"DATABASE_URL", "postgresql://u:p@db.example.org:5432/mce?sslmode=verify-full"},
		{"SMTP_URL", "smtps://u:p%40q@relay.example.org"},
		{"SMTP_SESSIONS", "200"},
		{"MAIL_FROM", "news@example.org"},
		{"MAIL_FROM", "Città d’Europa <news@example.org>"},
		{"RETURN_PATH", "bounces+*@example.org"},
		{"PUBLIC_URL", "https://example.org/mail/"},
		{"PUBLIC_URL", "http://127.0.0.1:8080"},
		{"PUBLIC_URL", "http://[::1]:8080"},
		{"LISTEN_ADDR", ":0"},
		{"TICK", "*/5 * * * *"},
		{"KEEP_LETTERS", "2"},
		{"KEEP_UNCONFIRMED", "365"},
		{"KEEP_UNSUBSCRIBED", "1"},
		{"KEEP_DELEGATES", "240"},
		{"LOG_LEVEL", "debug"},
	} {
		t.Run(c[0]+" "+c[1], func(t *testing.T) {
			alone(t)
			t.Setenv(c[0], c[1])
			if status, _, stderr := config(t); status != 0 {
				t.Errorf("status %d\n%s", status, stderr)
			}
		})
	}
}

func TestAnEmptyVariableLeavesTheDefault(t *testing.T) {
	alone(t)
	status, stdout, stderr := config(t)
	if status != 0 {
		t.Fatal(stderr)
	}
	for name, usual := range map[string]string{
		"SMTP_SESSIONS": "8", "ORG_NAME": "Major Cities of Europe", "LOG_FORMAT": "auto", "TICK": "@every 30s", "KEEP_LETTERS": "13",
		"KEEP_UNCONFIRMED": "30", "KEEP_UNSUBSCRIBED": "36", "KEEP_DELEGATES": "24",
	} {
		if !regexp.MustCompile(`(?m)^` + name + ` +` + regexp.QuoteMeta(usual) + `$`).MatchString(stdout) {
			t.Errorf("%s is not %s:\n%s", name, usual, stdout)
		}
	}
}

const introduction = `# Configuration

Every setting is an environment variable, a flag of the same name, which is stronger, or a variable with _FILE behind its name
(SECRET_KEY_FILE=/run/secrets/key) that names a file to read the value from; an empty variable is one that is not set.

| Variable | Flag | Default | Meaning |
| --- | --- | --- | --- |
`

// TestTheDocumentOfTheSettingsIsUpToDate: go test ./cmd/mce-mailer -run Document -update writes it anew.
func TestTheDocumentOfTheSettingsIsUpToDate(t *testing.T) {
	const file = "../../docs/configuration.md"
	markdown := strings.NewReplacer("|", `\|`, "<", `\<`, "*", `\*`)
	var b strings.Builder
	b.WriteString(introduction)
	for _, s := range new(Settings).table() {
		usual := ""
		switch s.Default {
		case "":
		case "${data_dir}":
			usual = "`/var/lib/mce-mailer` for root, else `mce-mailer` in `$XDG_DATA_HOME` or `~/.local/share`"
		default:
			usual = "`" + s.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", s.Name, s.Flag, usual, markdown.Replace(s.Help))
	}
	if *update {
		if err := os.MkdirAll("../../docs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(kept), b.String()); diff != "" {
		t.Errorf("docs/configuration.md is stale; write it anew with -update:\n%s", diff)
	}
}
