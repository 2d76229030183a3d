package mce_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

// verdicts are the tables of docs/addresses.md: what is typed, with the form that is kept or the sentence that refuses it ("…" for what
// differs). Where the first column has words instead of an address, typed is empty.
func verdicts(t *testing.T) (accepted, refusals [][2]string) {
	t.Helper()
	raw, err := os.ReadFile("../docs/addresses.md")
	if err != nil {
		t.Fatal(err)
	}
	signs := strings.NewReplacer("␣", " ", `\n`, "\n", `\u200b`, "\u200b")
	code := func(cell string) string {
		if len(cell) < 2 || cell[0] != '`' {
			return ""
		}
		return signs.Replace(strings.Trim(cell, "`"))
	}
	section := ""
	for line := range strings.Lines(string(raw)) {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			section = strings.TrimSpace(name)
		}
		cells := strings.Split(line, " | ")
		if len(cells) < 3 || strings.Contains(cells[1], "---") || !strings.HasPrefix(cells[1], "`") {
			continue
		}
		row := [2]string{code(strings.TrimPrefix(cells[0], "| ")), code(cells[1])}
		switch section {
		case "Accepted":
			accepted = append(accepted, row)
		case "Refused":
			refusals = append(refusals, row)
		}
	}
	if len(accepted) < 15 || len(refusals) < 30 {
		t.Fatalf("the tables were read badly: %d and %d rows", len(accepted), len(refusals))
	}
	return accepted, refusals
}

func TestAnAddressIsKeptInItsPlainForm(t *testing.T) {
	accepted, _ := verdicts(t)
	for _, row := range append(accepted,
		[2]string{"\t\u00a0Anna.Rossi@Comune.PRATO.example\u3000", "Anna.Rossi@comune.prato.example"},
		[2]string{`"\a\@\b"@example.org`, `"a@b"@example.org`},
		[2]string{`" "@example.org`, `" "@example.org`},
		[2]string{`".anna"@example.org`, `".anna"@example.org`},
		[2]string{"anna@a\u200db.example", ""}, // a joiner where its script needs none
		[2]string{"anna@\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example", "anna@xn--mgba3gch31f060k.example"},
		[2]string{strings.Repeat("a", 64) + "@" + strings.Repeat("b", 63) + ".example", strings.Repeat("a", 64) + "@" + strings.Repeat("b", 63) + ".example"},
	) {
		got, err := mce.ParseAddress(row[0])
		if got != row[1] {
			t.Errorf("%q: %q, %v; want %q", row[0], got, err, row[1])
		}
		if row[1] != "" {
			checkKept(t, row[0], got)
		}
	}
}

// checkKept holds an accepted address to what the rest of the program takes for granted.
func checkKept(t *testing.T, typed, got string) {
	t.Helper()
	if strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r > '~' }) || len(got) > 254 {
		t.Errorf("%q is kept as %q", typed, got)
	}
	if again, err := mce.ParseAddress(got); err != nil || again != got {
		t.Errorf("%q: kept as %q, then read as %q, %v", typed, got, again, err)
	}
	key := mce.AddressKey(got)
	if again, err := mce.ParseAddress(key); err != nil || again != key {
		t.Errorf("%q: its key %q is read as %q, %v", typed, key, again, err)
	}
	local, domain := mce.SplitAddress(got)
	if strings.Contains(domain, "@") || !strings.HasSuffix(got, "@"+domain) || (mce.Letter{To: got}).Domain() != domain {
		t.Errorf("%q: the domain of %q is %q", typed, got, domain)
	}
	parsed, err := mail.ParseAddress(got)
	if err != nil || parsed.Address != local+"@"+domain || parsed.Name != "" {
		t.Errorf("%q: net/mail reads %q as %v, %v", typed, got, parsed, err)
	} else if written := parsed.String(); written != "<"+got+">" {
		t.Errorf("%q: net/mail writes %q as %s", typed, got, written)
	}
	link, err := url.Parse(mce.Mailto(got))
	if err != nil || link.Scheme != "mailto" || link.RawQuery != "" || link.Fragment != "" {
		t.Errorf("%q: the link of %q is %s, %v", typed, got, mce.Mailto(got), err)
	} else if to, err := url.PathUnescape(link.Opaque); err != nil || to != got {
		t.Errorf("%q: the link of %q leads to %q, %v", typed, got, to, err)
	}
}

func TestAnAddressThatCannotBeWrittenToIsRefusedWithItsReason(t *testing.T) {
	_, refusals := verdicts(t)
	long := strings.Repeat("a", 64)
	rows := append(refusals,
		[2]string{"", "nothing is there; …"},
		[2]string{"anna@a.ex\xe9mple", "it contains bytes that are not text in UTF-8"},
		[2]string{"anna@example.org\r\nBcc: x@e", "a line break stands in it"},
		[2]string{"an\u2028na@example.org", "a line break stands in it"},
		[2]string{"\"a\x00b\"@example.org", "an invisible sign (U+0000) stands in it"},
		[2]string{"anna@exam\u202eple.org", "an invisible sign (U+202E) stands in it"},
		[2]string{"MailTo:anna@example.org", `"mailto:" belongs …`},
		[2]string{"<anna@example.org>", "only the address itself …"},
		[2]string{"<anna@example.org> !", "only the address itself …"},
		[2]string{"a@b@example.org", "there is more than one @ …"},
		[2]string{`an\na@example.org`, `the sign \ cannot stand before the @`},
		[2]string{`"anna"x@example.org`, "quotation marks can only …"},
		[2]string{`"anna\"@example.org`, "the quotation mark before the @ is not closed"},
		[2]string{`"@example.org`, "the quotation mark before the @ is not closed"},
		[2]string{`"é"@example.org`, "'é' stands before the @…"},
		[2]string{"anna@a b.example", "a blank stands behind the @"},
		[2]string{"anna@(b)example.org", "a remark in brackets …"},
		[2]string{"anna@\u037e.example", "what stands behind the @ is not the name …"},
		[2]string{"anna@a-.example", "a hyphen …"},
		[2]string{"anna@example.invalid", "domains that end in .invalid are not on the internet…"},
		[2]string{long + "a@example.org", "the part before the @ is longer than 64 characters"},
		[2]string{`"` + long[:63] + ` "@example.org`, "the part before the @ is longer than 64 characters"},
		[2]string{"anna@" + strings.Repeat("ü", 59) + ".example", "a part of the domain behind the @ is longer than 63 characters"},
		[2]string{"anna@" + strings.Repeat(long[:60]+".", 4) + "example.org", "the domain behind the @ is longer than 253 characters"},
		[2]string{long + "@" + strings.Repeat(long[:60]+".", 3) + "example.org", "it is longer than 254 characters"},
	)
	seen := map[string]bool{}
	for _, row := range rows {
		if row[0] == "" && row[1] != "nothing is there; …" {
			continue // told in words
		}
		_, err := mce.ParseAddress(row[0])
		refused(t, err, mce.Invalid, "is not an e-mail address")
		if !pattern(row[1]).MatchString(reason(err)) {
			t.Errorf("%q: %s; want %s", row[0], reason(err), row[1])
		}
		seen[documented(refusals, err)] = true
	}
	for _, row := range refusals {
		if !seen[row[1]] {
			t.Errorf("nothing is refused with the sentence %q of docs/addresses.md", row[1])
		}
	}
	if _, err := mce.ParseAddress(strings.Repeat("é", 10_000)); len(err.Error()) > 400 {
		t.Errorf("a sentence of %d octets", len(err.Error()))
	}
}

// reason is the end of a refusal, which says what is wrong.
func reason(err error) string {
	_, why, _ := strings.Cut(mce.ErrorMessage(err), "is not an e-mail address we can write to: ")
	return why
}

// documented is the sentence of docs/addresses.md that an address was refused with; empty if it is not there.
func documented(refusals [][2]string, err error) string {
	for _, row := range refusals {
		if pattern(row[1]).MatchString(reason(err)) {
			return row[1]
		}
	}
	return ""
}

func pattern(sentence string) *regexp.Regexp {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(sentence), "…", ".+") + "$")
}

// corpus is a file of the test data that lies beside the repository, in shared/corpus of some folder above.
func corpus(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		raw, err := os.ReadFile(filepath.Join(dir, "shared", "corpus", name))
		switch {
		case err == nil:
			return raw
		case !errors.Is(err, fs.ErrNotExist):
			t.Fatal(err)
		case dir != filepath.Dir(dir):
		case os.Getenv("CI") == "true":
			t.Fatalf("shared/corpus/%s is missing: it belongs beside the repository", name)
		default:
			t.Skipf("shared/corpus/%s is missing: it belongs beside the repository", name)
		}
	}
}

// The corpus: "yes" is valid, "no" is not, "policy" is legal but unusual, and ours to decide. Accepted is what docs/addresses.md says is;
// the exceptions are those that it names.
func TestTheCorpusOfAddresses(t *testing.T) {
	_, refusals := verdicts(t)
	counts, sentences := map[string]int{}, map[string]int{}
	for line := range bytes.Lines(corpus(t, "addresses.tsv")) {
		cells := strings.Split(strings.TrimSuffix(string(line), "\n"), "\t")
		var typed, normal string
		if json.Unmarshal([]byte(cells[0]), &typed) != nil {
			continue // the header
		}
		verdict, smtputf8 := cells[1], cells[2] == "yes"
		want := verdict == "yes" && !smtputf8 || verdict == "policy" && policyAccepts(t, typed, cells[5])
		got, err := mce.ParseAddress(typed)
		if (err == nil) != want {
			t.Errorf("%q (%s, %s): %v", typed, verdict, cells[5], err)
		}
		if err != nil {
			counts[verdict+" refused"]++
			sentence := documented(refusals, err)
			sentences[sentence]++
			if sentence == "" {
				t.Errorf("%q is refused with a sentence that docs/addresses.md does not have: %v", typed, err)
			}
			if smtputf8 && verdict == "yes" && !strings.Contains(sentence, "plain letters") {
				t.Errorf("%q is refused with %v", typed, err)
			}
			continue
		}
		counts[verdict+" accepted"]++
		checkKept(t, typed, got)
		if json.Unmarshal([]byte(cells[3]), &normal) == nil && got != normal {
			t.Errorf("%q is kept as %q; its normal form is %q", typed, got, normal)
		}
	}
	want := map[string]int{"yes accepted": 35, "yes refused": 6, "no refused": 177, "policy accepted": 24, "policy refused": 55}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("docs/addresses.md has other numbers:\n%s", diff)
	}
	for sentence, n := range sentences {
		t.Log(n, sentence)
	}
}

// policyAccepts is our verdict on what is legal but unusual, by the corpus' diagnosis; the exceptions stand first.
func policyAccepts(t *testing.T, typed, diagnosis string) bool {
	t.Helper()
	switch typed {
	case `""@iana.org`, // nobody's mailbox
		`"unnecessarily.quoted.with.unicode.λ"@example.com`: // SMTPUTF8
		return false
	}
	switch diagnosis {
	case "quoted-local", "ISEMAIL_RFC5321_QUOTEDSTRING":
		return true
	case "display-name", "reserved-domain", // .invalid, .onion
		"ISEMAIL_RFC5321_ADDRESSLITERAL", "ISEMAIL_RFC5321_IPV6DEPRECATED", // [192.0.2.1]
		"ISEMAIL_CFWS_COMMENT", "ISEMAIL_DEPREC_COMMENT", "ISEMAIL_DEPREC_CTEXT", // remarks in brackets
		"ISEMAIL_CFWS_FWS", "ISEMAIL_DEPREC_FWS", "ISEMAIL_DEPREC_CFWS_NEAR_AT", // blanks and line breaks within
		"ISEMAIL_DEPREC_QTEXT",     // control signs
		"ISEMAIL_DEPREC_LOCALPART", // "a"."b"@
		"ISEMAIL_RFC5321_TLD",      // no dot
		"ISEMAIL_VALID":            // no dot either: test@io
		return false
	}
	t.Errorf("%q: no verdict on %s", typed, diagnosis)
	return false
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{
		"anna@example.org", "a@b", "@", "a@münchen.example", "\"a\"@b.c", "a@b.c\r\nX: y", "a@xn--a.b", "a@b\u3002c", `"a b\"\\@c"@d.e`, `"\a"@b.c`,
		`"a"."b"@c.d`, "\"\t\"@b.c", "mailto:a@b.c", "<a@b.c>", "a(b)@c.d", "a@b\u200dc.d", "a@[::1]", "%20?x=y&z#@b.c", "0@Xn--", "a@xn--.b", "a@\uff45\uff58.\u2100",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := mce.ParseAddress(s)
		if err == nil {
			checkKept(t, s, got)
		} else if len(reason(err)) < 15 || mce.ErrorCode(err) != mce.Invalid {
			t.Errorf("%q is refused with %v", s, err)
		}
	})
}

func TestMailto(t *testing.T) {
	for address, want := range map[string]string{
		"a.b+c@example.org":     "mailto:a.b+c@example.org",
		"o'brien@example.org":   "mailto:o'brien@example.org",
		"50%/x?y#z@example.org": "mailto:50%25%2Fx%3Fy%23z@example.org",
		"a=b&c|d@example.org":   "mailto:a%3Db%26c%7Cd@example.org",
		`"not@me"@example.org`:  "mailto:%22not%40me%22@example.org", // of RFC 6068 §6.1
		`"oh\\no"@example.org`:  "mailto:%22oh%5C%5Cno%22@example.org",
	} {
		if got := mce.Mailto(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestAMaskedAddressTellsOnlyItsOwner(t *testing.T) {
	for in, want := range map[string]string{
		"anna@example.org": "a…@example.org", "a@example.org": "a…@example.org", "éva@example.org": "é…@example.org", "": "…@",
		`"anna rossi"@example.org`: "a…@example.org", `"\"a@b\""@example.org`: `"…@example.org`,
	} {
		if got := mce.MaskAddress(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if mce.AddressKey("Anna@Example.org") != mce.AddressKey("anna@example.ORG") {
		t.Error("two spellings have two keys")
	}
}

func TestANameIsOneLine(t *testing.T) {
	for in, want := range map[string]string{"  Anna \t Rossi\r\n": "Anna Rossi", "": "", "Ω Ё 中": "Ω Ё 中", "a\u2028b": "a b"} {
		if got, err := mce.CleanName(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, says := range map[string]string{
		"a\x00b": "control", "a\x7fb": "control", "a\xffb": "control", "a\x1bb": "control", strings.Repeat("a", mce.MaxName+1): "longer than 200",
	} {
		_, err := mce.CleanName(in)
		refused(t, err, mce.Invalid, says)
	}
}
