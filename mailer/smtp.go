package mailer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// Time limits of RFC 5321 §4.5.3.2. After the final dot a server may take ten minutes; giving up sooner makes duplicates.
const (
	commandTime = 5 * time.Minute
	contentTime = 3 * time.Minute
	dotTime     = 10 * time.Minute
	// keepIdle is how long an unused connection is kept.
	keepIdle = 30 * time.Second
)

// conn is a kept-open connection to the relay.
type conn struct {
	smtp       *smtp.Client
	wire       net.Conn // what smtp talks over. smtp's own deadline waits for a command under way, so it cannot cut one short
	used       time.Time
	pipelining bool // the server offers RFC 2920
	out        bytes.Buffer
	ahead      *envelope // whose MAIL, RCPT and DATA have been sent already, and not yet been answered; see pipeline.go
}

// envelope is whom a letter is from and to, as the relay is told.
type envelope struct{ from, to string }

func (c *conn) unused() time.Duration { return time.Since(c.used) }

// send takes one letter through MAIL, RCPT, DATA and the final dot; when ctx ends on the way the connection is cut. Where the server
// allows it, it is told of the next letter in the same breath; the caller sends that one next, or nothing more on this connection.
func (c *conn) send(ctx context.Context, e envelope, content []byte, next *envelope) answer {
	stop := context.AfterFunc(ctx, func() { c.wire.SetDeadline(time.Unix(1, 0)) }) //nolint:errcheck // a closed connection is as good
	defer stop()
	c.used = time.Now()
	steps := []step{
		{phaseMail, commandTime, func() error { return c.smtp.Mail("<" + e.from + ">") }},
		{phaseRcpt, commandTime, func() error { return c.smtp.Rcpt("<" + e.to + ">") }},
		{phaseData, contentTime, func() error { return c.data(content) }},
		{phaseDot, dotTime, c.dot},
	}
	if c.pipelining {
		steps = c.pipelined(e, content, next)
	}
	for _, step := range steps {
		begun := min(step.phase, phaseData) // no byte of the dot has gone yet
		if err := c.wire.SetDeadline(time.Now().Add(step.limit)); err != nil {
			return answer{phase: begun, text: err.Error(), broken: true, err: err}
		}
		if ctx.Err() != nil { // asked for after the deadline was set: one that ends later sets its own
			return answer{phase: begun, text: "stopped", broken: true, err: ctx.Err()}
		}
		if err := step.do(); err != nil {
			return c.failed(step.phase, err)
		}
	}
	return answer{phase: phaseDot, code: 250}
}

// step is a part of the dialogue about a letter.
type step struct {
	phase phase
	limit time.Duration
	do    func() error
}

// data sends the content up to, but without, its final dot. An error leaves the message unfinished: the caller must not write another
// byte on this connection, or a truncated mail would be delivered.
func (c *conn) data(content []byte) error {
	// PrintfLine, not Cmd: that numbers its responses, and the final dot's is read without a command.
	if err := c.smtp.Text.PrintfLine("DATA"); err != nil {
		return err
	}
	if _, _, err := c.smtp.Text.ReadResponse(354); err != nil {
		return err
	}
	return writeStuffed(c.smtp.Text.W, content)
}

// dot ends the content and waits for the server's word. From its first byte on the letter may be delivered.
func (c *conn) dot() error {
	if _, err := c.smtp.Text.W.WriteString(".\r\n"); err != nil {
		return err
	}
	if err := c.smtp.Text.W.Flush(); err != nil {
		return err
	}
	_, _, err := c.smtp.Text.ReadResponse(250)
	return err
}

// failed sorts a fault: a reply with a code leaves the connection usable once the transaction is reset; anything else, and 421, does not.
func (c *conn) failed(p phase, err error) answer {
	var earlier phased
	if errors.As(err, &earlier) {
		p = earlier.phase
	}
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return answer{phase: p, text: err.Error(), broken: true, err: err}
	}
	a := answer{phase: p, code: reply.Code, text: reply.Msg, err: err}
	if reply.Code == 421 || reply.Code/100 < 4 { // an answer that is none to what was asked: out of step
		a.broken = true
		if reply.Code != 421 {
			a.code = 0
		}
		return a
	}
	if c.ahead == nil { // told of the next letter, the server has reset itself
		a.broken = c.smtp.Reset() != nil
	}
	return a
}

// abort cuts the connection without another byte.
func (c *conn) abort() {
	c.wire.Close() //nolint:errcheck // there is nothing to be done about it
}

func (c *conn) quit() {
	if c.ahead != nil { // the server waits for a letter's content: QUIT would be its first line
		c.abort()
		return
	}
	c.wire.SetDeadline(time.Now().Add(5 * time.Second)) //nolint:errcheck // Quit will say
	if c.smtp.Quit() != nil {
		c.abort()
	}
}

// writer is what textproto's buffered writer offers.
type writer interface {
	Write(p []byte) (int, error)
	WriteByte(b byte) error
}

// writeStuffed writes the content with a dot before each line that begins with one (RFC 5321 §4.5.2). It must end in CRLF.
func writeStuffed(w writer, content []byte) error {
	if !bytes.HasSuffix(content, []byte("\r\n")) {
		return fmt.Errorf("the content does not end its last line")
	}
	lineDot := []byte("\r\n.")
	if len(content) > 0 && content[0] == '.' {
		if err := w.WriteByte('.'); err != nil {
			return err
		}
	}
	for {
		i := bytes.Index(content, lineDot)
		if i < 0 {
			_, err := w.Write(content)
			return err
		}
		if _, err := w.Write(content[:i+len(lineDot)]); err != nil {
			return err
		}
		if err := w.WriteByte('.'); err != nil {
			return err
		}
		content = content[i+len(lineDot):]
	}
}
