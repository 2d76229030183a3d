package preflight

import (
	"bytes"
	"fmt"

	"github.com/majorcities/mce-mailer/mce"
)

// Gmail shows 102 KB of a mail's HTML, counted after decoding, and hides the rest behind a link.
const (
	clippedAt = 102 * 1024
	closeTo   = 80 * 1024
	longest   = 998 // octets of a line, RFC 5322 §2.1.1
)

func sizes(_ *issue, m *message) []mce.Finding {
	size := len(m.html)
	words := fmt.Sprintf("The HTML has %d KB, and Gmail hides what is beyond 102 KB, with the link to leave.", (size+1023)/1024)
	switch {
	case size > clippedAt:
		return []mce.Finding{{Where: "mail", Words: words + " Take items out, or shorten their texts."}}
	case size > closeTo:
		return []mce.Finding{{Level: mce.Advisory, Where: "mail", Words: words + " There is not much room left."}}
	}
	return nil
}

func lines(_ *issue, m *message) []mce.Finding {
	var out []mce.Finding
	for n, line := range bytes.Split(m.raw, []byte("\r\n")) {
		if len(line) > longest {
			out = append(out, mce.Finding{Where: "mail", Words: fmt.Sprintf("Line %d of the mail has %d octets, more than servers take (%d). This is a fault of the program: tell the operator.", n+1, len(line), longest)})
		}
		if bytes.ContainsAny(line, "\r\n\x00") {
			out = append(out, mce.Finding{Where: "mail", Words: fmt.Sprintf("Line %d of the mail has a sign that ends lines within it. This is a fault of the program: tell the operator.", n+1)})
		}
	}
	return out
}
