package mailer

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"mime"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"

	"github.com/majorcities/mce-mailer/demo/inbox"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/calendar/icaltest"
)

// part is a leaf of a mail, decoded.
type part struct {
	kind, disposition string
	params            map[string]string
	body              string
}

// leaves are the parts in their order, with the types of the multiparts around them.
func leaves(t testing.TB, raw []byte) (out []part, around []string) {
	t.Helper()
	m, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	err = m.Walk(func(_ []int, e *message.Entity, err error) error {
		if err != nil {
			return err
		}
		kind, params, err := e.Header.ContentType()
		if err != nil {
			return err
		}
		if strings.HasPrefix(kind, "multipart/") {
			around = append(around, kind)
			return nil
		}
		disposition, _, dispositionErr := e.Header.ContentDisposition()
		if e.Header.Get("Content-Disposition") == "" {
			dispositionErr = nil
		}
		body, err := io.ReadAll(e.Body)
		out = append(out, part{kind, disposition, params, string(body)})
		return errors.Join(err, dispositionErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, around
}

func TestMailsAreTextThenHTML(t *testing.T) {
	eachMail(t, func(t *testing.T, s sample, _ mce.Lang, raw []byte) {
		parts, around := leaves(t, raw)
		want, wantAround := []string{"text/plain", "text/html"}, []string{"multipart/alternative"}
		if s.calendar {
			want = append(want, "text/calendar", "text/calendar")
			wantAround = []string{"multipart/mixed", "multipart/alternative"}
		}
		if s.kind == mce.Certificate {
			want, wantAround = append(want, "application/pdf"), []string{"multipart/mixed", "multipart/alternative"}
		}
		if s.picture {
			want = slices.Insert(want, len(want)-1, "image/png")
			wantAround = slices.Insert(wantAround, 1, "multipart/related")
		}
		var kinds []string
		for _, p := range parts {
			kinds = append(kinds, p.kind)
			if strings.HasPrefix(p.kind, "text/") && !strings.EqualFold(p.params["charset"], "utf-8") {
				t.Errorf("%s in charset %q", p.kind, p.params["charset"])
			}
		}
		if !slices.Equal(kinds, want) || !slices.Equal(around, wantAround) {
			t.Errorf("parts %v in %v", kinds, around)
		}
	})
}

// TestMailsReadByOthers: two readers of mail that are not ours find no fault.
func TestMailsReadByOthers(t *testing.T) {
	mark := regexp.MustCompile(`zq[a-z0-9]{10}[A-Z]+qz`)
	eachMail(t, func(t *testing.T, _ sample, _ mce.Lang, raw []byte) {
		m, err := inbox.Parse(raw)
		if err != nil || len(m.Problems) > 0 {
			t.Fatal(err, m.Problems)
		}
		std, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if d, err := std.Header.Date(); err != nil || !d.Equal(FixtureNow) {
			t.Errorf("date %s, %v", d, err)
		}
		for _, name := range []string{"From", "To", "Reply-To"} {
			if list, err := std.Header.AddressList(name); err != nil || len(list) != 1 {
				t.Errorf("%s: %v, %v", name, list, err)
			}
		}
		if _, _, err := mime.ParseMediaType(std.Header.Get("Content-Type")); err != nil {
			t.Error(err)
		}
		if len(m.HTML) >= 102<<10 {
			t.Errorf("%d bytes of HTML: Gmail clips it", len(m.HTML))
		}
		if left := mark.FindString(m.HTML + m.Text + strings.ReplaceAll(string(raw), softBreak, "")); left != "" {
			t.Errorf("the slot %s is left", left)
		}
	})
}

func TestMailLines(t *testing.T) {
	eachMail(t, func(t *testing.T, _ sample, _ mce.Lang, raw []byte) { checkLines(t, raw) })
}

// checkLines holds a mail to RFC 5322 §2.1.1 (CRLF, 998 octets) and its body to quoted-printable's 76, and one for the soft break
// behind a filled slot.
func checkLines(t testing.TB, raw []byte) {
	t.Helper()
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		t.Error("the last line has no end")
	}
	body := false
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		body = body || len(line) == 0
		if len(line) > 998 || body && len(line) > 77 {
			t.Errorf("a line of %d octets: %s", len(line), line)
		}
		if bytes.ContainsAny(line, "\r\n\x00") {
			t.Errorf("a bare CR, LF or a NUL in %q", line)
		}
	}
	if i := bytes.IndexFunc(raw, func(r rune) bool { return r > '~' }); i >= 0 {
		t.Errorf("not ASCII at %d: %q", i, raw[i:min(i+20, len(raw))])
	}
}

func TestMailHeaders(t *testing.T) {
	leavable := map[string]string{
		"List-Unsubscribe":      "<https://mail.majorcities.example/leave/EQNN5ZRKo5x1tiT3m4KfDf8F>, <mailto:leave@mail.majorcities.example?subject=leave-EQNN5ZRKo5x1tiT3m4KfDf8F>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
	}
	newsletter := map[string]string{
		"List-Id":      `"Major Cities of Europe" <newsletter.mail.majorcities.example>`,
		"List-Help":    "<https://mail.majorcities.example/help>",
		"List-Owner":   "<mailto:office@majorcities.example>",
		"List-Archive": "<https://mail.majorcities.example/archive>",
		"List-Post":    "NO",
		"Feedback-ID":  "12:newsletter:newsletter:mail.majorcities.example",
		"Precedence":   "bulk",
	}
	invitation := maps.Clone(newsletter)
	invitation["List-Id"] = `"Major Cities of Europe" <invitations.mail.majorcities.example>`
	invitation["Feedback-ID"] = "0:invitations:invitation:mail.majorcities.example"
	single := map[string]string{"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
	eachMail(t, func(t *testing.T, s sample, lang mce.Lang, raw []byte) {
		m, err := inbox.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		list := newsletter
		if s.kind == mce.Invitation {
			list = invitation
		}
		for _, h := range []struct {
			headers map[string]string
			there   bool
		}{
			{leavable, s.kind.Leavable()}, {list, s.kind.Bulk()}, {single, !s.kind.Bulk()},
		} {
			for name, value := range h.headers {
				if got := m.Get(name); h.there && got != value || !h.there && got != "" {
					t.Errorf("%s: %q; is it to be there? %v", name, got, h.there)
				}
			}
		}
		if got := m.Get("Content-Language"); got != string(lang) {
			t.Errorf("Content-Language: %s", got)
		}
		count := map[string]int{}
		for _, f := range m.Header {
			count[f.Name]++
		}
		for _, name := range []string{"From", "To", "Date", "Message-ID", "Subject", "Reply-To", "MIME-Version", "Content-Type"} {
			if count[name] == 0 {
				t.Errorf("no %s", name)
			}
		}
		for name, n := range count {
			if n != 1 {
				t.Errorf("%s stands %d times", name, n)
			}
		}
	})
}

// TestInvitation: RFC 6047 §2.4, the part's method is the calendar's; the file is the same calendar.
func TestInvitation(t *testing.T) {
	eachMail(t, func(t *testing.T, s sample, _ mce.Lang, raw []byte) {
		parts, _ := leaves(t, raw)
		if !s.calendar {
			if len(parts) != 2 && s.kind != mce.Certificate {
				t.Errorf("%d parts", len(parts))
			}
			return
		}
		inline, file := parts[2], parts[len(parts)-1]
		if inline.body != file.body {
			t.Error("the attached calendar differs from the one within")
		}
		if file.disposition != "attachment" || file.params["name"] != "invite.ics" {
			t.Errorf("the file is %q, %q", file.disposition, file.params)
		}
		method := icaltest.Check(t, inline.body)
		want := "REQUEST"
		if s.kind == mce.Cancellation {
			want = "CANCEL"
		}
		if method != want || inline.params["method"] != method || file.params["method"] != method {
			t.Errorf("METHOD %s, but the parts say %q and %q", method, inline.params["method"], file.params["method"])
		}
	})
}

func TestNonASCIISite(t *testing.T) {
	s := samples(t)[0]
	e, err := s.render("it")
	if err != nil {
		t.Fatal(err)
	}
	sender := fixtureSender()
	sender.Site.Name, sender.Site.FromName = `Città "Maggiori", rete`, "Città Maggiori d’Europa"
	st, err := prepare(e, sender, func(string) string { return "Ciao," })
	if err != nil {
		t.Fatal(err)
	}
	raw := st.stamped(t, fixtureLetter(mce.Newsletter))
	checkLines(t, raw)
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Header.Get("List-Id"); !strings.HasSuffix(got, " <newsletter.mail.majorcities.example>") {
		t.Errorf("List-Id: %s: programs look for the identifier in plain angle brackets", got)
	}
	if from, err := m.Header.AddressList("From"); err != nil || from[0].Name != sender.Site.FromName {
		t.Errorf("From: %v, %v", from, err)
	}
}
