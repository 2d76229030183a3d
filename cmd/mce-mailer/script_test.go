package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/majorcities/mce-mailer/demo/inbox"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
	"github.com/majorcities/mce-mailer/templates/letter"
)

// TestScripts runs every script of testdata/script on a database of its own, with an inbox as its relay. Beside the usual commands of
// testscript there are
//
//	exits N command …     the command's exit status must be N; stdout and stderr are kept
//	is-json               stdout must be one JSON value
//	json PATH VALUE       what stands in stdout's JSON at a path such as 0.state must print as VALUE
//	mails N               the inbox holds N mails before long, and no more
//	people FILE N [L=…]   writes a table of N subscribers; line L of the file is replaced
//	registered EMAIL AGO [sent]  a delegate of the conference was registered so many months ago; the confirmation is due, or was sent
//
// Every script finds the inbox's address in $INBOX, and library.json, content of which all is news and all events are to come.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "is-json": isJSON, "json": jsonHas, "mails": mails, "people": writePeople,
			"registered": registered,
		},
	})
}

type inboxKey struct{}

func setUp(e *testscript.Env) error {
	t, ok := e.T().(testing.TB)
	if !ok {
		return errors.New("testscript gives no testing.TB")
	}
	in, err := inbox.Open(inbox.Options{Dir: t.TempDir()})
	if err != nil {
		return err
	}
	e.Defer(func() { in.Close(context.Background()) })
	e.Values[inboxKey{}] = in
	for name, value := range map[string]string{
		"DATABASE_URL": pgtest.URL(t), "SMTP_URL": "smtp://" + in.Addr() + "?tls=none", "DATA_DIR": e.WorkDir + "/data",
		"MAIL_FROM": "Major Cities of Europe <news@mce.example>", "PUBLIC_URL": "https://mail.mce.example",
		"SECRET_KEY": strings.Repeat("k", 40), "TZ": "UTC", "INBOX": in.Addr(),
		"CHECK_NETWORK": "off",
	} {
		e.Setenv(name, value)
	}
	library, err := os.ReadFile("testdata/library.json")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(e.WorkDir, "library.json"), library, 0o600)
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N command …")
	}
	err := ts.Exec(args[1], args[2:]...)
	status := 0
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		status = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("exit status %d, want %s\n%s%s", status, args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

func decode(ts *testscript.TestScript) any {
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile("stdout")), &v); err != nil {
		ts.Fatalf("stdout is not one JSON value: %v", err)
	}
	return v
}

func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: is-json")
	}
	decode(ts)
}

func jsonHas(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: json PATH VALUE")
	}
	v := decode(ts)
	for step := range strings.SplitSeq(args[0], ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(x) {
				ts.Fatalf("there is no %s among %d", step, len(x))
			}
			v = x[i]
		default:
			v = nil
		}
	}
	if got := fmt.Sprint(v); got != args[1] {
		ts.Fatalf("%s is %q, want %q", args[0], got, args[1])
	}
}

func mails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: mails N")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	have := 0
	err = ts.Value(inboxKey{}).(*inbox.Inbox).Wait(ctx, func(all []inbox.Mail) bool {
		have = len(all)
		return have >= want
	})
	if err != nil || have != want {
		ts.Fatalf("%d mails, want %d: %v", have, want, err)
	}
}

func writePeople(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: people FILE N [LINE=TEXT …]")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	lines := strings.Split(people(n), "\n")
	for _, replace := range args[2:] {
		number, text, _ := strings.Cut(replace, "=")
		line, err := strconv.Atoi(number)
		ts.Check(err)
		lines[line-1] = text
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(lines, "\n")), 0o600))
}

func registered(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 || len(args) == 3 && args[2] != "sent" {
		ts.Fatalf("usage: registered EMAIL MONTHS-AGO [sent]")
	}
	months, err := strconv.Atoi(args[1])
	ts.Check(err)
	now := time.Now().UTC()
	then := time.Date(now.Year(), now.Month()-time.Month(months), 1, 12, 0, 0, 0, time.UTC)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	store, err := postgres.Open(ctx, ts.Getenv("DATABASE_URL"))
	ts.Check(err)
	defer store.Close()
	letters, err := letter.New(mce.Site{Name: "Major Cities of Europe", PublicURL: "https://mce.example", From: "news@mce.example", ReplyTo: "office@mce.example"})
	ts.Check(err)
	_, err = store.Register(ctx, mce.Order{People: []mce.Registration{{Event: "conference", Email: args[0], Name: "A delegate", Language: mce.English}}}, letters, "mce.example", then)
	ts.Check(err)
	if len(args) < 3 {
		return
	}
	_, claimed, err := store.ClaimExpress(ctx, mce.Claim{Letters: 1, Now: then})
	ts.Check(err)
	ts.Check(store.Settle(ctx, []mce.Try{{Letter: claimed[0], Outcome: mce.Delivered, Code: 250}}, then))
}
