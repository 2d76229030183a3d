package dkim_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"github.com/majorcities/mce-mailer/mailer/dkim"
)

const mail = "From: MCE <news@mce.example>\r\nTo: Anna <anna@example.org>\r\nSubject: News\r\nDate: Thu, 19 Oct 2023 09:00:00 +0000\r\n" +
	"Message-ID: <1@mce.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" +
	"List-Unsubscribe: <https://mce.example/leave/1>, <mailto:news@mce.example?subject=leave-1>\r\n" +
	"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nHello,\r\n.. and  good bye \r\n\r\n"

// keys makes a key of each kind and gives their setting and their records.
func keys(t *testing.T) (setting string, records map[string]string) {
	t.Helper()
	records = map[string]string{}
	var entries []string
	for selector, ed := range map[string]bool{"r1": false, "e1": true} {
		k, err := dkim.Generate("mce.example", selector, ed)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), selector+".pem")
		if err := os.WriteFile(file, k.PEM, 0o600); err != nil {
			t.Fatal(err)
		}
		records[k.Name] = k.Record
		entries = append(entries, selector+":"+file)
	}
	return strings.Join(entries, ","), records
}

func verify(message []byte, records map[string]string) (valid int, err error) {
	found, err := msgauth.VerifyWithOptions(bytes.NewReader(message), &msgauth.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		return []string{records[strings.TrimSuffix(name, ".")]}, nil
	}})
	for _, v := range found {
		if v.Err == nil {
			valid++
		}
		err = errors.Join(err, v.Err)
	}
	return valid, err
}

func TestBothSignaturesVerifyAndCoverBothUnsubscribeHeaders(t *testing.T) {
	setting, records := keys(t)
	s, err := dkim.Load("mce.example", setting)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := s.Sign(nil, []byte(mail))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := verify(signed, records); n != 2 || err != nil {
		t.Fatalf("%d valid signatures: %v", n, err)
	}
	for name, change := range map[string][2]string{
		"body":                  {"good bye", "good buy"},
		"List-Unsubscribe":      {"leave/1>", "leave/2>"},
		"List-Unsubscribe-Post": {"List-Unsubscribe=One-Click", "List-Unsubscribe=Two-Clicks"},
		"a second From":         {"\r\nTo: Anna", "\r\nFrom: other@example.org\r\nTo: Anna"},
	} {
		t.Run("changed "+name, func(t *testing.T) {
			if n, _ := verify(bytes.Replace(signed, []byte(change[0]), []byte(change[1]), 1), records); n != 0 {
				t.Errorf("%d signatures still verify", n)
			}
		})
	}
}

// TestAnotherVerifierAgrees asks Debian's python3-dkim, which shares no code with us.
func TestAnotherVerifierAgrees(t *testing.T) {
	const program = `
import sys, dkim
record = open(sys.argv[1], "rb").read()
ok = dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda name, timeout=5: record)
sys.exit(0 if ok else 1)`
	python := "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), python, "-c", "import dkim").Run(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("python3-dkim is missing: apt-get install python3-dkim")
		}
		t.Skip("python3-dkim is missing: apt-get install python3-dkim")
	}
	k, err := dkim.Generate("mce.example", "r1", false)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"key.pem": k.PEM, "record.txt": []byte(k.Record)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := dkim.Load("mce.example", "r1:"+filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := s.Sign(nil, []byte(mail))
	if err != nil {
		t.Fatal(err)
	}
	check := func(message []byte) error {
		cmd := exec.CommandContext(t.Context(), python, "-c", program, filepath.Join(dir, "record.txt"))
		cmd.Stdin = bytes.NewReader(message)
		return cmd.Run()
	}
	if err := check(signed); err != nil {
		t.Errorf("the signature does not verify: %v", err)
	}
	if check(bytes.Replace(signed, []byte("leave/1>"), []byte("leave/2>"), 1)) == nil {
		t.Error("a changed List-Unsubscribe verifies")
	}
}

func TestFaultyKeysAreRefused(t *testing.T) {
	dir := t.TempDir()
	noPEM := filepath.Join(dir, "no.pem")
	if err := os.WriteFile(noPEM, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, setting := range []string{"", "selector", "s:", ":file", "s:" + dir + "/absent", "s:" + noPEM} {
		if _, err := dkim.Load("mce.example", setting); err == nil {
			t.Errorf("%q was taken", setting)
		}
	}
}

func TestTheZoneLineIsCutIntoStrings(t *testing.T) {
	k, err := dkim.Generate("mce.example", "r1", false)
	if err != nil {
		t.Fatal(err)
	}
	line := k.Zone()
	if !strings.HasPrefix(line, "r1._domainkey.mce.example. IN TXT (") || strings.Count(line, `"`) != 4 {
		t.Errorf("zone line: %s", line)
	}
	for _, s := range strings.Split(line, `"`) {
		if len(s) > 255 {
			t.Errorf("a string of %d bytes", len(s))
		}
	}
}

func BenchmarkSign(b *testing.B) {
	dir := b.TempDir()
	body := strings.Repeat("A line of a letter, seventy-odd characters long, as they are in real mails.\r\n", 200)
	for _, kind := range []string{"rsa2048", "ed25519"} {
		k, err := dkim.Generate("mce.example", "s", kind == "ed25519")
		if err != nil {
			b.Fatal(err)
		}
		file := filepath.Join(dir, kind)
		if err := os.WriteFile(file, k.PEM, 0o600); err != nil {
			b.Fatal(err)
		}
		s, err := dkim.Load("mce.example", "s:"+file)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(kind, func(b *testing.B) {
			b.ReportAllocs()
			var buf []byte
			for b.Loop() {
				if buf, err = s.Sign(buf[:0], []byte(mail+body)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
