package mailer

import (
	"errors"
	"fmt"
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
			if _, _, err := c.smtp.Text.ReadResponse(354); err != nil {
				return err
			}
			return writeStuffed(c.smtp.Text.W, content)
		}},
		{phaseDot, dotTime, func() error {
			c.ahead = next
			if _, err := c.smtp.Text.W.WriteString(".\r\n"); err != nil {
				return err
			}
			if next != nil {
				if err := c.commands(*next); err != nil {
					return err
				}
			}
			if err := c.smtp.Text.W.Flush(); err != nil {
				return err
			}
			_, _, err := c.smtp.Text.ReadResponse(250)
			return err
		}},
	}
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
	if err := c.commands(e); err != nil {
		return err
	}
	return c.smtp.Text.W.Flush()
}

// commands writes without sending.
func (c *conn) commands(e envelope) error {
	_, err := fmt.Fprintf(c.smtp.Text.W, "MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n", e.from, e.to)
	return err
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
