package inbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// invitation is a confirmation as the mailer sends it: a calendar both as an alternative and as a file.
const invitation = `From: =?utf-8?q?MCE_conference?= <conference@mce.example>
To: Zoë <zoe@city.example>
Subject: =?utf-8?q?Your_place_in_=C5=A0ibenik?=
Message-ID: <letter-7@mce.example>
Date: Tue, 08 Jun 2027 12:00:00 +0200
List-Unsubscribe: <mailto:u@mce.example>, <http://localhost:8025/u/a,b>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/related; boundary=r

--r
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Dobro do=C5=A1li, see https://mce.example/programme.
--a
Content-Type: text/html; charset=iso-8859-2
Content-Transfer-Encoding: quoted-printable

<p>Dobro do=B9li <img alt=3D"MCE" src=3D"cid:logo@mce"> <a href=3D"https://mce.example/programme">Programme</a></p>
--a
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Zagreb
BEGIN:STANDARD
DTSTART:19701025T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:event-7@mce.example
SEQUENCE:2
SUMMARY:MCE conference\, Šibenik
DTSTART;TZID=Europe/Zagreb:20270612T090000
DTEND;TZID=Europe/Zagreb:20270612T173000
ORGANIZER;CN="MCE: office":mailto:calendar@mce.example
ATTENDEE;CN=Zoë:MAILTO:zoe@city.example
DESCRIPTION:Doors open at 8:30\nBring your badg
 e
BEGIN:VALARM
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
END:VCALENDAR
--a--
--r
Content-Type: image/png
Content-ID: <logo@mce>
Content-Disposition: inline; filename=logo.png
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--r--
--m
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''..%2FProgram%C5%A1ka.pdf
Content-Transfer-Encoding: base64

JVBE
 R!g==
--m--
`

func TestParseInvitation(t *testing.T) {
	m, err := Parse([]byte(invitation))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Problems) > 0 {
		t.Errorf("problems with a good mail: %q", m.Problems)
	}
	if got := m.Header[:3]; cmp.Diff(got, []Field{
		{"From", "MCE conference <conference@mce.example>"},
		{"To", "Zoë <zoe@city.example>"},
		{"Subject", "Your place in Šibenik"},
	}) != "" {
		t.Errorf("header %v", got)
	}
	if want := "Dobro došli, see https://mce.example/programme."; m.Text != want {
		t.Errorf("text %q", m.Text)
	}
	if !strings.Contains(m.HTML, "Dobro došli") {
		t.Errorf("HTML %q", m.HTML)
	}
	type part struct{ Name, MediaType, Content string }
	var got []part
	for _, a := range m.Attachments {
		got = append(got, part{a.Name, a.MediaType, string(a.Content[:4])})
	}
	want := []part{
		{"part-6.ics", "text/calendar", "BEGI"}, {"logo.png", "image/png", "\x89PNG"}, {"Programška.pdf", "application/pdf", "%PDF"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := describe([]byte(invitation)).Attachments; n != 2 {
		t.Errorf("%d attachments are counted, want 2: the logo is part of the HTML", n)
	}
}

func TestParse(t *testing.T) {
	tests := map[string]struct {
		raw        string
		text, html string
		problem    string
	}{
		"no MIME":             {"Subject: x\n\nhello", "hello", "", ""},
		"no body":             {"Subject: x\n", "", "", ""},
		"empty content type":  {"Content-Type:\n\nhello", "hello", "", ""},
		"broken content type": {"Content-Type: text\n\nhello", "hello", "", ""},
		"bad parameter":       {"Content-Type: text/html; charset\n\n<p>", "", "<p>", "Content-Type"},
		"unknown charset":     {"Content-Type: text/plain; charset=x-martian\n\ngr\xfc\xdfe", "grüße", "", "x-martian"},
		"undeclared latin 1":  {"Subject: x\n\ngr\xfc\xdfe", "grüße", "", ""},
		"undeclared utf-8":    {"Subject: x\n\ngrüße", "grüße", "", ""},
		"not the utf-8":       {"Content-Type: text/plain; charset=utf-8\n\ngr\xfc\xdfe", "gr\uFFFDe", "", "utf-8"},
		"japanese":            {"Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B$3\x1b(B", "こ", "", ""},
		"unknown encoding":    {"Content-Transfer-Encoding: x-uuencode\n\nhello", "hello", "", "x-uuencode"},
		"broken base64":       {"Content-Transfer-Encoding: BASE64\n\naGVsbG8gd29ybGQh=A", "hello world!", "", "base64"},
		"broken q-p":          {"Content-Transfer-Encoding: quoted-printable\n\na =ZZ b", "a =ZZ b", "", ""},
		"no boundary":         {"Content-Type: multipart/mixed\n\nhello", "hello", "", "without parts"},
		"wrong boundary":      {"Content-Type: multipart/mixed; boundary=y\n\n--x\n\nhello", "--x\n\nhello", "", "without parts"},
		"cut multipart":       {"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello", "hello", "", "multipart"},
		"two texts":           {"Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x\n\nb\n--x--", "a\n\nb", "", ""},
		"named text":          {"Content-Type: text/plain; name=a.txt\n\nhello", "", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := Parse([]byte(test.raw))
			if err != nil {
				t.Fatal(err)
			}
			if m.Text != test.text || m.HTML != test.html {
				t.Errorf("text %q, HTML %q", m.Text, m.HTML)
			}
			if got := strings.Join(m.Problems, "; "); !strings.Contains(got, test.problem) || (test.problem == "") != (got == "") {
				t.Errorf("problems %q, want %q", got, test.problem)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, raw := range []string{"", "\n", " starts folded: x\n\n", "Subject: x\nno field\n\nbody", "b\x00d: x\n\n"} {
		if m, err := Parse([]byte(raw)); err == nil {
			t.Errorf("%q was parsed: %+v", raw, m)
		}
	}
	m, err := Parse([]byte("Subject: still readable\nno field\n\nbody"))
	if err == nil || m.Get("subject") != "still readable" {
		t.Errorf("the header before the fault is lost: %+v, %v", m, err)
	}
}

func TestParseBounds(t *testing.T) {
	many := "Content-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\n\n", 10*maxParts) + "--x--\n"
	deep := ""
	for range 10 * maxDepth {
		deep += "Content-Type: multipart/mixed; boundary=x\n\n--x\n"
	}
	for name, raw := range map[string]string{"many": many, "deep": deep} {
		m, err := Parse([]byte(raw))
		if err != nil || len(m.Problems) == 0 || len(m.Problems) > maxDepth+2 {
			t.Errorf("%s: %d problems, %v", name, len(m.Problems), err)
		}
	}
}

func TestHeaderWords(t *testing.T) {
	for value, want := range map[string]string{
		"plain": "plain",
		"=?utf-8?q?=C5=A0?= and =?UTF-8?B?xaE=?=": "Š and š",
		"=?iso-8859-2?q?=A9?=":                    "Š",
		"=?x-martian?q?=FC?=":                     "ü",
		"=?utf-8?q?broken":                        "=?utf-8?q?broken",
		"raw \xfc":                                "raw ü",
		"raw ü":                                   "raw ü",
	} {
		if got := decodeWords(value); got != want {
			t.Errorf("%q gives %q, want %q", value, got, want)
		}
	}
}

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "a.pdf": "a.pdf", "../../etc/passwd": "passwd", `C:\x\y.doc`: "y.doc", "..": "", "/": "",
		"a\r\nb.txt": "ab.txt", "=?utf-8?q?=C5=A1.pdf?=": "š.pdf",
	} {
		if got := fileName(name); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}

// TestParseBounces reads real bounces, which are as odd as mails get.
func TestParseBounces(t *testing.T) {
	mails, err := filepath.Glob("../../../shared/corpus/bounces/*.eml")
	if err != nil {
		t.Fatal(err)
	}
	if len(mails) == 0 {
		t.Skip("no corpus of bounces beside the repository (../shared/corpus/bounces)")
	}
	for _, path := range mails {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(raw)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
		if m.Text == "" && m.HTML == "" && len(m.Attachments) == 0 {
			t.Errorf("%s: nothing to show", filepath.Base(path))
		}
	}
	t.Logf("%d mails", len(mails))
}

// FuzzParse holds Parse to what the pages rely on: it returns, and what it returns can be shown.
func FuzzParse(f *testing.F) {
	f.Add([]byte(invitation))
	f.Add([]byte(hostile))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=x\n\n--x\n--x--"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(raw)
		if err == nil && len(m.Header) == 0 {
			t.Error("a mail without a header was parsed")
		}
		for _, s := range []string{m.Text, m.HTML, m.Get("Subject")} {
			if strings.ToValidUTF8(s, "") != s {
				t.Errorf("not UTF-8: %q", s)
			}
		}
		for _, a := range m.Attachments {
			if a.Name == "" || strings.ContainsAny(a.Name, "/\\\r\n") {
				t.Errorf("file name %q", a.Name)
			}
			readCalendar(string(a.Content))
		}
		frameHTML(m)
		unsubscribeOf(m)
		var joined strings.Builder
		for _, s := range linkify(m.Text) {
			joined.WriteString(s.Text)
		}
		if joined.String() != m.Text {
			t.Errorf("linkify changed the text %q", m.Text)
		}
	})
}
