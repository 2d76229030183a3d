package preflight_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// fakeSpamd speaks the protocol of SpamAssassin's daemon and gives one answer to every mail; the mails come back.
func fakeSpamd(t *testing.T, answer string) (address string, mails chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	mails = make(chan string, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			in := bufio.NewReader(c)
			head := textproto.NewReader(in)
			request, _ := head.ReadLine()
			fields, _ := head.ReadMIMEHeader()
			size, _ := strconv.Atoi(fields.Get("Content-Length"))
			mail := make([]byte, size)
			if _, err := io.ReadFull(in, mail); err != nil || !strings.HasPrefix(request, "SYMBOLS SPAMC/") {
				fmt.Fprintf(c, "SPAMD/1.0 76 Bad header line: %s\r\n", request)
			} else {
				io.WriteString(c, answer)
			}
			c.Close()
			mails <- string(mail)
		}
	}()
	return l.Addr().String(), mails
}

func TestTheOpinionOfSpamAssassin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		found  []finding
	}{
		"fine":       {"SPAMD/1.1 0 EX_OK\r\nContent-length: 9\r\nSpam: False ; 0.3 / 5.0\r\n\r\nHTML_ONLY", nil},
		"below zero": {"SPAMD/1.1 0 EX_OK\r\nSpam: False ; -1.1 / 5.0\r\n\r\n", nil},
		"doubtful":   {"SPAMD/1.1 0 EX_OK\r\nSpam: False ; 3.0 / 5.0\r\n\r\nA,B\r\n", []finding{{"spam", advisory, "mail", "3.0 points of 5.0. It minds: A, B."}}},
		"spam":       {"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 7.5 / 5.0\r\n\r\nSUBJ_ALL_CAPS", []finding{{"spam", blocking, "mail", "for spam: 7.5 points, and 5.0 are the limit. It minds: SUBJ_ALL_CAPS."}}},
		"refused":    {"SPAMD/1.0 76 Bad header line\r\n\r\n", []finding{{"spam", advisory, "mail", "it answers: 76 Bad header line"}}},
		"nonsense":   {"HTTP/1.1 200 OK\r\n\r\n", []finding{{"spam", advisory, "mail", "its answer is not understood"}}},
		"no score":   {"SPAMD/1.1 0 EX_OK\r\nSpam: perhaps\r\n\r\n", []finding{{"spam", advisory, "mail", "its answer is not understood"}}},
		"nothing":    {"", []finding{{"spam", advisory, "mail", "no answer"}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			address, mails := fakeSpamd(t, c.answer)
			s.options.Spamd = address
			only(t, s.examine(t), c.found...)
			if mail := <-mails; !strings.HasPrefix(mail, "DKIM-Signature:") || !strings.HasSuffix(mail, "--\r\n") {
				t.Errorf("the daemon did not get the whole mail: %d bytes", len(mail))
			}
		})
	}
}

func TestASpamAssassinThatIsNotThereIsSaid(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	s.options.Spamd = l.Addr().String()
	only(t, s.examine(t), finding{"spam", advisory, "mail", "it does not answer at SPAMD_ADDR"})
}

// TestRealSpamAssassin asks Debian's spamd, where it is installed: a letter of ours passes, and the pattern that every SpamAssassin takes for
// spam (GTUBE) does not.
func TestRealSpamAssassin(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("spamd")
	if err != nil {
		t.Skip("no spamd on this machine: apt-get install spamd")
	}
	address := startSpamd(t, program)
	s := newScene(t)
	s.options.Spamd = address
	only(t, s.examine(t))
	const gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
	s.draft.Issue.Subject = both(gtube, gtube)
	only(t, s.examine(t), finding{"spam", blocking, "mail", "GTUBE"})
}

func startSpamd(t *testing.T, program string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	l.Close()
	home, err := os.MkdirTemp("", "spamd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	log := filepath.Join(home, "log")
	args := []string{"--listen", "127.0.0.1:" + port, "--max-children", "1", "--local", "--nouser-config", "--syslog", log, "--helper-home-dir", home}
	if os.Geteuid() == 0 {
		args = append(args, "--username", "nobody")
	}
	daemon := exec.Command(program, args...)
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { daemon.Process.Signal(os.Interrupt); daemon.Wait() })
	for late := time.Now().Add(time.Minute); time.Now().Before(late); time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return address
		}
	}
	content, _ := os.ReadFile(log)
	t.Fatalf("spamd did not start:\n%s", content)
	return ""
}
