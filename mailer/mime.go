package mailer

import (
	"bytes"
	"fmt"
	netmail "net/mail"
	"strings"

	"github.com/wneessen/go-mail"

	"github.com/majorcities/mce-mailer/mce"
)

// Slots of a letter's headers, beside those that an edition's text may have.
const (
	slotMessageID = "MESSAGEID"
	slotDate      = "DATE"
	slotTo        = "TO"
)

// encode makes the MIME message of an edition, in which marks stand for what is personal.
func encode(e mce.Edition, s Sender) ([]byte, error) {
	m := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingQP), mail.WithNoDefaultUserAgent())
	if err := m.FromFormat(s.Site.FromName, s.Site.From); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	if err := m.ReplyTo(replyTo(e, s)); err != nil {
		return nil, fmt.Errorf("reply-to: %w", err)
	}
	m.Subject(oneLine(e.Subject))
	mark := func(slot string) string { return mce.SlotMark(e.Nonce, slot) }
	m.SetGenHeader(mail.HeaderDate, mark(slotDate))
	m.SetGenHeader(mail.HeaderMessageID, "<"+mark(slotMessageID)+">")
	m.SetGenHeader("To", mark(slotTo))
	m.SetGenHeader("Content-Language", string(e.Lang))
	if e.Kind.Leavable() {
		leaveHeaders(m, e, s)
	}
	if e.Kind.Bulk() {
		listHeaders(m, e, s)
	} else {
		m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 §5.1
		m.SetGenHeader("X-Auto-Response-Suppress", "All")
	}
	m.SetBodyString(mail.TypeTextPlain, e.Text)
	m.AddAlternativeString(mail.TypeTextHTML, e.HTML)
	if e.Calendar != "" {
		// RFC 6047 §2.4: the method parameter equals METHOD. Calendars read the part, people may want the file.
		kind := mail.ContentType("text/calendar; method=" + e.Method)
		m.AddAlternativeString(kind, e.Calendar)
		if err := m.AttachReader("invite.ics", strings.NewReader(e.Calendar), mail.WithFileContentType("text/calendar; method="+mail.ContentType(e.Method)+"; charset=utf-8")); err != nil {
			return nil, fmt.Errorf("calendar: %w", err)
		}
	}
	for _, f := range e.Files {
		if err := carry(m, f); err != nil {
			return nil, fmt.Errorf("file %q: %w", f.Name, err)
		}
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return b.Bytes(), nil
}

// carry adds a picture that the HTML shows (RFC 2392), beside it in a multipart/related, or a file to keep.
func carry(m *mail.Msg, f mce.File) error {
	content := bytes.NewReader(f.Content)
	kind := mail.WithFileContentType(mail.ContentType(f.Type))
	if f.CID == "" {
		return m.AttachReader(f.Name, content, kind)
	}
	return m.EmbedReader(f.Name, content, kind, mail.WithFileContentID("<"+f.CID+">"))
}

// leaveHeaders let mail programs offer to leave: RFC 8058 §3.1, RFC 2369.
func leaveHeaders(m *mail.Msg, e mce.Edition, s Sender) {
	token := mce.SlotMark(e.Nonce, mce.SlotToken)
	m.SetGenHeader("List-Unsubscribe", fmt.Sprintf("<%s>, <%s?subject=leave-%s>", s.Site.LeaveURL(token), mce.Mailto(s.leaveMail()), token))
	m.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
}

// listHeaders are those of a letter to many: RFC 2369, RFC 2919.
func listHeaders(m *mail.Msg, e mce.Edition, s Sender) {
	site := s.Site
	m.SetGenHeader("List-Id", fmt.Sprintf("%s <%s.%s>", phrase(site.Name), e.ListID, site.Domain()))
	m.SetGenHeader("List-Help", "<"+site.URL("help")+">")
	m.SetGenHeader("List-Owner", "<"+mce.Mailto(site.ReplyTo)+">")
	m.SetGenHeader("List-Archive", "<"+site.URL("archive")+">")
	m.SetGenHeader("List-Post", "NO")
	// Google's form: campaign, customer, kind, sender; no part of it tells readers apart.
	m.SetGenHeader("Feedback-ID", fmt.Sprintf("%d:%s:%s:%s", e.Number, e.ListID, e.Kind, site.Domain()))
	m.SetGenHeader(mail.HeaderPrecedence, "bulk")
}

func replyTo(e mce.Edition, s Sender) string {
	if e.ReplyTo == "" {
		return s.Site.ReplyTo
	}
	if kept, err := mce.ParseAddress(e.ReplyTo); err == nil { // an event's contact is as editors typed it
		return kept
	}
	return e.ReplyTo
}

// phrase is a name as it may stand before an angle bracket: quoted or encoded by itself. go-mail would encode the bracket along with it.
func phrase(s string) string {
	return strings.TrimSuffix((&netmail.Address{Name: oneLine(s), Address: "a@b"}).String(), " <a@b>")
}

// oneLine keeps line breaks out of a header value, whatever editors write into a subject.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
