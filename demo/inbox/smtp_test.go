package inbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/emersion/go-smtp"
)

// wire is a client that says exactly what a test wants said.
type wire struct {
	t *testing.T
	net.Conn
	replies *bufio.Scanner
}

func dial(t *testing.T, in *Inbox) wire {
	t.Helper()
	c, err := net.Dial("tcp", in.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	w := wire{t, c, bufio.NewScanner(c)}
	w.expect("220")
	return w
}

func (w wire) say(text string) {
	w.t.Helper()
	if _, err := fmt.Fprint(w, strings.ReplaceAll(text, "\n", "\r\n")); err != nil {
		w.t.Fatal(err)
	}
}

// expect reads one reply and returns its lines.
func (w wire) expect(code string) string {
	w.t.Helper()
	var lines []string
	for w.replies.Scan() {
		line := w.replies.Text()
		lines = append(lines, line)
		if len(line) < 4 || line[3] != '-' {
			if !strings.HasPrefix(line, code) {
				w.t.Fatalf("reply %q, want %s", line, code)
			}
			return strings.Join(lines, "\n")
		}
	}
	w.t.Fatalf("no reply (%v), want %s", w.replies.Err(), code)
	return ""
}

func TestExtensions(t *testing.T) {
	w := dial(t, open(t))
	w.say("EHLO localhost\n")
	offered := w.expect("250")
	for _, want := range []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 26214400"} {
		if !strings.Contains(offered, want) {
			t.Errorf("%s is not offered: %s", want, offered)
		}
	}
	if strings.Contains(offered, "AUTH") {
		t.Error("a log-in is offered")
	}
}

func TestPipelining(t *testing.T) {
	in := open(t)
	w := dial(t, in)
	const start = "MAIL FROM:<>\nRCPT TO:<müller@städte.example>\nDATA\n"
	w.say("EHLO localhost\n" + strings.ReplaceAll(start, "<>", "<> SMTPUTF8"))
	for _, code := range []string{"250", "250", "250", "354"} {
		w.expect(code)
	}
	// One write ends a mail and starts the next, as the mailer does.
	w.say("Subject: one\n\n..dot\n.\n" + strings.ReplaceAll(start, "<>", "<> SMTPUTF8"))
	for _, code := range []string{"250", "250", "250", "354"} {
		w.expect(code)
	}
	if m := in.Mails(); len(m) != 1 || m[0].To[0] != "müller@städte.example" {
		t.Fatalf("mails %+v", m)
	}
	if _, raw, _ := in.Get("00000001"); string(raw) != "Subject: one\r\n\r\n.dot\r\n" {
		t.Errorf("kept %q", raw)
	}
}

func TestHalfAMailIsNotKept(t *testing.T) {
	in := open(t)
	w := dial(t, in)
	w.say("EHLO localhost\nMAIL FROM:<a@mce.example>\nRCPT TO:<b@city.example>\nDATA\n")
	for _, code := range []string{"250", "250", "250", "354"} {
		w.expect(code)
	}
	w.say("Subject: half\n\nand th")
	closeInbox(t, in)
	w.expect("451")
	w.expect("421")
	if len(in.Mails()) != 0 {
		t.Error("half a mail was kept")
	}
}

func TestCloseEndsIdleConnections(t *testing.T) {
	in := open(t)
	silent, greeted := dial(t, in), dial(t, in)
	greeted.say("EHLO localhost\n")
	greeted.expect("250")
	closeInbox(t, in)
	silent.expect("421")
	greeted.expect("421")
	closeInbox(t, in) // a second time does nothing
	if c, err := net.Dial("tcp", in.Addr()); err == nil {
		_ = c.Close()
		t.Error("still listening")
	}
}

func TestTroubleWithTheFolderIsTemporary(t *testing.T) {
	in := open(t)
	if err := os.RemoveAll(in.dir); err != nil {
		t.Fatal(err)
	}
	w := dial(t, in)
	w.say("EHLO localhost\nMAIL FROM:<a@mce.example>\nRCPT TO:<b@city.example>\nDATA\nSubject: x\n\n.\n")
	for _, code := range []string{"250", "250", "250", "354", "451"} {
		w.expect(code)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := in.Wait(ctx, func(m []Mail) bool { return len(m) > 0 }); err == nil {
		t.Error("the mail counts as kept")
	}
}

func TestSizeLimit(t *testing.T) {
	in := open(t)
	w := dial(t, in)
	w.say("EHLO localhost\nMAIL FROM:<a@mce.example> SIZE=26214401\n")
	w.expect("250")
	w.expect("552")
	err := (&session{inbox: in}).Data(iotest.ErrReader(smtp.ErrDataTooLarge)) // what it reads past the limit
	if !errors.Is(err, smtp.ErrDataTooLarge) || len(in.Mails()) != 0 {
		t.Errorf("%v, %d mails; want 552 and none", err, len(in.Mails()))
	}
}

// TestDiskBeforeAnswer looks at the folder right after each 250.
func TestDiskBeforeAnswer(t *testing.T) {
	in := open(t)
	w := dial(t, in)
	w.say("EHLO localhost\n")
	w.expect("250")
	for i := range 50 {
		w.say("MAIL FROM:<>\nRCPT TO:<b@city.example>\nDATA\nSubject: x\n\n.\n")
		for _, code := range []string{"250", "250", "354", "250"} {
			w.expect(code)
		}
		if _, err := os.Stat(filepath.Join(in.dir, fmt.Sprintf("%08d.eml", i+1))); err != nil {
			t.Fatal(err)
		}
	}
}
