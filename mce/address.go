package mce

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// ParseAddress checks an e-mail address as people type it and gives the form we keep: trimmed, the domain in its ASCII form
// (RFC 5891) and in lower case. The local part keeps its letters: only its owner may say whether case matters; comparisons fold it.
//
// Decided: a local part outside ASCII (SMTPUTF8, RFC 6531) is refused, because too few servers on the way accept it; so are quoted local
// parts, address literals ([192.0.2.1]) and domains without a dot, which are legal but in a subscriber list always a mistake.
func ParseAddress(s string) (string, error) {
	s = strings.TrimSpace(s)
	refuse := func(why string) (string, error) {
		return "", Invalidf("%q is not an e-mail address we can write to: %s", s, why)
	}
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 {
		return refuse("it needs the form name@example.org")
	}
	local, domain := s[:at], s[at+1:]
	if why := localFault(local); why != "" {
		return refuse(why)
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !utf8.ValidString(domain) || !domainForm(ascii) {
		return refuse("what stands behind the @ is not the name of a domain")
	}
	whole := local + "@" + strings.ToLower(ascii)
	if len(whole) > 254 {
		return refuse("it is longer than 254 characters")
	}
	if a, err := mail.ParseAddress(whole); err != nil || a.Address != whole {
		return refuse("it needs the form name@example.org")
	}
	return whole, nil
}

// AddressKey is what two spellings of one address have in common: the whole in lower case. It is what is unique in the database.
func AddressKey(address string) string { return strings.ToLower(address) }

// MaskAddress shows enough of an address for its owner to know it and too little for anybody else: "a…@example.org".
func MaskAddress(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	_, size := utf8.DecodeRuneInString(local)
	return local[:size] + "…@" + domain
}

func localFault(local string) string {
	if len(local) > 64 {
		return "the part before the @ is longer than 64 characters"
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return "a dot stands at the beginning, at the end or twice in a row before the @"
	}
	for _, r := range local {
		switch {
		case r > 126:
			return "only plain letters, digits and signs can stand before the @"
		case r <= ' ' || strings.ContainsRune(`"(),:;<>@[\]`, r):
			return "a blank or special sign stands before the @"
		}
	}
	return ""
}

// domainForm: at least two labels of RFC 1123 §2.1, the last one of letters alone, or the ASCII form of another script.
func domainForm(domain string) bool {
	labels := strings.Split(domain, ".")
	if len(labels) < 2 || len(domain) > 253 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.Trim(l, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
			return false
		}
	}
	top := labels[len(labels)-1]
	return strings.HasPrefix(top, "xn--") || !strings.ContainsAny(top, "0123456789-")
}
