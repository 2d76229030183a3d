package main

import (
	"bufio"
	"bytes"
	"net"
	"strings"
	"time"
)

// dialogue is one connection to the sink. It is written by hand, on the bytes themselves: what breaks must break at an exact place.
type dialogue struct {
	*sink
	r       *bufio.Reader
	w       *bufio.Writer
	helo    string
	to      string
	try     int
	refused bool // the present recipient
}

func (s *sink) serve(c net.Conn) {
	defer c.Close()
	if !s.admit(c) {
		return
	}
	defer s.set(func() { delete(s.open, c) })
	d := &dialogue{sink: s, r: bufio.NewReaderSize(c, 64<<10), w: bufio.NewWriter(c)}
	for goOn := d.say("220 sink.example"); goOn; {
		line, err := d.r.ReadSlice('\n')
		goOn = err == nil && d.command(strings.TrimRight(string(line), "\r\n"))
	}
	d.w.Flush() // what was said before the cut: it is that letter whose answer is lost, and no other
}

// say answers; the answers to commands that came together go together.
func (d *dialogue) say(reply string) bool {
	d.w.WriteString(reply + "\r\n")
	if d.r.Buffered() > 0 {
		return true
	}
	return d.w.Flush() == nil
}

// command does what a line says; false: the connection is to be cut.
func (d *dialogue) command(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO":
		d.helo = rest
		return d.say("250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES")
	case "MAIL":
		d.to, d.try, d.refused = "", 0, true
		_, goOn := d.act(atMail, "250 2.1.0 ok")
		return goOn
	case "RCPT":
		d.to = rest[strings.IndexByte(rest, '<')+1 : strings.IndexByte(rest, '>')]
		d.set(func() { d.tries[d.to]++; d.try = d.tries[d.to] })
		taken, goOn := d.act(atRcpt, "250 2.1.5 ok")
		d.refused = !taken
		return goOn
	case "DATA":
		if d.refused {
			return d.say("554 5.5.1 for whom?")
		}
		taken, goOn := d.act(atData, "354 go on")
		if !taken || !goOn {
			return goOn
		}
		return d.content()
	case "RSET", "NOOP":
		return d.say("250 2.0.0 ok")
	case "QUIT":
		d.say("221 2.0.0 bye")
		return false
	}
	return d.say("502 5.5.1 what?")
}

// act answers as the script wants, or as usual. taken: it was no refusal.
func (d *dialogue) act(at place, usual string) (taken, goOn bool) {
	reply, cut := d.ask(at, usual)
	if cut {
		return false, false
	}
	goOn = d.say(reply) && !strings.HasPrefix(reply, "421")
	return reply[0] < '4', goOn
}

// ask is what the script wants to be answered, after any wait; cut: nothing, and the connection is to be cut.
func (d *dialogue) ask(at place, usual string) (reply string, cut bool) {
	if d.script == nil {
		return usual, false
	}
	do := d.script(scene{at, d.to, d.try, d.helo})
	if do.hold != nil && !d.wait(do) {
		return "", true
	}
	if do.reply != "" {
		usual = do.reply
	}
	return usual, do.drop
}

// wait holds the dialogue up as a deed asks; false: the test is over.
func (d *dialogue) wait(do deed) bool {
	d.w.Flush() // earlier letters' answers are not held up
	d.set(func() { d.holding++; d.most = max(d.most, d.holding) })
	defer d.set(func() { d.holding-- })
	var limit <-chan time.Time
	if do.limit > 0 {
		limit = time.After(do.limit)
	}
	select {
	case <-do.hold:
	case <-limit:
	case <-d.closing:
		return false
	}
	return true
}

// content reads a mail and answers its final dot. The mail is noted down before the answer, and also when the answer is never given.
func (d *dialogue) content() bool {
	if _, cut := d.ask(inContent, ""); cut {
		d.r.ReadSlice('\n')
		return false
	}
	id, ok := d.read()
	if !ok {
		return false
	}
	reply, cut := d.ask(atDot, "250 2.0.0 taken")
	if reply == "" { // the test is over
		return false
	}
	if reply[0] == '2' {
		d.take(d.to, id)
	}
	return !cut && d.say(reply) && !strings.HasPrefix(reply, "421")
}

// read takes a mail up to its final dot and looks at no more of it than the Message-ID.
func (d *dialogue) read() (id string, ok bool) {
	field := []byte("message-id:")
	for header := true; ; {
		line, err := d.r.ReadSlice('\n')
		if err != nil {
			return "", false
		}
		switch {
		case len(line) == 3 && line[0] == '.':
			return id, true
		case len(line) == 2:
			header = false
		case header && len(line) > len(field) && bytes.EqualFold(line[:len(field)], field):
			id = string(bytes.TrimSpace(line[len(field):]))
		}
	}
}
