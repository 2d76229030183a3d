package mailer_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
)

// strict is a go-smtp server that counts the mails it gets.
type strict struct {
	mu    sync.Mutex
	mails []string
}

func (s *strict) NewSession(*smtp.Conn) (smtp.Session, error) { return s, nil }
func (s *strict) Mail(string, *smtp.MailOptions) error        { return nil }
func (s *strict) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (s *strict) Reset()                                      {}
func (s *strict) Logout() error                               { return nil }
func (s *strict) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, string(raw))
	return err
}

func (s *strict) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.mails)
}

// selfSigned is a certificate that nobody vouches for.
func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func TestTLSIsRequiredAndVerified(t *testing.T) {
	for _, c := range []struct {
		name              string
		offered, implicit bool // by the server
		ask               string
		fault             string // in the error; "" when the mail goes
	}{
		{"STARTTLS from a server without it", false, false, "", "STARTTLS"},
		{"STARTTLS with a certificate of nobody's", true, false, "", "certificate"},
		{"implicit TLS with a certificate of nobody's", true, true, "?tls=implicit", "certificate"},
		{"implicit TLS from a server without it", false, false, "?tls=implicit", "TLS"},
		{"plain text, asked for by name", false, false, "?tls=none", ""},
		{"plain text, asked for by name, where there is STARTTLS", true, false, "?tls=none", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := &strict{}
			server := smtp.NewServer(got)
			server.Domain = "relay.example"
			server.ErrorLog = discard{}
			config := selfSigned(t)
			if c.offered && !c.implicit {
				server.TLSConfig = config
			}
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			address := l.Addr().String()
			if c.implicit {
				l = tls.NewListener(l, config)
			}
			go server.Serve(l)
			t.Cleanup(func() { server.Close() })

			relay, err := mailer.ParseRelay("smtp://" + address + c.ask)
			if err != nil {
				t.Fatal(err)
			}
			err = sendTest(t, relay)
			if c.fault == "" {
				if err != nil || got.count() != 1 {
					t.Errorf("%d mails, %v", got.count(), err)
				}
				return
			}
			if mce.ErrorCode(err) != mce.Unavailable || !strings.Contains(err.Error(), c.fault) || got.count() != 0 {
				t.Errorf("%d mails, error %v; want one about %s", got.count(), err, c.fault)
			}
		})
	}
}

// TestPasswordsDoNotTravelInTheOpen: with tls=none a password is not given to a server that wants it in plain text.
func TestPasswordsDoNotTravelInTheOpen(t *testing.T) {
	f := newRelay(t)
	f.hello = "250-relay.example\r\n250 AUTH PLAIN LOGIN"
	r := f.relay(t)
	r.User, r.Password = "anna", "hush"
	if err := sendTest(t, r); mce.ErrorCode(err) != mce.Unavailable || strings.Contains(err.Error(), "hush") {
		t.Error(err)
	}
	if said := f.said("AUTH"); said != 0 {
		t.Errorf("%d log-ins", said)
	}
}

type discard struct{}

func (discard) Printf(string, ...any) {}
func (discard) Println(...any)        {}

func sendTest(t *testing.T, r mailer.Relay) error {
	t.Helper()
	e, err := mailer.FixtureLetters(t).OptIn("it", nil)
	if err != nil {
		t.Fatal(err)
	}
	return mailer.SendTest(t.Context(), r, mailer.Sender{Site: mailer.FixtureSite()}, e, "anna@example.org", "Cara Anna,", mailer.FixtureNow)
}
