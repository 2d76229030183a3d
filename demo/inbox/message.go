package inbox

import (
	"net/mail"
	"strings"
)

// Message is a mail taken apart.
type Message struct {
	Header      []Field // in the mail's order
	Text        string  // the text/plain parts; empty where there are none
	HTML        string  // the text/html parts; empty where there are none
	Attachments []Attachment
	Problems    []string // what was wrong and had to be guessed; empty for a good mail
}

// Field is a header field, its value unfolded and with RFC 2047 words decoded.
type Field struct{ Name, Value string }

// Attachment is any part that is neither the mail's text nor its HTML: files, pictures within the HTML,
// calendar alternatives, delivery reports, forwarded mails.
type Attachment struct {
	Name      string // a plain file name, never empty
	MediaType string // lower case, without parameters
	Charset   string // as declared; empty where it is not
	ContentID string // without the angle brackets; empty where there is none
	Content   []byte // transfer encoding undone, charset not
}

// Get returns the first value of a field, "" where it is absent. Case does not matter.
func (m Message) Get(name string) string {
	for _, f := range m.Header {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Embedded reports whether an attachment is a picture that the HTML shows.
func (m Message) Embedded(a Attachment) bool {
	return a.ContentID != "" && strings.Contains(m.HTML, "cid:"+a.ContentID)
}

// describe fills in what the mail itself says about it.
func describe(raw []byte) Mail {
	message, err := Parse(raw)
	m := Mail{
		Size:       len(raw),
		Subject:    message.Get("Subject"),
		HeaderFrom: message.Get("From"),
		HeaderTo:   message.Get("To"),
		MessageID:  strings.Trim(message.Get("Message-ID"), " <>"),
	}
	m.Date, _ = mail.ParseDate(message.Get("Date")) // zero where it is no date
	if err != nil {
		m.Broken = err.Error()
	}
	for _, a := range message.Attachments {
		if !message.Embedded(a) {
			m.Attachments++
		}
	}
	return m
}
