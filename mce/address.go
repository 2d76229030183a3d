package mce

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// The longest that mail servers must take (RFC 5321 §4.5.3.1, and §4.5.3.1.3 without the angle brackets), in octets.
const (
	maxAddress = 254
	maxLocal   = 64
)

// ParseAddress checks an e-mail address as people type it and gives the form we keep: without the blanks around it, the domain in its
// ASCII form (RFC 5891) and in lower case, the local part without quotation marks where it needs none. The local part keeps its letters:
// only its owner may say whether case matters; comparisons fold it. What is kept is printable ASCII, and is accepted again as it is.
//
// docs/addresses.md gives the verdict on every kind of address, and why. Decided: a local part outside ASCII (SMTPUTF8, RFC 6531),
// address literals ([192.0.2.1]), comments and domains without a dot are legal, and refused.
func ParseAddress(s string) (string, error) {
	s = strings.TrimFunc(s, isBlank)
	kept, fault := readAddress(s)
	if fault != "" {
		if len(s) > maxAddress {
			s = strings.ToValidUTF8(s[:60], "") + "…"
		}
		return "", Invalidf("%q is not an e-mail address we can write to: %s", s, fault)
	}
	return kept, nil
}

// AddressKey is what two spellings of one address have in common: the whole in lower case. It is what is unique in the database.
func AddressKey(address string) string { return strings.ToLower(address) }

// MaskAddress shows enough of an address for its owner to know it and too little for anybody else: "a…@example.org".
func MaskAddress(address string) string {
	local, domain := SplitAddress(address)
	_, size := utf8.DecodeRuneInString(local)
	return local[:size] + "…@" + domain
}

// SplitAddress takes an address that ParseAddress gave apart. The local part is as its owner means it, without the quotation marks that
// a few are written in: net/mail wants it so, and sets them again.
func SplitAddress(address string) (local, domain string) {
	at := max(strings.LastIndexByte(address, '@'), 0)
	local, domain = address[:at], strings.TrimPrefix(address[at:], "@")
	if strings.HasPrefix(local, `"`) {
		local, _ = unquoted(local)
	}
	return local, domain
}

// Mailto is the link that opens a letter to an address that ParseAddress gave (RFC 6068 §2).
func Mailto(address string) string {
	var b strings.Builder
	b.WriteString("mailto:")
	at := strings.LastIndexByte(address, '@')
	for i, c := range []byte(address) {
		if i == at || isLetter(c) || isDigit(c) || strings.IndexByte("-._~!$'*+", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// readAddress gives the form we keep, or what is wrong, in words that complete the sentence of ParseAddress.
func readAddress(s string) (kept, fault string) {
	if fault := wholeFault(s); fault != "" {
		return "", fault
	}
	at := strings.LastIndexByte(s, '@') // no domain has one
	local, fault := keptLocal(s[:at])
	if fault != "" {
		return "", fault
	}
	domain, fault := keptDomain(s[at+1:])
	if fault != "" {
		return "", fault
	}
	if kept = local + "@" + domain; len(kept) > maxAddress {
		return "", fmt.Sprintf("it is longer than %d characters", maxAddress)
	}
	return kept, ""
}

// wholeFault is what is wrong with what is pasted or typed before it is taken apart.
func wholeFault(s string) string {
	hidden := strings.IndexFunc(s, isHidden)
	switch {
	case s == "":
		return "nothing is there; it needs the form name@example.org"
	case !utf8.ValidString(s):
		return "it contains bytes that are not text in UTF-8"
	case strings.ContainsAny(s, "\r\n\u0085\u2028\u2029"):
		return "a line break stands in it"
	case hidden >= 0:
		r, _ := utf8.DecodeRuneInString(s[hidden:])
		return fmt.Sprintf("an invisible sign (%U) stands in it", r)
	case len(s) >= len("mailto:") && strings.EqualFold(s[:len("mailto:")], "mailto:"):
		return `"mailto:" belongs to links and is no part of the address; leave it away`
	case s[0] == '<' || s[len(s)-1] == '>':
		return "only the address itself may stand here, without a name and without < and >"
	}
	switch at := strings.LastIndexByte(s, '@'); {
	case at < 0 && strings.ContainsAny(s, "＠﹫"):
		return "its @ is a sign that only looks like one; type a plain @"
	case at < 0:
		return "there is no @ in it; it needs the form name@example.org"
	case at == 0:
		return "nothing stands before the @; it needs the form name@example.org"
	case at == len(s)-1:
		return "nothing stands behind the @; it needs the form name@example.org"
	}
	return ""
}

// keptLocal is the part before the @ in the one spelling that we keep: quoted only where it must be.
func keptLocal(local string) (kept, fault string) {
	if i := strings.IndexFunc(local, func(r rune) bool { return r > '~' }); i >= 0 {
		r, _ := utf8.DecodeRuneInString(local[i:])
		return "", fmt.Sprintf("%q stands before the @, where many servers take only plain letters (a to z), digits and signs", r)
	}
	if kept = local; local[0] == '"' {
		plain, fault := unquoted(local)
		if fault != "" {
			return "", fault
		}
		if kept = plain; atomFault(plain) != "" {
			kept = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(plain) + `"`
		}
	} else if fault := atomFault(local); fault != "" {
		return "", fault
	}
	if len(kept) > maxLocal {
		return "", fmt.Sprintf("the part before the @ is longer than %d characters", maxLocal)
	}
	return kept, ""
}

// unquoted is what a quoted local part means (RFC 5321 §4.1.2: a backslash takes the next sign as it is).
func unquoted(local string) (plain, fault string) {
	var b strings.Builder
	for i := 1; i < len(local); i++ {
		switch c := local[i]; {
		case c == '"' && i < len(local)-1:
			return "", "quotation marks can only stand round the whole of what is before the @"
		case c == '"' && b.Len() == 0:
			return "", "nothing stands between the quotation marks"
		case c == '"':
			return b.String(), ""
		case c == '\\' && i < len(local)-1:
			i++
			b.WriteByte(local[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "the quotation mark before the @ is not closed"
}

// atomFault is what keeps an ASCII local part from standing without quotation marks (RFC 5322 §3.2.3, dot-atom).
func atomFault(local string) string {
	if strings.Contains(local, "@") {
		return "there is more than one @ in it; give one address only"
	}
	for _, r := range local {
		switch {
		case r == ' ':
			return "a blank stands before the @"
		case r == '(' || r == ')':
			return "a remark in brackets ( ) is no part of the address; leave it away"
		case r == '"':
			return "quotation marks can only stand round the whole of what is before the @"
		case strings.ContainsRune(`,:;<>[\]`, r):
			return fmt.Sprintf("the sign %c cannot stand before the @", r)
		}
	}
	if badDots(local) {
		return "a dot stands at the beginning, at the end or twice in a row before the @"
	}
	return ""
}

// keptDomain is the domain in ASCII and in lower case.
func keptDomain(domain string) (kept, fault string) {
	if domain[0] == '[' {
		return "", "brackets [ ] stand behind the @, where we need the name of a domain"
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if fault := signFault(ascii); fault != "" {
		return "", fault
	}
	if fault := labelFault(strings.ToLower(ascii)); fault != "" && ascii != "" {
		return "", fault
	}
	if err != nil || ascii == "" { // nothing is left of "xn--"
		return "", "what stands behind the @ is not the name of a domain: some letter or sign in it cannot be there"
	}
	return strings.ToLower(ascii), ""
}

// signFault is the first sign that no domain has. What is outside ASCII is not judged here.
func signFault(domain string) string {
	for _, r := range domain {
		switch {
		case isBlank(r):
			return "a blank stands behind the @"
		case r == ',':
			return "a comma stands behind the @; is a dot meant?"
		case r == '(' || r == ')':
			return "a remark in brackets ( ) is no part of the address; leave it away"
		case r <= '~' && !isLetter(byte(r)) && !isDigit(byte(r)) && r != '.' && r != '-':
			return fmt.Sprintf("the sign %c cannot stand behind the @", r)
		}
	}
	return ""
}

// labelFault is what is wrong with the parts of a domain: there are two at least (RFC 5321 would let one be), of the form of RFC 1123 §2.1,
// and the last is of letters alone, or the ASCII form of another script.
func labelFault(domain string) string {
	labels := strings.Split(domain, ".")
	last := labels[len(labels)-1]
	switch {
	case badDots(domain):
		return "a dot stands at the beginning, at the end or twice in a row behind the @"
	case len(domain) > 253:
		return "the domain behind the @ is longer than 253 characters"
	}
	for _, l := range labels {
		switch {
		case len(l) > 63:
			return "a part of the domain behind the @ is longer than 63 characters"
		case strings.HasPrefix(l, "-") || strings.HasSuffix(l, "-"):
			return "a hyphen stands at the beginning or at the end of a part of the domain behind the @"
		}
	}
	switch {
	case len(labels) == 1:
		return "the domain behind the @ has no dot; it needs the form name@example.org"
	case !strings.HasPrefix(last, "xn--") && strings.ContainsAny(last, "0123456789-"):
		return fmt.Sprintf("no domain ends in .%s", last)
	case isPrivate(last):
		return fmt.Sprintf("domains that end in .%s are not on the internet, where our mail goes", last)
	}
	return ""
}

// isPrivate reports whether a top level is set aside for names that public mail never reaches: RFC 6761, 6762, 7686, and ICANN's .internal.
// Those for tests and documents (.test, .example) are taken, because tests and the demo live there.
func isPrivate(top string) bool {
	switch top {
	case "internal", "invalid", "local", "localhost", "onion":
		return true
	}
	return false
}

func badDots(s string) bool {
	return strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") || strings.Contains(s, "..")
}

// isBlank: the tab and every kind of space, but no line break.
func isBlank(r rune) bool { return r == '\t' || unicode.Is(unicode.Zs, r) }

// isHidden: signs that nobody sees, as they come along when text is copied. The two joiners are the business of IDNA: some scripts need them.
func isHidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d'
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
