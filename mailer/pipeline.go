package mailer

import (
	"errors"
	"fmt"
	"io"
	"net/textproto"
)

// errOutOfStep: the letter in hand is not the one that the server was told of.
var errOutOfStep = errors.New("the server expects another letter")

// pipelined is the dialogue of RFC 2920: one write carries a letter's content, its final dot and the next letter's MAIL, RCPT and DATA;
// then the four replies are read. One round trip a letter instead of four.
//
// The next letter's commands are not yet the letter: without its content and dot the server delivers nothing, so a connection that is cut
// in between leaves that letter untried.
func (c *conn) pipelined(e envelope, content []byte, next *envelope) []step {
	var refused error
	return []step{
		{phaseMail, commandTime, func() (err error) {
			if err := c.introduce(e); err != nil {
				return err
			}
			refused, err = c.read(250)
			return err
		}},
		{phaseRcpt, commandTime, func() error {
			no, err := c.read(25)
			if err != nil {
				return err
			}
			if refused != nil {
				return c.refusal(phaseMail, refused)
			}
			refused = no
			return nil
		}},
		{phaseData, contentTime, func() error {
			if refused != nil {
				return c.refusal(phaseRcpt, refused)
			}
			_, _, err := c.smtp.Text.ReadResponse(354)
			return err
		}},
		{phaseDot, dotTime, func() error {
			if err := c.deliver(content, next); err != nil {
				return err
			}
			_, _, err := c.smtp.Text.ReadResponse(250)
			return err
		}},
	}
}

// deliver sends content, final dot and the next letter's commands in one write.
func (c *conn) deliver(content []byte, next *envelope) error {
	c.out.Reset()
	if err := writeStuffed(&c.out, content); err != nil {
		return phased{phaseData, err}
	}
	beforeDot := c.out.Len()
	c.out.WriteString(".\r\n")
	if c.ahead = next; next != nil {
		writeCommands(&c.out, *next)
	}
	n, err := c.smtp.Text.W.Write(c.out.Bytes())
	if err != nil && n <= beforeDot {
		return phased{phaseData, err} // the dot has not gone: nothing was delivered
	}
	if err != nil {
		return err
	}
	return c.smtp.Text.W.Flush()
}

// introduce makes sure that the server has been told of the letter.
func (c *conn) introduce(e envelope) error {
	if c.ahead != nil {
		if *c.ahead != e {
			return errOutOfStep
		}
		c.ahead = nil
		return nil
	}
	writeCommands(c.smtp.Text.W, e) // a fault in writing comes back from Flush
	return c.smtp.Text.W.Flush()
}

func writeCommands(w io.Writer, e envelope) {
	fmt.Fprintf(w, "MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n", e.from, e.to)
}

// read reads a reply: refused is one with another code than expected, err a broken connection.
func (c *conn) read(expected int) (refused, err error) {
	_, _, err = c.smtp.Text.ReadResponse(expected)
	var reply *textproto.Error
	if errors.As(err, &reply) && reply.Code != 421 {
		return reply, nil
	}
	return nil, err
}

// phased is a refusal that belongs to an earlier phase than the one in which the last reply was read.
type phased struct {
	phase phase
	error
}

// Unwrap gives the server's reply.
func (p phased) Unwrap() error { return p.error }

// refusal ends the transaction of a letter that was refused: the replies behind the refusal are read, and a server that wants content all
// the same (RFC 2920 §3.1) gets a lone dot.
func (c *conn) refusal(p phase, reason error) error {
	_, _, err := c.smtp.Text.ReadResponse(354)
	var reply *textproto.Error
	switch {
	case errors.As(err, &reply):
	case err != nil:
		return err
	default:
		if _, err := c.smtp.Text.W.WriteString(".\r\n"); err != nil {
			return err
		}
		if err := c.smtp.Text.W.Flush(); err != nil {
			return err
		}
		if _, err := c.read(250); err != nil {
			return err
		}
	}
	return phased{p, reason}
}
