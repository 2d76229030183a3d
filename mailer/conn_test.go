package mailer

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"
)

// inContent makes mute hang up at the first line of the content.
const inContent = "Subject"

// mute is a server that answers until it comes to a line that begins with at ("." for the final dot, "" for the greeting); then it falls
// silent and closes heard.
func mute(t *testing.T, at string) (Relay, <-chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		c, err := l.Accept()
		if err != nil {
			return
		}
		t.Cleanup(func() { c.Close() })
		if at == "" {
			return
		}
		answerUntil(textproto.NewConn(c), at)
		if at == inContent {
			c.Close()
		}
	}()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	number, _ := strconv.Atoi(port)
	return Relay{Host: host, Port: number, TLS: "none", Helo: "test.example"}, heard
}

func answerUntil(c *textproto.Conn, at string) {
	c.PrintfLine("220 ready")
	for {
		line, err := c.ReadLine()
		if err != nil || strings.HasPrefix(line, at) {
			return
		}
		reply := "250 ok"
		if line == "DATA" {
			reply = "354 go on"
		}
		c.PrintfLine("%s", reply)
		if line == "DATA" && at == "." {
			readTo(c.R, at)
			return
		}
	}
}

// readTo reads content up to a line.
func readTo(r *bufio.Reader, last string) {
	for {
		line, err := r.ReadString('\n')
		if err != nil || line == last+"\r\n" {
			return
		}
	}
}

// TestTheOrderToStopCutsADialogue: at any phase a silent server is left at once, with the truth about how far the letter had come.
func TestTheOrderToStopCutsADialogue(t *testing.T) {
	for at, want := range map[string]phase{"MAIL": phaseMail, "RCPT": phaseRcpt, "DATA": phaseData, ".": phaseDot} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			relay, heard := mute(t, at)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			c, err := relay.dial(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer c.abort()
			go func() {
				<-heard
				stop()
			}()
			begun := time.Now()
			a := c.send(envelope{"from@example.org", "to@example.org"}, []byte("Subject: x\r\n\r\nx\r\n"), nil)
			if a.phase != want || a.code != 0 || !a.broken || a.err == nil {
				t.Errorf("%+v", a)
			}
			if took := time.Since(begun); took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestTheOrderToStopCutsADial(t *testing.T) {
	t.Parallel()
	relay, heard := mute(t, "")
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		<-heard
		stop()
	}()
	begun := time.Now()
	if _, err := relay.dial(ctx); err == nil {
		t.Error("a server that does not greet was reached")
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestNothingIsBegunAfterTheOrderToStop: a letter that had not come to its final dot is not in doubt.
func TestNothingIsBegunAfterTheOrderToStop(t *testing.T) {
	relay, _ := mute(t, ".")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	c, err := relay.dial(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.abort()
	stop()
	if a := c.send(envelope{"from@example.org", "to@example.org"}, []byte("x\r\n"), nil); a.phase == phaseDot || !a.broken {
		t.Errorf("%+v", a)
	}
}

// TestContentCutShortIsNotInDoubt: the fault is noticed before the final dot, so nobody can have taken the letter. A short content fits
// into the buffers on the way, dot included; then only the missing answer tells, and the letter is in doubt.
func TestContentCutShortIsNotInDoubt(t *testing.T) {
	relay, _ := mute(t, inContent)
	c, err := relay.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.abort()
	content := append([]byte("Subject: x\r\n\r\n"), bytes.Repeat([]byte("a long mail\r\n"), 8<<20/13)...)
	if a := c.send(envelope{"from@example.org", "to@example.org"}, content, nil); a.phase != phaseData || a.code != 0 || !a.broken {
		t.Errorf("%+v", a)
	}
}
