package inbox

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding/charmap"
)

// decodeTransfer undoes a Content-Transfer-Encoding. With an error it returns what could be decoded, or
// the bytes as they are where the encoding is unknown.
func decodeTransfer(encoding string, r io.Reader) ([]byte, error) {
	encoding = strings.ToLower(strings.TrimSpace(encoding))
	if encoding == "quoted-printable" {
		r = quotedprintable.NewReader(r)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return content, err
	}
	switch encoding {
	case "", "7bit", "8bit", "binary", "quoted-printable":
		return content, nil
	case "base64":
		return decodeBase64(content)
	default:
		return content, fmt.Errorf("unknown transfer encoding %q, shown undecoded", encoding)
	}
}

// decodeBase64 follows RFC 2045 §6.8: whatever is outside the alphabet is ignored.
func decodeBase64(content []byte) ([]byte, error) {
	letters := bytes.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z', 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '+', r == '/':
			return r
		}
		return -1
	}, content)
	decoded := make([]byte, base64.RawStdEncoding.DecodedLen(len(letters)))
	n, err := base64.RawStdEncoding.Decode(decoded, letters)
	return decoded[:n], err
}

// decodeText returns a text as UTF-8. With an error, the text is the best guess.
func decodeText(label string, content []byte) (string, error) {
	label = strings.ToLower(label)
	var err error
	switch label {
	case "", "utf-8", "utf8", "us-ascii":
	default:
		r, unknown := charset.Reader(label, bytes.NewReader(content))
		if unknown == nil {
			decoded, err := io.ReadAll(r)
			return strings.ToValidUTF8(string(decoded), "\uFFFD"), err
		}
		err = fmt.Errorf("unknown charset %q, guessed", label)
	}
	if utf8.Valid(content) {
		return string(content), err
	}
	if strings.HasPrefix(label, "utf") {
		return strings.ToValidUTF8(string(content), "\uFFFD"), fmt.Errorf("the text is not the %s it claims to be", label)
	}
	// Bytes that are undeclared and not UTF-8 are most often of Western Europe, and every byte is a letter.
	decoded, _ := charmap.Windows1252.NewDecoder().Bytes(content)
	return string(decoded), err
}

// decodeWords decodes the RFC 2047 words of a header value; one that cannot be decoded stays as it is.
func decodeWords(value string) string {
	decoder := mime.WordDecoder{CharsetReader: func(label string, r io.Reader) (io.Reader, error) {
		content, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		text, _ := decodeText(label, content)
		return strings.NewReader(text), nil
	}}
	decoded, err := decoder.DecodeHeader(value)
	if err != nil {
		decoded = value
	}
	text, _ := decodeText("", []byte(decoded))
	return text
}

// fileName returns the first name given, decoded and without folders and control characters; "" where
// there is none.
func fileName(names ...string) string {
	for _, name := range names {
		name = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return -1
			}
			return r
		}, decodeWords(name))
		name = path.Base(strings.ReplaceAll(name, `\`, "/"))
		if name != "." && name != ".." && name != "/" {
			return name
		}
	}
	return ""
}

// extension names a part that has no name. It is a fixed list, since the system's differs between machines.
func extension(mediaType string) string {
	switch mediaType {
	case "text/calendar":
		return ".ics"
	case "text/html":
		return ".html"
	case "message/rfc822", "message/global":
		return ".eml"
	case "image/png", "image/gif", "image/jpeg", "image/webp":
		return "." + strings.TrimPrefix(mediaType, "image/")
	case "application/pdf":
		return ".pdf"
	}
	if strings.HasPrefix(mediaType, "text/") || strings.HasPrefix(mediaType, "message/") {
		return ".txt"
	}
	return ".bin"
}
