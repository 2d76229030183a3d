package inbox

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// unsubscribe is what a mail offers in its List-Unsubscribe field.
type unsubscribe struct {
	URL string // the first web address; "" where there is none
	// Origin is set where the page has a one-click button: the mail announces RFC 8058 and the address is on
	// this machine. Elsewhere a click in a demo would end a real subscription.
	Origin string
}

// angled finds the addresses of a list field; RFC 2369 §2 puts each in angle brackets, commas may be within.
var angled = regexp.MustCompile(`<([^<>]*)>`)

func unsubscribeOf(m Message) unsubscribe {
	for _, match := range angled.FindAllStringSubmatch(m.Get("List-Unsubscribe"), -1) {
		link := strings.TrimSpace(match[1])
		u, err := url.Parse(link)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			continue
		}
		offer := unsubscribe{URL: link}
		if m.Get("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click" && isLoopback(u.Hostname()) {
			offer.Origin = u.Scheme + "://" + u.Host
		}
		return offer
	}
	return unsubscribe{}
}

// isLoopback knows localhost with its subdomains (RFC 6761 §6.3) and 127.0.0.0/8. It leaves out ::1: the
// policy that must name the origin has no way to write it (CSP3 §2.3.1).
func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		// The name goes into a header: anything but a plain host name could add to the policy.
		return !strings.ContainsFunc(host, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.'
		})
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Is4() && ip.IsLoopback()
}

// span is a stretch of text, or a link where URL is set.
type span struct{ Text, URL string }

var webURL = regexp.MustCompile(`https?://[^\s<>"]+`)

// linkify makes the web addresses in a text links. Punctuation after an address belongs to the sentence.
func linkify(text string) []span {
	var spans []span
	end := 0
	for _, at := range webURL.FindAllStringIndex(text, -1) {
		link := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)]'")
		spans = append(spans, span{Text: text[end:at[0]]}, span{link, link})
		end = at[0] + len(link)
	}
	return append(spans, span{Text: text[end:]})
}

// switches are the links that change how the HTML view shows the mail, two choices of two.
func switches(phone, dark bool) []tab {
	address := func(phone, dark bool) string {
		values := url.Values{}
		if phone {
			values.Set("width", "phone")
		}
		if dark {
			values.Set("colours", "dark")
		}
		return "?" + values.Encode()
	}
	return []tab{
		{"Desktop", address(false, dark), !phone},
		{"Phone, 375 px", address(true, dark), phone},
		{"Light", address(phone, false), !dark},
		{"Dark", address(phone, true), dark},
	}
}

// cut shortens a text that is too long for a page, between two characters.
func cut(text string) (string, bool) {
	if len(text) <= maxShown {
		return text, false
	}
	end := maxShown
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end], true
}

func size(bytes int) string {
	switch {
	case bytes < 1<<10:
		return fmt.Sprintf("%d bytes", bytes)
	case bytes < 1<<20:
		return fmt.Sprintf("%.0f KB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
}
