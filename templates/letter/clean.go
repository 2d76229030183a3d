package letter

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/majorcities/mce-mailer/mce"
)

// oneLine makes a single line of what should be one: line breaks and other control characters become blanks.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// webURL is the link in the one spelling that HTML and text share; empty for anything but a whole http(s) address.
func webURL(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return ""
	}
	return percentEncode(u.String())
}

// percentEncode escapes what html/template would escape too, so that the text part names the very same address.
func percentEncode(s string) string {
	const hex = "0123456789ABCDEF"
	isHex := func(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]),
			c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9',
			strings.IndexByte("-._~!#$&*+,/:;=?@[]", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// webLink is nil where there is nothing to lead to.
func webLink(label string, title words, target string) *link {
	if target = webURL(target); target == "" {
		return nil
	}
	return &link{Label: label, Title: title, URL: target}
}

// mailLink is nil for what is not an address.
func mailLink(address string) *link {
	address, err := mce.ParseAddress(address)
	if err != nil {
		return nil
	}
	return &link{Label: address, URL: percentEncode(mce.Mailto(address))}
}
