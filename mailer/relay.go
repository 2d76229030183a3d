package mailer

import (
	"context"
	"crypto/rand"
	"crypto/tls"
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

// Relay is the server that letters are handed to. Make it with ParseRelay.
type Relay struct {
	Host     string
	Port     int
	User     string
	Password string
	TLS      string // starttls, implicit or none
	Helo     string // the name we greet with; empty means this machine's
}

// ParseRelay reads smtp://user:password@host:port?tls=starttls|implicit|none. TLS is the default: STARTTLS is required, and implicit on
// port 465; plain text must be asked for by name.
func ParseRelay(address string) (Relay, error) {
	form := mce.Invalidf("expected smtp://user:password@host:port?tls=starttls|implicit|none (special signs in the password written as %%40 and so on)")
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || u.Fragment != "" || (u.Path != "" && u.Path != "/") {
		return Relay{}, form
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || strings.Contains(u.RawQuery, "@") { // the rest of a password with a ? in it
		return Relay{}, form
	}
	r := Relay{Host: u.Hostname(), Port: 587, TLS: query.Get("tls"), Helo: query.Get("helo")}
	r.User = u.User.Username()
	r.Password, _ = u.User.Password()
	if r.TLS == "" {
		r.TLS = "starttls"
		if u.Scheme == "smtps" || u.Port() == "465" {
			r.TLS = "implicit"
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
	if !slices.Contains([]string{"starttls", "implicit", "none"}, r.TLS) {
		return Relay{}, mce.Invalidf("tls=%s is not known; use starttls, implicit or none", r.TLS)
	}
	for key := range query {
		if key != "tls" && key != "helo" {
			return Relay{}, mce.Invalidf("%q is not known; use tls and helo", key)
		}
	}
	return r, nil
}

// LogValue names the relay without its password.
func (r Relay) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("%s (tls=%s)", net.JoinHostPort(r.Host, strconv.Itoa(r.Port)), r.TLS))
}

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
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(r.User), mail.WithPassword(r.Password))
	}
	return mail.NewClient(r.Host, options...)
}

// connect opens the connection that the dialogue runs over: plain, or under TLS from the beginning.
func (r Relay) connect(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(r.Host, strconv.Itoa(r.Port))
	if r.TLS == "implicit" {
		d := tls.Dialer{Config: &tls.Config{ServerName: r.Host, MinVersion: tls.VersionTLS12}}
		return d.DialContext(ctx, "tcp", address)
	}
	var d net.Dialer
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
		return nil, mce.Unavailablef(err, "the mail relay %s cannot be reached or refuses us", r.LogValue())
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
