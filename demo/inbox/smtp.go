package inbox

import (
	"errors"
	"io"
	"log/slog"

	"github.com/emersion/go-smtp"
)

const (
	maxMailBytes  = 25 << 20
	maxRecipients = 100 // RFC 5321 §4.5.3.1.8: at least 100
)

// newServer makes the SMTP server: no TLS, no log-in, every address welcome. It has no read timeout, since
// the clients are local programs that may well keep a connection open for hours.
func newServer(in *Inbox) *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{inbox: in}, nil
	}))
	s.Domain = "localhost"
	s.MaxMessageBytes = maxMailBytes
	s.MaxRecipients = maxRecipients
	s.EnableSMTPUTF8 = true
	s.ErrorLog = slog.NewLogLogger(in.log.Handler(), slog.LevelWarn)
	return s
}

// session is one client's connection; it implements smtp.Session.
type session struct {
	inbox *Inbox
	from  string
	to    []string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data keeps the mail; 250 is answered when it returns nil. Whatever goes wrong on our side or on the wire
// is temporary (451), so that the sender tries again; a mail over the size limit stays a 552.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if refusal := (*smtp.SMTPError)(nil); errors.As(err, &refusal) {
		return refusal
	}
	if err == nil {
		err = s.inbox.keep(s.from, s.to, raw)
	}
	if err != nil {
		s.inbox.log.Error("mail not kept", "from", s.from, "error", err)
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The mail could not be kept, try again"}
	}
	return nil
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (s *session) Logout() error { return nil }
