package inbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"slices"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// Limits on what Parse looks into; a mail that goes further is cut short, with a note among its Problems.
const (
	maxDepth = 20
	maxParts = 500
)

// Parse takes a mail apart. It is lenient: unknown charsets, broken encodings and missing boundaries are
// worked around and named in Problems. An error means that the mail can be shown as source only, since
// its header cannot be read; the Message then holds what stands before the fault.
func Parse(raw []byte) (Message, error) {
	if bytes.HasPrefix(raw, []byte("From ")) { // the separator line of a mail that was once in an mbox
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	r := bufio.NewReader(bytes.NewReader(raw))
	header, err := textproto.ReadHeader(r)
	p := parser{}
	for fields := header.Fields(); fields.Next(); {
		name := fields.Key()
		if line, err := fields.Raw(); err == nil { // the name as it was written, where its bytes are text
			written, _, _ := strings.Cut(string(line), ":")
			name = strings.TrimSpace(written)
		}
		p.Header = append(p.Header, Field{name, decodeWords(fields.Value())})
	}
	if err != nil {
		reason := strings.TrimSpace(strings.TrimPrefix(err.Error(), "message: "))
		return p.Message, fmt.Errorf("unreadable header: %s", reason)
	}
	if len(p.Header) == 0 {
		return p.Message, errors.New("the mail has no header")
	}
	p.part(header, r, 0)
	return p.Message, nil
}

type parser struct {
	Message
	parts int
}

func (p *parser) problem(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(p.Problems, text) {
		p.Problems = append(p.Problems, text)
	}
}

// part reads one part and, through multiparts, those within it.
func (p *parser) part(h textproto.Header, body io.Reader, depth int) {
	if p.parts++; p.parts > maxParts || depth > maxDepth {
		p.problem("more parts than the inbox looks into")
		return
	}
	mediaType, params := p.mediaType(h)
	if strings.HasPrefix(mediaType, "multipart/") {
		p.multipart(params["boundary"], body, depth)
		return
	}
	content, err := decodeTransfer(h.Get("Content-Transfer-Encoding"), body)
	if err != nil {
		p.problem("%s part: %v", mediaType, err)
	}
	p.leaf(h, mediaType, params, content)
}

// multipart reads the parts of a body. One that has none, mostly for a wrong boundary, is shown as text.
func (p *parser) multipart(boundary string, body io.Reader, depth int) {
	content, err := io.ReadAll(body)
	r := textproto.NewMultipartReader(bytes.NewReader(content), boundary)
	for n := 0; err == nil && p.parts <= maxParts; n++ {
		part, nextErr := r.NextPart()
		switch {
		case n == 0 && (boundary == "" || nextErr != nil):
			p.problem("a multipart without parts, shown as text")
			p.Text = joinBodies(p.Text, p.text("", content), "\n\n")
			return
		case errors.Is(nextErr, io.EOF):
			return
		case nextErr != nil:
			err = nextErr
		default:
			p.part(part.Header, part, depth+1)
		}
	}
	if err != nil {
		p.problem("multipart: %v", err)
	}
}

// leaf sorts a part that holds no others. Several texts are shown one after the other, as mail programs do.
func (p *parser) leaf(h textproto.Header, mediaType string, params map[string]string, content []byte) {
	disposition, dispParams, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	name := fileName(dispParams["filename"], params["name"])
	isBody := disposition != "attachment" && name == ""
	switch {
	case isBody && mediaType == "text/plain":
		p.Text = joinBodies(p.Text, p.text(params["charset"], content), "\n\n")
	case isBody && mediaType == "text/html":
		p.HTML = joinBodies(p.HTML, p.text(params["charset"], content), "\n<hr>\n")
	default:
		if name == "" {
			name = fmt.Sprintf("part-%d%s", p.parts, extension(mediaType))
		}
		id := strings.Trim(h.Get("Content-Id"), " <>")
		p.Attachments = append(p.Attachments, Attachment{name, mediaType, params["charset"], id, content})
	}
}

func (p *parser) text(charset string, content []byte) string {
	s, err := decodeText(charset, content)
	if err != nil {
		p.problem("%v", err)
	}
	return s
}

// mediaType never fails: RFC 2045 §5.2 reads a missing or unreadable Content-Type as plain text.
func (p *parser) mediaType(h textproto.Header) (string, map[string]string) {
	value := h.Get("Content-Type")
	if value == "" {
		return "text/plain", nil
	}
	mediaType, params, err := mime.ParseMediaType(value)
	if err != nil {
		p.problem("Content-Type %q: %v", value, err)
	}
	if !strings.Contains(mediaType, "/") {
		return "text/plain", nil
	}
	return mediaType, params
}

func joinBodies(a, b, between string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}
