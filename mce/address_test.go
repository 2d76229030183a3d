package mce_test

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func TestAnAddressIsKeptInItsPlainForm(t *testing.T) {
	for in, want := range map[string]string{
		" Anna.Rossi@Comune.PRATO.example ": "Anna.Rossi@comune.prato.example",
		"o'neill+news@example.org":          "o'neill+news@example.org",
		"a@münchen.example":                 "a@xn--mnchen-3ya.example",
		"a@例え.example":                      "a@xn--r8jz45g.example",
		"a@123.com":                         "a@123.com",
	} {
		got, err := mce.ParseAddress(in)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
		if again, err := mce.ParseAddress(got); again != got {
			t.Errorf("%q is not kept as it is: %q, %v", got, again, err)
		}
	}
}

func TestAnAddressThatCannotBeWrittenToIsRefusedWithItsReason(t *testing.T) {
	for in, says := range map[string]string{
		"":                                       "name@example.org",
		"anna":                                   "name@example.org",
		"@example.org":                           "name@example.org",
		"anna@":                                  "name@example.org",
		"anna@localhost":                         "not the name of a domain",
		"anna@example.123":                       "not the name of a domain",
		"anna@-a.example":                        "not the name of a domain",
		"anna@a..example":                        "not the name of a domain",
		"anna@[192.0.2.1]":                       "not the name of a domain",
		"anna@a.ex\xe9mple":                      "not the name of a domain",
		"anna@a_b.example":                       "not the name of a domain",
		"anna@example.org\r\nBcc: x@e":           "before the @",
		"an na@example.org":                      "blank or special sign",
		`"anna"@example.org`:                     "blank or special sign",
		"Anna <anna@example.org>":                "blank or special sign",
		"a@b@example.org":                        "blank or special sign",
		"žofie@example.org":                      "only plain letters",
		".anna@example.org":                      "a dot stands",
		"an..na@example.org":                     "a dot stands",
		strings.Repeat("a", 65) + "@example.org": "longer than 64",
		strings.Repeat("a", 60) + "@" + strings.Repeat(strings.Repeat("b", 60)+".", 3) + "example.org": "longer than 254",
	} {
		t.Run(in, func(t *testing.T) {
			_, err := mce.ParseAddress(in)
			refused(t, err, mce.Invalid, "is not an e-mail address", says)
		})
	}
}

// The corpus: "yes" is valid, "no" is not, "policy" is legal but unusual, and ours to decide. What needs SMTPUTF8 and quoted local
// parts we refuse by policy even where the corpus says yes. Blanks around an address are not the address's fault: we take them away.
func TestTheCorpusOfAddresses(t *testing.T) {
	file, err := os.Open("../../shared/corpus/addresses.tsv")
	if err != nil {
		t.Skip("no corpus here: ", err)
	}
	defer file.Close()
	seen := map[string]int{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		cells := strings.Split(lines.Text(), "\t")
		var address string
		if json.Unmarshal([]byte(cells[0]), &address) != nil {
			continue // the header
		}
		verdict, smtputf8 := cells[1], cells[2] == "yes"
		if verdict == "yes" && (smtputf8 || strings.HasPrefix(address, `"`)) {
			verdict = "policy"
		} else if verdict == "no" && strings.TrimSpace(address) != address {
			verdict = "trimmed"
		}
		seen[verdict]++
		switch got, err := mce.ParseAddress(address); {
		case verdict == "trimmed" && err == nil && !strings.Contains(address, got):
			t.Errorf("%q is kept as %q", address, got)
		case verdict == "yes" && err != nil:
			t.Errorf("%q is valid: %v", address, err)
		case verdict == "no" && err == nil:
			t.Errorf("%q (%s) was accepted", address, cells[5])
		case smtputf8 && err == nil:
			t.Errorf("%q needs SMTPUTF8 and was accepted", address)
		}
	}
	if seen["yes"] < 30 || seen["no"] < 150 || seen["trimmed"] > 20 {
		t.Errorf("the corpus was read badly: %v", seen)
	}
	t.Log(seen)
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"anna@example.org", "a@b", "@", "a@münchen.example", "\"a\"@b.c", "a@b.c\r\nX: y", "a@xn--a.b", "a@b\u3002c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := mce.ParseAddress(s)
		if err != nil {
			return
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r > '~' }) || strings.Count(got, "@") != 1 {
			t.Errorf("%q is kept as %q", s, got)
		}
		if again, err := mce.ParseAddress(got); err != nil || again != got {
			t.Errorf("%q: kept as %q, then read as %q, %v", s, got, again, err)
		}
	})
}

func TestAMaskedAddressTellsOnlyItsOwner(t *testing.T) {
	for in, want := range map[string]string{
		"anna@example.org": "a…@example.org", "a@example.org": "a…@example.org", "éva@example.org": "é…@example.org", "": "…@",
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
