package mailer

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"strings"
	"testing"
)

// FuzzStuff: what a server reads up to the final dot is what was written, whatever dots its lines begin with.
func FuzzStuff(f *testing.F) {
	for _, s := range []string{"", ".", "..", "a\n.\nb", "\n.", ".\n.\n.\n", "a.\n..b", "=\n.Anna=\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		content := strings.ReplaceAll(strings.ReplaceAll(s, "\r", ""), "\n", "\r\n") + "\r\n"
		wire := append(stuff(nil, []byte(content)), ".\r\nrest"...)
		r := textproto.NewReader(bufio.NewReader(bytes.NewReader(wire)))
		got, err := io.ReadAll(r.DotReader())
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.ReplaceAll(content, "\r\n", "\n"); string(got) != want {
			t.Errorf("read %q, want %q", got, want)
		}
		if rest, _ := io.ReadAll(r.R); string(rest) != "rest" {
			t.Errorf("behind the dot stands %q", rest)
		}
	})
}

func TestUnendedContentIsNotSent(t *testing.T) {
	for _, content := range []string{"", "line", "line\n", "line\r"} {
		if a := new(conn).send(envelope{}, []byte(content), nil); a.err == nil || !a.broken || a.phase != phaseMail {
			t.Errorf("%q: %+v", content, a)
		}
	}
}
