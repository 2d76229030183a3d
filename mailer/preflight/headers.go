package preflight

import (
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/majorcities/mce-mailer/mce"
)

const tellOperator = " This is for the operator."

// headers looks at the header fields that mail programs act by.
func headers(i *issue, m *message) []mce.Finding {
	var out []mce.Finding
	add := func(level mce.Level, words string, args ...any) {
		out = append(out, mce.Finding{Level: level, Where: "header", Words: fmt.Sprintf(words, args...) + tellOperator})
	}
	for _, name := range []string{"From", "To", "Date", "Message-Id", "Subject", "Mime-Version"} {
		if n := len(m.header[name]); n != 1 {
			add(mce.Blocking, "The mail has %d header fields %s and must have one (RFC 5322 §3.6).", n, name)
		}
	}
	if _, err := m.header.Date(); err != nil {
		add(mce.Blocking, "The date of the mail cannot be read (RFC 5322 §3.3).")
	}
	if !messageID.MatchString(m.header.Get("Message-Id")) {
		add(mce.Blocking, "The Message-ID of the mail is not of the form <…@…> (RFC 5322 §3.6.4).")
	}
	for _, words := range m.leaving() {
		add(mce.Blocking, "%s", words)
	}
	if m.plainLink() {
		add(mce.Advisory, "PUBLIC_URL begins with http://: mail programs do not offer to leave by it (RFC 8058 §3.1). On this machine, to try things, that is as it should be.")
	}
	if !listID.MatchString(m.header.Get("List-Id")) {
		add(mce.Blocking, "The mail has no List-Id, by which readers sort newsletters (RFC 2919).")
	}
	for _, words := range alignment(m.header.Get("From"), i.options) {
		add(mce.Advisory, "%s", words)
	}
	return out
}

var (
	messageID = regexp.MustCompile(`^<[^<>@\s]+@[^<>@\s]+>$`)
	listID    = regexp.MustCompile(`<[^<>\s]+\.[^<>\s]+>$`)
)

// leaving says what is wrong with the fields by which mail programs offer to leave.
func (m *message) leaving() []string {
	var out []string
	if m.header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		out = append(out, "The mail does not offer to leave with one click: List-Unsubscribe-Post is missing or wrong (RFC 8058 §3.1).")
	}
	web, post := 0, 0
	for _, u := range m.unsubscribe() {
		switch u.Scheme {
		case "https", "http":
			web++
		case "mailto":
			post++
		}
	}
	if web != 1 {
		out = append(out, fmt.Sprintf("List-Unsubscribe must have one web address and has %d (RFC 8058 §3.1).", web))
	}
	if post == 0 {
		out = append(out, "List-Unsubscribe has no mail address, which some programs need (RFC 2369 §3.2).")
	}
	return out
}

// unsubscribe are the addresses of List-Unsubscribe.
func (m *message) unsubscribe() []*url.URL {
	var out []*url.URL
	for entry := range strings.SplitSeq(m.header.Get("List-Unsubscribe"), ",") {
		entry = strings.TrimSpace(entry)
		if u, err := url.Parse(strings.Trim(entry, "<>")); err == nil && strings.HasPrefix(entry, "<") {
			out = append(out, u)
		}
	}
	return out
}

func (m *message) plainLink() bool {
	for _, u := range m.unsubscribe() {
		if u.Scheme == "http" {
			return true
		}
	}
	return false
}

// alignment compares the domain that readers see with those that vouch for it (RFC 7489 §3.1): by DMARC's usual, relaxed measure.
func alignment(from string, o Options) []string {
	a, err := mail.ParseAddress(from)
	if err != nil {
		return []string{"The sender of the mail cannot be read (RFC 5322 §3.6.2)."}
	}
	var out []string
	if o.ReturnPath != "" && organisation(domainOf(o.ReturnPath)) != organisation(domainOf(a.Address)) {
		out = append(out, fmt.Sprintf("Bounces go to %s, which is of another organisation than the sender's %s: SPF does not count for DMARC then.",
			domainOf(o.ReturnPath), domainOf(a.Address)))
	}
	return out
}

func domainOf(address string) string {
	return strings.ToLower(strings.TrimSuffix(address[strings.LastIndexByte(address, '@')+1:], "."))
}

// organisation is the organisational domain (RFC 7489 §3.2): one label under a public suffix; the domain itself where that cannot be told.
func organisation(domain string) string {
	if org, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return org
	}
	return domain
}

// literal reports whether a host is written as an address.
func literal(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || strings.EqualFold(host, "localhost")
}
