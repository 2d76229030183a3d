package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/mail"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/alecthomas/kong"
	"github.com/robfig/cron/v3"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mailer/dkim"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web/desk"
)

// Settings is the one table of what can be set: a flag, an environment variable, and a variable with _FILE behind its name that
// names a file to read the value from. --help, "config" and docs/configuration.md are made from it.
type Settings struct {
	DatabaseURL  string `group:"Settings" env:"DATABASE_URL" placeholder:"URL" secret:"address" help:"PostgreSQL, as postgres://user:password@host:port/database?sslmode=…. Empty: a private one under DATA_DIR, started and stopped by the program."`
	DataDir      string `group:"Settings" env:"DATA_DIR" placeholder:"DIR" default:"${data_dir}" help:"Where the program keeps its own files: the private PostgreSQL and a generated SECRET_KEY."`
	PostgresBin  string `group:"Settings" env:"POSTGRES_BIN" placeholder:"DIR" help:"Folder of initdb and postgres for the private PostgreSQL. Empty: the newest found on the machine."`
	SMTPURL      string `group:"Settings" name:"smtp-url" env:"SMTP_URL" placeholder:"URL" secret:"address" help:"Mail relay, as smtp://user:password@host:port?tls=starttls|implicit|none. TLS is the default; none must be asked for. Several, with spaces between: each is used while those before it take no letters. docs/operations.md says how to log in otherwise and how to limit a relay."`
	SMTPSessions int    `group:"Settings" name:"smtp-sessions" env:"SMTP_SESSIONS" default:"8" help:"Parallel connections to the relay for newsletters; one more is kept for single letters."`
	DomainLimits string `group:"Settings" env:"DOMAIN_LIMITS" placeholder:"LIMITS" help:"What recipient domains may get, as 'example.org per_minute=600 sessions=4; * per_minute=2000'; * is every domain that is not named. All daemons together."`
	MailFrom     string `group:"Settings" env:"MAIL_FROM" placeholder:"ADDRESS" help:"Sender of every mail, as \"Major Cities of Europe <news@example.org>\"."`
	ReplyTo      string `group:"Settings" env:"REPLY_TO" placeholder:"ADDRESS" help:"Address that people read; events have their own. Empty: that of MAIL_FROM."`
	ReturnPath   string `group:"Settings" env:"RETURN_PATH" placeholder:"ADDRESS" help:"Where bounces go; a * in it is replaced by a token that names the letter, as in bounces+*@example.org. Empty: the address of MAIL_FROM."`
	LeaveMail    string `group:"Settings" env:"LEAVE_MAIL" placeholder:"ADDRESS" help:"Mailbox for unsubscribing by mail. Empty: the address of MAIL_FROM."`
	CalendarMail string `group:"Settings" env:"CALENDAR_MAIL" placeholder:"ADDRESS" help:"Mailbox for the answers of delegates' calendars, as answers+*@example.org: a * is replaced by a token that names the registration. Set it before the first registration and leave it: calendars take updates from the same organizer alone. Empty: the address of MAIL_FROM."`
	DKIMKeys     string `group:"Settings" name:"dkim-keys" env:"DKIM_KEYS" placeholder:"KEYS" help:"Keys to sign with, as selector:file,selector:file; mce-mailer dkim keygen makes them. Empty: the relay signs."`
	SpamdAddr    string `group:"Settings" env:"SPAMD_ADDR" placeholder:"HOST:PORT" help:"SpamAssassin's daemon, as 127.0.0.1:783: the check of an issue asks its opinion. Empty: nobody is asked."`
	CheckNetwork string `group:"Settings" env:"CHECK_NETWORK" default:"on" help:"Whether the check of an issue tries its links and looks up the sender's DNS records: on or off."`
	PublicURL    string `group:"Settings" env:"PUBLIC_URL" placeholder:"URL" help:"Address under which readers reach the pages, as https://mail.example.org."`
	ListenAddr   string `group:"Settings" env:"LISTEN_ADDR" default:"127.0.0.1:8080" help:"Address that the web pages listen on."`
	SecretKey    string `group:"Settings" env:"SECRET_KEY" placeholder:"TEXT" secret:"whole" help:"At least 32 characters that sign every link. Empty: generated once and kept under DATA_DIR. Several daemons on one database need the same."`
	OIDCIssuer   string `group:"Settings" name:"oidc-issuer" env:"OIDC_ISSUER" placeholder:"URL" help:"Provider of OpenID Connect at which users of the editors' desk may log in, as https://login.example.org. Empty: by mailed links alone."`
	OIDCClientID string `group:"Settings" name:"oidc-client-id" env:"OIDC_CLIENT_ID" placeholder:"ID" help:"What the provider knows this service as. The address that it leads back to is PUBLIC_URL/desk/oidc/back."`
	OIDCSecret   string `group:"Settings" name:"oidc-client-secret" env:"OIDC_CLIENT_SECRET" placeholder:"TEXT" secret:"whole" help:"The secret that goes with OIDC_CLIENT_ID. Empty: the provider asks for none."`
	Tick         string `group:"Settings" env:"TICK" default:"@every 30s" help:"How often the cron looks for what is due."`
	OrgName      string `group:"Settings" env:"ORG_NAME" default:"Major Cities of Europe" help:"The association's name."`
	OrgShort     string `group:"Settings" env:"ORG_SHORT" default:"MCE" help:"Its short name."`
	OrgPostal    string `group:"Settings" env:"ORG_POSTAL" placeholder:"TEXT" help:"Its postal address in one line, in the foot of newsletters and on the privacy page."`
	LogFormat    string `group:"Settings" env:"LOG_FORMAT" default:"auto" help:"text, json, or auto: text on a terminal, JSON elsewhere."`
	LogLevel     string `group:"Settings" env:"LOG_LEVEL" placeholder:"LEVEL" help:"The least level that is logged: debug, info, warn or error. Empty: info for serve and demo, warn for other commands."`

	KeepLetters      int `group:"Settings" env:"KEEP_LETTERS" default:"13" help:"Months after which letters are removed, by whole months and at least 2. What became of an issue's letters stays known as numbers; the public archive stays."`
	KeepUnconfirmed  int `group:"Settings" env:"KEEP_UNCONFIRMED" default:"30" help:"Days after which who was asked to confirm, and did not, is forgotten: 2 to 365."`
	KeepUnsubscribed int `group:"Settings" env:"KEEP_UNSUBSCRIBED" default:"36" help:"Months after which who left is erased: 1 to 240. What remains is a mark that tells nobody's address; it keeps imports from bringing them back."`
	KeepDelegates    int `group:"Settings" env:"KEEP_DELEGATES" default:"24" help:"Months after the end of an event after which its registrations lose name, address, organisation and country: 1 to 240."`
}

type logger = *slog.Logger

// defaults are those that depend on the machine.
func defaults() kong.Vars {
	dir := "/var/lib/mce-mailer"
	if os.Geteuid() != 0 {
		home, _ := os.UserHomeDir()
		dir = filepath.Join(home, ".local", "share", "mce-mailer")
		if x := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(x) {
			dir = filepath.Join(x, "mce-mailer")
		}
	}
	return kong.Vars{"data_dir": dir}
}

// forgetEmpty takes an empty variable for one that is not set: container files write them so, and a default is not to be lost by it.
func forgetEmpty() {
	for _, s := range new(Settings).table() {
		if value, set := os.LookupEnv(s.Name); set && value == "" {
			os.Unsetenv(s.Name)
		}
	}
}

// fromFile is the _FILE variant of every setting, for secrets that an orchestrator mounts.
func fromFile(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		path := os.Getenv(name + "_FILE")
		if path == "" {
			continue
		}
		if os.Getenv(name) != "" {
			return nil, fmt.Errorf("%s and %s_FILE are both set; keep one of them", name, name)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s_FILE: %w", name, err)
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
	return nil, nil //nolint:nilnil // kong's way of saying: not from here
}

// check refuses every wrong value before anything starts. What is not set is refused by the verb that needs it.
func (s *Settings) check() error {
	checks := []struct {
		name, value string
		check       func(string) error
	}{
		{"DATABASE_URL", s.DatabaseURL, checkDatabase},
		{"SMTP_URL", s.SMTPURL, func(v string) error { _, err := mailer.ParseRelays(v); return err }},
		{"DOMAIN_LIMITS", s.DomainLimits, func(v string) error { _, err := mailer.ParseLimits(v); return err }},
		{"MAIL_FROM", s.MailFrom, checkSender},
		{"REPLY_TO", s.ReplyTo, checkAddress},
		{"RETURN_PATH", s.ReturnPath, checkKeyed},
		{"LEAVE_MAIL", s.LeaveMail, checkAddress},
		{"CALENDAR_MAIL", s.CalendarMail, checkKeyed},
		{"PUBLIC_URL", s.PublicURL, checkPublic},
		{"LISTEN_ADDR", s.ListenAddr, checkListen},
		{"SPAMD_ADDR", s.SpamdAddr, checkListen},
		{"CHECK_NETWORK", s.CheckNetwork, oneOf("on", "off")},
		{"SECRET_KEY", s.SecretKey, checkSecret},
		{"OIDC_ISSUER", s.OIDCIssuer, checkIssuer},
		{"TICK", s.Tick, checkTick},
		{"ORG_NAME", s.OrgName, checkLine},
		{"ORG_SHORT", s.OrgShort, checkLine},
		{"ORG_POSTAL", s.OrgPostal, checkLine},
		{"LOG_FORMAT", s.LogFormat, oneOf("auto", "text", "json")},
		{"LOG_LEVEL", s.LogLevel, oneOf("debug", "info", "warn", "error")},
	}
	for _, c := range checks {
		if c.value == "" {
			continue
		}
		if err := c.check(c.value); err != nil {
			return mce.Invalidf("%s: %s", c.name, err)
		}
	}
	if (s.OIDCIssuer == "") != (s.OIDCClientID == "") {
		return mce.Invalidf("OIDC_ISSUER and OIDC_CLIENT_ID go together: set both, or neither")
	}
	if s.SMTPSessions < 1 || s.SMTPSessions > 200 {
		return mce.Invalidf("SMTP_SESSIONS: expected a number from 1 to 200, not %d", s.SMTPSessions)
	}
	if fault := s.keep().Check(); fault != nil {
		return mce.Invalidf("KEEP_%s: %s", strings.ToUpper(fault.Field), fault)
	}
	return nil
}

// keep is how long what is kept for a time only is kept.
func (s *Settings) keep() mce.Keep {
	return mce.Keep{Letters: s.KeepLetters, Unconfirmed: s.KeepUnconfirmed, Unsubscribed: s.KeepUnsubscribed, Delegates: s.KeepDelegates}
}

func checkDatabase(v string) error {
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Path == "" || u.Path == "/" {
		return mce.Invalidf("expected postgres://user:password@host:port/database?sslmode=verify-full (or require, disable)")
	}
	if mode := u.Query().Get("sslmode"); !slices.Contains([]string{"verify-full", "verify-ca", "require", "disable"}, mode) {
		return mce.Invalidf("expected ?sslmode=verify-full, verify-ca or require, or disable on the machine itself; not %q", mode)
	}
	return nil
}

func checkSender(v string) error {
	a, err := mail.ParseAddress(v)
	if err != nil {
		return mce.Invalidf("expected an address such as Major Cities of Europe <news@example.org>, not %q", v)
	}
	if err := checkLine(a.Name); err != nil { // an encoded word (RFC 2047) may hide one
		return err
	}
	return checkAddress(a.Address)
}

// checkAddress is for addresses of our own, which stand in headers and in the envelope as they are.
func checkAddress(v string) error {
	kept, err := mce.ParseAddress(v)
	if err == nil && strings.HasPrefix(kept, `"`) {
		return mce.Invalidf("expected an address that needs no quotation marks, not %s", v)
	}
	if err == nil && !strings.EqualFold(kept, v) {
		return mce.Invalidf("expected the address in its plain form: write %s", kept)
	}
	return err
}

// checkKeyed is checkAddress for one in which a token may stand for a *.
func checkKeyed(v string) error { return checkAddress(strings.Replace(v, "*", "x", 1)) }

func checkPublic(v string) error {
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return mce.Invalidf("expected an address such as https://mail.example.org, not %q", v)
	}
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/"
	if at := strings.TrimRight(u.Path, "/"); u.User != nil || strings.Trim(at, plain) != "" || at != "" && path.Clean(at) != at {
		return mce.Invalidf("expected nothing but a host and a plain path, as https://example.org/mail")
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return mce.Invalidf("expected https: one-click unsubscribing (RFC 8058) is refused over http, except on this machine")
	}
	return nil
}

// checkIssuer is for an address that is compared sign by sign with what the provider calls itself.
func checkIssuer(v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return mce.Invalidf("expected the provider's address, such as https://login.example.org, not %q", v)
	}
	return nil
}

// oidc is nil where users log in by mailed links alone.
func (s *Settings) oidc() *desk.OIDC {
	if s.OIDCIssuer == "" {
		return nil
	}
	return &desk.OIDC{Issuer: s.OIDCIssuer, ClientID: s.OIDCClientID, ClientSecret: s.OIDCSecret}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func checkListen(v string) error {
	_, port, err := net.SplitHostPort(v)
	if n, numErr := strconv.Atoi(port); err != nil || numErr != nil || n < 0 || n > 65535 {
		return mce.Invalidf("expected host:port, as 127.0.0.1:8080, not %q", v)
	}
	return nil
}

func checkSecret(v string) error {
	if len(v) < mce.MinSecret {
		return mce.Invalidf("expected at least %d characters; openssl rand -base64 32 makes such a text", mce.MinSecret)
	}
	return nil
}

// checkLine refuses what would end the line of a header.
func checkLine(v string) error {
	if strings.ContainsFunc(v, unicode.IsControl) {
		return mce.Invalidf("expected one line of text, not %q", v)
	}
	return nil
}

func oneOf(words ...string) func(string) error {
	return func(v string) error {
		if !slices.Contains(words, v) {
			return mce.Invalidf("expected one of %s, not %q", strings.Join(words, ", "), v)
		}
		return nil
	}
}

func checkTick(v string) (err error) {
	defer func() {
		if recover() != nil {
			err = mce.Invalidf("expected a form such as @every 30s, not %q", v)
		}
	}()
	tick, err := cron.ParseStandard(v)
	if err != nil || tick.Next(time.Now()).IsZero() { // the latter never comes
		return mce.Invalidf("expected a form such as @every 30s, not %q", v)
	}
	return nil
}

// site is what letters and pages say of the association.
func (s *Settings) site() (mce.Site, error) {
	if s.MailFrom == "" {
		return mce.Site{}, mce.Invalidf("MAIL_FROM is not set: the sender of every mail, such as Major Cities of Europe <news@example.org>")
	}
	if s.PublicURL == "" {
		return mce.Site{}, mce.Invalidf("PUBLIC_URL is not set: the address under which readers reach the pages, such as https://mail.example.org")
	}
	from, err := mail.ParseAddress(s.MailFrom)
	if err != nil {
		return mce.Site{}, mce.Invalidf("MAIL_FROM: %s", err)
	}
	site := mce.Site{
		Name: s.OrgName, Short: s.OrgShort, Postal: s.OrgPostal, PublicURL: strings.TrimRight(s.PublicURL, "/"),
		FromName: from.Name, From: from.Address, ReplyTo: s.ReplyTo,
	}
	if site.FromName == "" {
		site.FromName = s.OrgName
	}
	if site.ReplyTo == "" {
		site.ReplyTo = from.Address
	}
	return site, nil
}

func (s *Settings) relays() ([]mailer.Relay, error) {
	if s.SMTPURL == "" {
		return nil, mce.Invalidf("SMTP_URL is not set: the mail relay, as smtp://user:password@host:port?tls=starttls|implicit|none")
	}
	return mailer.ParseRelays(s.SMTPURL)
}

// signer is nil when the relay signs; else records are what verifiers look up.
func (s *Settings) signer(domain string) (sign mailer.Signer, records map[string]string, err error) {
	if s.DKIMKeys == "" {
		return nil, nil, nil
	}
	signer, err := dkim.Load(domain, s.DKIMKeys)
	if err == nil {
		records, err = signer.Records()
	}
	if err != nil {
		return nil, nil, mce.Invalidf("DKIM_KEYS: %s", err)
	}
	return signer, records, nil
}

// logger writes to w: text on a terminal, JSON elsewhere, unless told otherwise.
func (s *Settings) logger(w io.Writer, usual slog.Level) *slog.Logger {
	level := usual
	if s.LogLevel != "" {
		level.UnmarshalText([]byte(s.LogLevel)) //nolint:errcheck // check has looked at it
	}
	o := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "text" || s.LogFormat == "auto" && isTerminal(w) {
		o.ReplaceAttr = func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.String(slog.TimeKey, a.Value.Time().Format(time.TimeOnly))
			}
			return a
		}
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
