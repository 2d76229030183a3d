package mailer

import (
	"errors"
	"net/textproto"
)

// errOutOfStep: the letter in hand is not the one that the server was told of.
var errOutOfStep = errors.New("the server expects another letter")

// pipelined is the dialogue of RFC 2920: one write carries a letter's content, its final dot and the next letter's MAIL, RCPT and DATA;
// then the four replies are read. One round trip a letter instead of four.
//
// The next letter's commands are not yet the letter: without its content and dot the server delivers nothing, so a connection that is cut
// in between leaves that letter untried.
func (c *conn) pipelined(e envelope, content []byte, next *envelope) (phase, error) {
	if err := c.introduce(e); err != nil {
		return phaseMail, err
	}
	mail, err := c.refusal(250)
	if err != nil {
		return phaseMail, err
	}
	rcpt, err := c.refusal(25)
	switch {
	case err != nil:
		return phaseRcpt, err
	case mail != nil:
		return c.refused(phaseMail, mail)
	case rcpt != nil:
		return c.refused(phaseRcpt, rcpt)
	}
	if err := c.reply(354); err != nil {
		return phaseData, err
	}
	return c.content(content, next)
}

// introduce makes sure that the server has been told of the letter.
func (c *conn) introduce(e envelope) error {
	if c.told {
		if c.ahead != e {
			return errOutOfStep
		}
		c.told = false
		return nil
	}
	_, err := c.write(appendCommands(nil, e))
	return err
}

func appendCommands(dst []byte, e envelope) []byte {
	dst = append(append(dst, "MAIL FROM:<"...), e.from...)
	dst = append(append(dst, ">\r\nRCPT TO:<"...), e.to...)
	return append(dst, ">\r\nDATA\r\n"...)
}

// refusal reads a reply: no is one with another code than expected, err a connection of no more use.
func (c *conn) refusal(expected int) (no *textproto.Error, err error) {
	err = c.reply(expected)
	if errors.As(err, &no) && no.Code != 421 {
		return no, nil
	}
	return nil, err
}

// refused ends the transaction of a letter that was refused in an earlier phase: the reply to DATA is read, and a server that wants
// content all the same (RFC 2920 §3.1) gets a lone dot.
func (c *conn) refused(reached phase, reason error) (phase, error) {
	no, err := c.refusal(354)
	if err == nil && no == nil {
		if _, err = c.write([]byte(".\r\n")); err == nil {
			_, err = c.refusal(250)
		}
	}
	if err != nil {
		return phaseData, err
	}
	return reached, reason
}
