package mailer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"net/textproto"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

const (
	// replyTime is how long any answer is waited for: the longest of RFC 5321 §4.5.3.2, which is that behind the final dot. Giving up
	// sooner there makes duplicates.
	replyTime = 10 * time.Minute
	// keepIdle is how long an unused connection is kept.
	keepIdle = 30 * time.Second
)

// conn is a kept-open connection to a relay. It is cut when the context that it was dialled with ends.
type conn struct {
	smtp    *smtp.Client
	wire    net.Conn        // what smtp talks over. smtp's own deadline waits for a command under way, so it cannot cut one short
	ctx     context.Context //nolint:containedctx // the connection's own life
	release func() bool     // forgets ctx
	route   *route
	hold
	sent       int
	used       time.Time
	extended   time.Time // when its deadline was set
	pipelining bool      // the server offers RFC 2920
	told       bool      // the server has the MAIL, RCPT and DATA of ahead, whose answers have not been read; see pipeline.go
	ahead      envelope
}

// envelope is whom a letter is from and to, as the relay is told.
type envelope struct{ from, to string }

func (c *conn) unused() time.Duration { return time.Since(c.used) }

// spent: so many letters have gone over the connection that a new one is due.
func (c *conn) spent() bool { return c.sent >= c.route.Letters && !c.told }

// hasRoomFor reports whether n letters may go over the connection without another question.
func (c *conn) hasRoomFor(n int) bool {
	return c.sent+n <= c.route.Letters && (!c.route.Limit.Counts() || c.granted >= n)
}

// send takes one letter through MAIL, RCPT, DATA and the final dot. The content is dot-stuffed and ends in CRLF; its spare capacity is
// written over. Where the server allows it, it is told of the next letter in the same breath; the caller sends that one next, or nothing
// more on this connection.
func (c *conn) send(e envelope, content []byte, next *envelope) answer {
	c.used = time.Now()
	c.sent++
	if !bytes.HasSuffix(content, []byte("\r\n")) {
		return answer{phase: phaseMail, text: "the content does not end its last line", broken: true, err: errUnended}
	}
	var reached phase
	var err error
	if c.pipelining {
		reached, err = c.pipelined(e, content, next)
	} else {
		reached, err = c.stepwise(e, content)
	}
	if err != nil {
		return c.failed(reached, err)
	}
	return answer{phase: phaseDot, code: 250}
}

var errUnended = errors.New("a content without the end of its last line")

// stepwise is the dialogue of RFC 5321 §3.3, one command at a time.
func (c *conn) stepwise(e envelope, content []byte) (phase, error) {
	for _, step := range [...]struct {
		phase    phase
		line     string
		expected int
	}{
		{phaseMail, "MAIL FROM:<" + e.from + ">\r\n", 250},
		{phaseRcpt, "RCPT TO:<" + e.to + ">\r\n", 25},
		{phaseData, "DATA\r\n", 354},
	} {
		if _, err := c.write([]byte(step.line)); err != nil {
			return step.phase, err
		}
		if err := c.reply(step.expected); err != nil {
			return step.phase, err
		}
	}
	return c.content(content, nil)
}

// content sends the content, its final dot and, if there is one, the next letter's commands in one write, and waits for the word about the
// content. An error before the dot leaves the message unfinished: the caller must not write another byte on this connection, or a
// truncated mail would be delivered.
func (c *conn) content(content []byte, next *envelope) (phase, error) {
	out := append(content, ".\r\n"...) //nolint:gocritic // into the spare capacity, which is the caller's
	if next != nil {
		out = appendCommands(out, *next)
		c.told, c.ahead = true, *next
	}
	if n, err := c.write(out); err != nil {
		if n <= len(content) {
			return phaseData, err // the dot has not gone: nothing was delivered
		}
		return phaseDot, err
	}
	return phaseDot, c.reply(250)
}

// write writes and flushes, and gives how much may have left.
func (c *conn) write(p []byte) (int, error) {
	if err := c.extend(); err != nil {
		return 0, err
	}
	if n, err := c.smtp.Text.W.Write(p); err != nil {
		return n, err
	}
	return len(p), c.smtp.Text.W.Flush()
}

// reply reads a reply of the expected code, or of one that begins with the expected digits; any other is a *textproto.Error.
func (c *conn) reply(expected int) error {
	if err := c.extend(); err != nil {
		return err
	}
	r := c.smtp.Text.R
	head, err := r.Peek(4)
	if err != nil {
		return err
	}
	if head[3] != ' ' || !begins(head[:3], expected) {
		_, _, err := c.smtp.Text.ReadResponse(expected)
		return err
	}
	for err = bufio.ErrBufferFull; errors.Is(err, bufio.ErrBufferFull); { // nearly always: nothing of its text is of interest
		_, err = r.ReadSlice('\n')
	}
	return err
}

// begins reports whether a code begins with the expected digits.
func begins(code []byte, expected int) bool {
	number := 0
	for _, digit := range code {
		number = 10*number + int(digit-'0')
	}
	for number > expected {
		number /= 10
	}
	return number == expected
}

// extend sets the deadline. It is set for a little longer than need be, because setting it for each reply would cost more than it is worth.
func (c *conn) extend() error {
	const nowAndThen = 5 * time.Second
	now := time.Now()
	if now.Sub(c.extended) < nowAndThen {
		return nil
	}
	c.extended = now
	if err := c.wire.SetDeadline(now.Add(replyTime + nowAndThen)); err != nil {
		return err
	}
	return c.ctx.Err() // asked for after the deadline was set: what ends later cuts the connection itself
}

// failed sorts a fault: a reply with a code leaves the connection usable once the transaction is reset; anything else, and 421, does not.
func (c *conn) failed(reached phase, err error) answer {
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return answer{phase: reached, text: err.Error(), broken: true, err: err}
	}
	a := answer{phase: reached, code: reply.Code, text: reply.Msg, err: err}
	if reply.Code == 421 || reply.Code/100 < 4 { // an answer that is none to what was asked: out of step
		a.broken = true
		if reply.Code != 421 {
			a.code = 0
		}
		return a
	}
	if !c.told { // told of the next letter, the server has reset itself
		a.broken = c.smtp.Reset() != nil
	}
	return a
}

// abort cuts the connection without another byte.
func (c *conn) abort() {
	c.release()
	c.wire.Close() //nolint:errcheck // there is nothing to be done about it
}

func (c *conn) quit() {
	if c.told { // the server waits for a letter's content: QUIT would be its first line
		c.abort()
		return
	}
	c.release()
	c.wire.SetDeadline(time.Now().Add(5 * time.Second)) //nolint:errcheck // Quit will say
	if c.smtp.Quit() != nil {
		c.abort()
	}
}

// stuff appends the content with a dot before each line that begins with one (RFC 5321 §4.5.2). The content begins a line.
func stuff(dst, content []byte) []byte {
	lineDot := []byte("\r\n.")
	if len(content) > 0 && content[0] == '.' {
		dst = append(dst, '.')
	}
	for {
		i := bytes.Index(content, lineDot)
		if i < 0 {
			return append(dst, content...)
		}
		dst = append(append(dst, content[:i+len(lineDot)]...), '.')
		content = content[i+len(lineDot):]
	}
}
