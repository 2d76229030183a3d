package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/smtp"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/wneessen/go-mail"
)

// noon is the business time of these tests: a moment when a conference might open.
var noon = time.Date(2027, time.June, 8, 12, 0, 0, 0, time.FixedZone("CEST", 2*60*60))

func openAt(t *testing.T, dir string, now func() time.Time) *Inbox {
	t.Helper()
	in, err := Open(Options{Addr: "127.0.0.1:0", Dir: dir, Log: slog.New(slog.DiscardHandler), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeInbox(t, in) })
	return in
}

func open(t *testing.T) *Inbox {
	t.Helper()
	return openAt(t, t.TempDir(), func() time.Time { return noon })
}

func closeInbox(t *testing.T, in *Inbox) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := in.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
}

// send sends a raw mail, its lines ended by LF here, with net/smtp.
func send(t *testing.T, in *Inbox, from string, to []string, raw string) {
	t.Helper()
	if err := smtp.SendMail(in.Addr(), nil, from, to, []byte(strings.ReplaceAll(raw, "\n", "\r\n"))); err != nil {
		t.Fatal(err)
	}
}

func TestMailByGoMail(t *testing.T) {
	in := open(t)
	m := mail.NewMsg()
	for _, err := range []error{
		m.EnvelopeFrom("bounces@mce.example"), m.FromFormat("Major Cities of Europe", "news@mce.example"),
		m.AddToFormat("Zoë Müller", "zoe@city.example"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	m.Subject("Grüße aus Zagreb")
	m.SetMessageIDWithValue("letter-1@mce.example")
	m.SetDateWithValue(noon)
	m.SetBodyString(mail.TypeTextPlain, "Text")
	m.AddAlternativeString(mail.TypeTextHTML, "<p>HTML</p>")
	if err := m.AttachReader("programme.pdf", strings.NewReader("%PDF"), mail.WithFileContentType("application/pdf")); err != nil {
		t.Fatal(err)
	}
	host, port, _ := strings.Cut(in.Addr(), ":")
	number, _ := strconv.Atoi(port)
	client, err := mail.NewClient(host, mail.WithPort(number), mail.WithTLSPolicy(mail.NoTLS))
	if err != nil {
		t.Fatal(err)
	}
	if err := client.DialAndSend(m); err != nil {
		t.Fatal(err)
	}

	got := in.Mails()
	if len(got) != 1 {
		t.Fatalf("%d mails, want 1", len(got))
	}
	want := Mail{
		ID: "00000001", From: "bounces@mce.example", To: []string{"zoe@city.example"}, Received: noon,
		Size: got[0].Size, Subject: "Grüße aus Zagreb", HeaderFrom: `"Major Cities of Europe" <news@mce.example>`,
		HeaderTo: "Zoë Müller <zoe@city.example>", MessageID: "letter-1@mce.example", Date: noon, Attachments: 1,
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
}

func TestRestartKeepsMails(t *testing.T) {
	dir := t.TempDir()
	first := openAt(t, dir, func() time.Time { return noon })
	const raw = "Subject: one\n\nbytes \xff as sent\n"
	send(t, first, "", []string{"a@city.example", "b@city.example"}, raw)
	send(t, first, "x@mce.example", []string{"c@city.example"}, "Subject: two\n\n.a dot\n")
	before := first.Mails()
	closeInbox(t, first)

	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("00000009.eml", "Subject: foreign\r\n\r\n")
	write("notes.txt", "kept")
	write("00000007.eml.part", "half a mail")

	second := openAt(t, dir, func() time.Time { return noon.Add(time.Hour) })
	if diff := cmp.Diff(before, second.Mails()); diff != "" {
		t.Error(diff)
	}
	_, got, err := second.Get("00000001")
	if want := strings.ReplaceAll(raw, "\n", "\r\n"); err != nil || string(got) != want {
		t.Errorf("raw %q, %v; want %q", got, err, want)
	}
	send(t, second, "x@mce.example", []string{"c@city.example"}, "Subject: three\n\n")
	if newest := second.Mails()[0]; newest.Subject != "three" || newest.ID != "00000010" {
		t.Errorf("newest is %+v; a foreign file must not be overwritten", newest)
	}
	for name, want := range map[string]bool{"00000009.eml": true, "notes.txt": true, "00000007.eml.part": false} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
}

func TestWait(t *testing.T) {
	in := open(t)
	var senders sync.WaitGroup
	for i := range 20 {
		senders.Go(func() {
			raw := fmt.Sprintf("Subject: %d\r\n\r\n", i)
			if err := smtp.SendMail(in.Addr(), nil, "a@mce.example", []string{"b@city.example"}, []byte(raw)); err != nil {
				t.Error(err)
			}
		})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := in.Wait(ctx, func(m []Mail) bool { return len(m) == 20 }); err != nil {
		t.Fatal(err)
	}
	senders.Wait()

	ctx, cancel = context.WithCancel(context.Background())
	cancel()
	if err := in.Wait(ctx, func([]Mail) bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("wait with an ended context: %v", err)
	}
	if err := in.Wait(ctx, func([]Mail) bool { return true }); err != nil {
		t.Errorf("a condition that holds needs no waiting: %v", err)
	}
}

func TestClear(t *testing.T) {
	in := open(t)
	send(t, in, "a@mce.example", []string{"b@city.example"}, "Subject: x\n\n")
	if err := in.Clear(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := in.Get("00000001"); !errors.Is(err, ErrNoMail) || len(in.Mails()) != 0 {
		t.Errorf("after Clear: %v, %d mails", err, len(in.Mails()))
	}
	if entries, _ := os.ReadDir(in.dir); len(entries) != 0 {
		t.Errorf("%d files are left", len(entries))
	}
	send(t, in, "a@mce.example", []string{"b@city.example"}, "Subject: y\n\n")
	if m := in.Mails(); len(m) != 1 || m[0].ID != "00000002" {
		t.Errorf("an ID is never used again, got %+v", m)
	}
}

func TestOrderFollowsTheBusinessClock(t *testing.T) {
	now := noon
	in := openAt(t, t.TempDir(), func() time.Time { return now })
	for _, step := range []time.Duration{0, 48 * time.Hour, 24 * time.Hour, 24 * time.Hour} {
		now = noon.Add(step)
		send(t, in, "a@mce.example", []string{"b@city.example"}, "Subject: x\n\n")
	}
	var ids []string
	for _, m := range in.Mails() {
		ids = append(ids, m.ID)
	}
	if diff := cmp.Diff([]string{"00000002", "00000004", "00000003", "00000001"}, ids); diff != "" {
		t.Error(diff)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:25", "mail.example:25", "[::]:0", "127.0.0.1"} {
		in, err := Open(Options{Addr: addr, Dir: t.TempDir()})
		if err == nil {
			closeInbox(t, in)
			t.Errorf("%s was accepted", addr)
		}
	}
	if _, err := Open(Options{Addr: "127.0.0.1:0"}); err == nil {
		t.Error("an inbox without a folder was opened")
	}
	taken := open(t)
	if _, err := Open(Options{Addr: taken.Addr(), Dir: t.TempDir()}); err == nil {
		t.Error("an address was taken twice")
	}
}
