package inbox

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// framePolicy is what makes a hostile mail harmless: no script, no form, nothing fetched. Its links may open
// a new tab, which is an ordinary one again. The mail's own markup is left as it is, to be seen as sent.
const framePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " +
	"sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"

var cidURL = regexp.MustCompile(`cid:[^\s"'()<>]+`)

// frame serves a mail's HTML, and nothing else, for the iframe of the mail's page.
func (s *site) frame(w http.ResponseWriter, r *http.Request) error {
	_, raw, err := s.inbox.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	message, err := Parse(raw)
	if err != nil || message.HTML == "" {
		return ErrNoMail
	}
	w.Header().Set("Content-Security-Policy", framePolicy)
	return write(w, http.StatusOK, "text/html; charset=utf-8", []byte(frameHTML(message)))
}

// frameHTML changes three things: links open a new tab, pictures within the mail become data: URLs, and
// meta elements that act as HTTP headers go, since no policy stops a refresh to another address.
func frameHTML(m Message) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(m.HTML))
	for z.Next() != html.ErrorToken {
		source := string(z.Raw()) // a copy: Token overwrites it
		token := z.Token()
		switch {
		case token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken:
			out.WriteString(source)
		case token.DataAtom == atom.Meta && hasAttribute(token, "http-equiv"):
		case token.DataAtom == atom.A || token.DataAtom == atom.Area:
			out.WriteString(newTab(token).String())
		default:
			out.WriteString(source)
		}
	}
	return cidURL.ReplaceAllStringFunc(out.String(), m.dataURL)
}

// dataURL returns the picture that a cid: URL (RFC 2392) names as a data: URL, or the URL itself where the
// mail has no such picture.
func (m Message) dataURL(cid string) string {
	id, err := url.PathUnescape(strings.TrimPrefix(cid, "cid:"))
	if err != nil {
		return cid
	}
	i := slices.IndexFunc(m.Attachments, func(a Attachment) bool {
		return a.ContentID == id && strings.HasPrefix(a.MediaType, "image/")
	})
	if i < 0 {
		return cid
	}
	a := m.Attachments[i]
	return "data:" + html.EscapeString(a.MediaType) + ";base64," + base64.StdEncoding.EncodeToString(a.Content)
}

func newTab(link html.Token) html.Token {
	link.Attr = slices.DeleteFunc(link.Attr, func(a html.Attribute) bool { return a.Key == "target" || a.Key == "rel" })
	link.Attr = append(link.Attr,
		html.Attribute{Key: "target", Val: "_blank"},
		html.Attribute{Key: "rel", Val: "noopener noreferrer"})
	return link
}

func hasAttribute(t html.Token, key string) bool {
	return slices.ContainsFunc(t.Attr, func(a html.Attribute) bool { return a.Key == key })
}
