package mailer

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/majorcities/mce-mailer/mce"
)

// Relay is a server that letters are handed to. Make it with ParseRelay.
type Relay struct {
	Host         string
	Port         int
	User         string
	Password     string
	PasswordFile string            // read at each log-in, for tokens that expire
	Auth         mail.SMTPAuthType // empty: the best that the server offers
	TLS          string            // starttls, implicit or none
	Helo         string            // the name we greet with; empty means this machine's
	Letters      int               // over one connection, before it is replaced
	Limit        mce.Limit         // shared by all daemons
}

// usualLetters is how many letters go over one connection: enough for a connection to cost nothing, and few enough for a relay behind a
// balancer to spread us.
const usualLetters = 1000

const relayForm = "expected smtp://user:password@host:port?tls=starttls|implicit|none (special signs in the password written as %%40 and so on)"

// ParseRelays reads relays separated by spaces, in the order of preference.
func ParseRelays(addresses string) ([]Relay, error) {
	var relays []Relay
	for _, address := range strings.Fields(addresses) {
		r, err := ParseRelay(address)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(relays, func(o Relay) bool { return o.Host == r.Host && o.Port == r.Port }) {
			return nil, mce.Invalidf("%s:%d is there twice", r.Host, r.Port)
		}
		relays = append(relays, r)
	}
	if len(relays) == 0 {
		return nil, mce.Invalidf(relayForm)
	}
	return relays, nil
}

// ParseRelay reads smtp://user:password@host:port?tls=starttls|implicit|none. TLS is the default: STARTTLS is required, and implicit on
// port 465; plain text must be asked for by name. docs/operations.md lists what else may stand behind the question mark.
func ParseRelay(address string) (Relay, error) {
	form := mce.Invalidf(relayForm)
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || u.Fragment != "" || (u.Path != "" && u.Path != "/") {
		return Relay{}, form
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || strings.Contains(u.RawQuery, "@") { // the rest of a password with a ? in it
		return Relay{}, form
	}
	r := Relay{Host: u.Hostname(), Port: 587, TLS: "starttls", Letters: usualLetters}
	r.User = u.User.Username()
	r.Password, _ = u.User.Password()
	if u.Scheme == "smtps" || u.Port() == "465" {
		r.TLS = "implicit"
	}
	for key, values := range query {
		if err := r.set(key, values[len(values)-1]); err != nil {
			return Relay{}, err
		}
	}
	if r.TLS == "implicit" {
		r.Port = 465
	}
	if u.Port() != "" {
		if r.Port, err = strconv.Atoi(u.Port()); err != nil || r.Port < 1 || r.Port > 65535 {
			return Relay{}, form
		}
	}
	if r.PasswordFile != "" && (r.Password != "" || r.User == "") {
		return Relay{}, mce.Invalidf("password_file= goes with a user and without a password")
	}
	return r, nil
}

// set takes in one of what stands behind the question mark.
func (r *Relay) set(key, value string) error {
	switch key {
	case "tls":
		if !slices.Contains([]string{"starttls", "implicit", "none"}, value) {
			return mce.Invalidf("tls=%s is not known; use starttls, implicit or none", value)
		}
		r.TLS = value
	case "helo":
		r.Helo = value
	case "auth":
		if !slices.Contains([]string{"plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256", "xoauth2"}, value) {
			return mce.Invalidf("auth=%s is not known; use plain, login, cram-md5, scram-sha-1, scram-sha-256 or xoauth2", value)
		}
		return r.Auth.UnmarshalString(value)
	case "password_file":
		r.PasswordFile = value
	case "letters":
		return setNumber(&r.Letters, key, value, 1)
	case "warmup":
		return r.setWarmup(value)
	default:
		if known, err := setLimit(&r.Limit, key, value); known {
			if err == nil && r.Limit.Sessions == 1 {
				return mce.Invalidf("sessions=1 is too few for a relay: one is kept for single letters, which shall not wait for a newsletter's end")
			}
			return err
		}
		return mce.Invalidf("%q is not known; use tls, helo, auth, password_file, letters, sessions, per_minute or warmup", key)
	}
	return nil
}

// setWarmup reads a day, the number of letters on it, and the factor from day to day: 2026-12-01:500:1.5.
func (r *Relay) setWarmup(value string) error {
	form := mce.Invalidf("warmup=%s is not understood; expected the first day, the letters on it and the growth a day, as 2026-12-01:500:1.5", value)
	parts := strings.Split(value, ":")
	if len(parts) != 3 {
		return form
	}
	var errs [3]error
	r.Limit.Warmup.From, errs[0] = time.Parse(time.DateOnly, parts[0])
	r.Limit.Warmup.First, errs[1] = strconv.Atoi(parts[1])
	r.Limit.Warmup.Growth, errs[2] = strconv.ParseFloat(parts[2], 64)
	if errors.Join(errs[:]...) != nil || r.Limit.Warmup.First < 1 || !(r.Limit.Warmup.Growth >= 1 && r.Limit.Warmup.Growth <= 10) {
		return form
	}
	return nil
}

// String names the relay without its password, wherever it is printed.
func (r Relay) String() string {
	return fmt.Sprintf("%s (tls=%s)", net.JoinHostPort(r.Host, strconv.Itoa(r.Port)), r.TLS)
}

// LogValue is String, for logs.
func (r Relay) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText is String, for JSON.
func (r Relay) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// dialTime covers connecting, TLS and the log-in.
const dialTime = 30 * time.Second

func (r Relay) client(dial mail.DialContextFunc) (*mail.Client, error) {
	helo := r.Helo
	if helo == "" {
		helo, _ = os.Hostname()
	}
	options := []mail.Option{mail.WithPort(r.Port), mail.WithTimeout(dialTime), mail.WithoutSMTPUTF8(), mail.WithDialContextFunc(dial)}
	if helo != "" {
		options = append(options, mail.WithHELO(helo))
	}
	switch r.TLS {
	case "implicit":
		// connect speaks TLS from the first byte. With this policy go-mail looks at the connection and finds it so; WithSSL believes
		// only in connections of its own making, and would keep back the password.
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic))
	case "none":
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if r.User != "" {
		auth, password := r.Auth, r.Password
		if auth == "" {
			auth = mail.SMTPAuthAutoDiscover
		}
		if r.PasswordFile != "" {
			content, err := os.ReadFile(r.PasswordFile)
			if err != nil {
				return nil, mce.Unavailablef(err, "the password of the mail relay %s cannot be read", r)
			}
			password = strings.TrimSpace(string(content))
		}
		options = append(options, mail.WithSMTPAuth(auth), mail.WithUsername(r.User), mail.WithPassword(password))
	}
	return mail.NewClient(r.Host, options...)
}

// reachTime is for the connection alone: where there is no answer by then, as from behind a firewall that drops everything, none comes.
const reachTime = 5 * time.Second

// connect opens the connection that the dialogue runs over: plain, or under TLS from the beginning.
func (r Relay) connect(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(r.Host, strconv.Itoa(r.Port))
	if r.TLS == "implicit" {
		d := tls.Dialer{NetDialer: &net.Dialer{Timeout: reachTime}, Config: &tls.Config{ServerName: r.Host, MinVersion: tls.VersionTLS12}}
		return d.DialContext(ctx, "tcp", address)
	}
	d := net.Dialer{Timeout: reachTime}
	return d.DialContext(ctx, "tcp", address)
}

// dial opens a connection, with TLS and log-in as asked for. When ctx ends, on the way or ever after, the connection is cut.
func (r Relay) dial(ctx context.Context) (*conn, error) {
	c := &conn{ctx: ctx, release: func() bool { return true }, used: time.Now()}
	client, err := r.client(func(dialing context.Context, _, _ string) (net.Conn, error) {
		wire, err := r.connect(dialing)
		if err == nil {
			c.wire = wire
			c.release = context.AfterFunc(ctx, func() { wire.SetDeadline(time.Unix(1, 0)) }) //nolint:errcheck // a closed one is as good
		}
		return wire, err
	})
	if err != nil {
		return nil, err
	}
	if c.smtp, err = client.DialToSMTPClientWithContext(ctx); err != nil {
		if c.wire != nil {
			c.abort() // go-mail leaves it open
		}
		return nil, mce.Unavailablef(err, "the mail relay %s cannot be reached or refuses us", r)
	}
	c.pipelining, _ = c.smtp.Extension("PIPELINING")
	return c, nil
}

// sendOne delivers one prepared mail.
func (r Relay) sendOne(ctx context.Context, from, to string, content []byte) error {
	c, err := r.dial(ctx)
	if err != nil {
		return err
	}
	defer c.quit()
	if a := c.send(envelope{from, to}, content, nil); a.err != nil {
		return mce.Unavailablef(a.err, "the mail relay did not take the mail: %d %s", a.code, clip(a.text))
	}
	return nil
}

// SendTest sends an edition to one address outside the outbox. Its links lead nowhere.
func SendTest(ctx context.Context, r Relay, s Sender, e mce.Edition, to, greeting string, now time.Time) error {
	st, err := prepare(e, s, func(string) string { return greeting })
	if err != nil {
		return err
	}
	nobody, err := mce.NewKeys([]byte(rand.Text() + rand.Text()))
	if err != nil {
		return err
	}
	content, err := st.forWire().stamp(nil, mce.Letter{Kind: e.Kind, To: to, CreatedAt: now}, nobody)
	if err != nil {
		return err
	}
	return r.sendOne(ctx, s.Site.From, to, content)
}
