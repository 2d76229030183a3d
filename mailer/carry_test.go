package mailer

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-message"

	"github.com/majorcities/mce-mailer/demo/inbox"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/calendar"
)

// TestMailsCarryFiles: pictures stand beside the HTML that shows them, files to keep come after all that is read, and both arrive byte for byte.
func TestMailsCarryFiles(t *testing.T) {
	picture := mce.File{Name: "code.png", Type: "image/png", CID: "code-5@mail.majorcities.example", Content: []byte("\x89PNG\r\n\x1a\n\x00\xff")}
	keep := mce.File{Name: "programme.ics", Type: "text/calendar; method=PUBLISH; charset=utf-8", Content: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")}
	for name, c := range map[string]struct {
		files    []mce.File
		calendar string
		parts    []string
		around   []string
	}{
		"a picture": {[]mce.File{picture}, "", []string{"text/plain", "text/html", "image/png"},
			[]string{"multipart/related", "multipart/alternative"}},
		"a file": {[]mce.File{keep}, "", []string{"text/plain", "text/html", "text/calendar"},
			[]string{"multipart/mixed", "multipart/alternative"}},
		"both, and an invitation": {[]mce.File{picture, keep}, "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n",
			[]string{"text/plain", "text/html", "text/calendar", "image/png", "text/calendar", "text/calendar"},
			[]string{"multipart/mixed", "multipart/related", "multipart/alternative"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := mce.Edition{Kind: mce.Confirmation, Lang: mce.English, Subject: "s", Text: "t", HTML: "<p>h</p>", Nonce: "abcdefghij", Files: c.files, Calendar: c.calendar}
			if c.calendar != "" {
				e.Method = calendar.MethodRequest
			}
			raw, err := encode(e, fixtureSender())
			if err != nil {
				t.Fatal(err)
			}
			parts, around := leaves(t, raw)
			var kinds []string
			for _, p := range parts {
				kinds = append(kinds, p.kind)
			}
			if !slices.Equal(kinds, c.parts) || !slices.Equal(around, c.around) {
				t.Fatalf("parts %v in %v", kinds, around)
			}
			for _, f := range c.files {
				checkCarried(t, raw, f)
			}
		})
	}
}

// checkCarried finds the file in the mail and compares all that is said of it.
func checkCarried(t *testing.T, raw []byte, want mce.File) {
	t.Helper()
	m, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	found := false
	err = m.Walk(func(_ []int, e *message.Entity, err error) error {
		disposition, params, _ := e.Header.ContentDisposition()
		if err != nil || params["filename"] != want.Name {
			return err
		}
		found = true
		how, id := "attachment", ""
		if want.CID != "" {
			how, id = "inline", "<"+want.CID+">"
		}
		if disposition != how || e.Header.Get("Content-Id") != id {
			t.Errorf("%s is %q with the Content-ID %q", want.Name, disposition, e.Header.Get("Content-Id"))
		}
		body, err := io.ReadAll(e.Body)
		if !bytes.Equal(body, want.Content) {
			t.Errorf("%s arrives as %q", want.Name, body)
		}
		return err
	})
	if err != nil || !found {
		t.Errorf("%s: found %v, %v", want.Name, found, err)
	}
}

// TestFileNamesStayInTheirLine: a name with a line end adds no header: go-mail sees to it.
func TestFileNamesStayInTheirLine(t *testing.T) {
	e := mce.Edition{Kind: mce.Confirmation, Lang: mce.English, Subject: "s", Text: "t", HTML: "<p>h</p>", Nonce: "abcdefghij",
		Files: []mce.File{{Name: "a\r\nX-Evil: 1\r\n\r\n.pdf", Type: "application/pdf", Content: []byte("x")}}}
	raw, err := encode(e, fixtureSender())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "\nX-Evil") {
		t.Errorf("the name became a header:\n%s", raw)
	}
	if m, err := inbox.Parse(raw); err != nil || len(m.Problems) > 0 {
		t.Error(err, m.Problems)
	}
}
