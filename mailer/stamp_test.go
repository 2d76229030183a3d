package mailer

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"io/fs"
	"net/mail"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/majorcities/mce-mailer/mce"
)

// plainStamp is a mail of which every byte around the slots is known, so that what a slot became can be cut out again.
func plainStamp(t testing.TB) *stamp {
	t.Helper()
	mark := mce.SlotMark("abcdefghij", mce.SlotGreeting)
	e := mce.Edition{
		Kind: mce.Reminder, Lang: "en", Subject: "Subject", Nonce: "abcdefghij", Domain: "mail.example",
		Text: "Before [" + mark + "] after\r\n.last line\r\n", HTML: `<p title="` + mark + `">Before [` + mark + `] after</p>`,
	}
	st, err := prepare(e, fixtureSender(), func(name string) string { return name })
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// plainHeader is the header fields that plainStamp has, and no name may add to.
const plainHeader = 11

// checkPerson stamps for a person and reads the name back from everywhere it went.
func checkPerson(t testing.TB, st *stamp, name, to string) {
	t.Helper()
	l := fixtureLetter(mce.Reminder)
	l.Name, l.To = name, to
	raw := st.stamped(t, l)
	if wire := st.forWire().stamped(t, l); !bytes.Equal(wire, stuff(nil, raw)) {
		t.Errorf("%q: stuffed beforehand it is not what it is when stuffed afterwards:\n%s", name, wire)
	}
	checkLines(t, raw)
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%q: %v", name, err)
	}
	if len(m.Header) != plainHeader {
		t.Errorf("%q: %d header fields: %v", name, len(m.Header), m.Header)
	}
	local, domain := mce.SplitAddress(to)
	meant := local + "@" + domain
	if people, err := m.Header.AddressList("To"); err != nil || len(people) != 1 || people[0].Address != meant || people[0].Name != name {
		t.Errorf("%q <%s>: To: %s: %v", name, to, m.Header.Get("To"), err)
	}
	text, page := bodies(t, raw)
	if want := "Before [" + name + "] after\r\n.last line\r\n"; text != want {
		t.Errorf("text %q, want %q", text, want)
	}
	escaped := html.EscapeString(name)
	if want := `<p title="` + escaped + `">Before [` + escaped + `] after</p>`; page != want {
		t.Errorf("HTML %q, want %q", page, want)
	}
}

func TestNamesArriveAsTheyAre(t *testing.T) {
	st := plainStamp(t)
	for _, name := range []string{
		"", "Anna Rossi", "Žofie Nováková", "Αθηνά", "李小龍", "👩‍💻 Ada", "a=b", "=", "==3D", "=C3=A9", "...", ".", "..\t.", " leading", "trailing ",
		"O'Neill & <b>Sons</b>", `"quoted" \ back`, "(comment), a@b.example;", "=?utf-8?q?hi?=", "zqabcdefghijGREETINGqz", "Nom\u00a0Insécable",
		"right \u202eto left", "Bcc: someone@else.example", strings.Repeat("x", 200), strings.Repeat("é", 100), strings.Repeat("a ", 99) + "b",
		strings.Repeat(".", 200), strings.Repeat("=", 200), strings.Repeat("<", 200), strings.Repeat("x", 71), strings.Repeat("x", 72),
		strings.Repeat("x", 73), strings.Repeat("x", 75), strings.Repeat("x", 76), strings.Repeat("x", 77), strings.Repeat("é", 24), strings.Repeat("é", 25),
	} {
		checkPerson(t, st, name, "anna@example.org")
	}
}

func TestAddressesArriveAsTheyAre(t *testing.T) {
	st := plainStamp(t)
	for _, to := range []string{
		"a@b.example", "o'neill+news=x@example.org", "!#$%&'*+-/=?^_`{|}~@example.org", "x@xn--bcher-kva.example",
		`"anna rossi"@example.org`, `"a@b>, <c"@example.org`, `"\"?= \\"@example.org`, `"` + strings.Repeat(" ", 62) + `"@example.org`,
		strings.Repeat("l", 64) + "@" + strings.Repeat(strings.Repeat("d", 58)+".", 3) + "example",
	} {
		if _, err := mce.ParseAddress(to); err != nil {
			t.Fatal(err)
		}
		checkPerson(t, st, "Anna", to)
		checkPerson(t, st, strings.Repeat("é", 100), to)
	}
}

// TestNaughtyNames reads a list of strings that have broken programs, which is kept outside of the module.
func TestNaughtyNames(t *testing.T) {
	raw, err := os.ReadFile("../../shared/corpus/blns.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the corpus is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := json.Unmarshal(raw, &names); err != nil {
		t.Fatal(err)
	}
	st := plainStamp(t)
	accepted := 0
	for _, s := range names {
		if name, err := mce.CleanName(s); err == nil {
			accepted++
			checkPerson(t, st, name, "anna@example.org")
		}
	}
	if accepted < 300 {
		t.Errorf("only %d of %d could be names", accepted, len(names))
	}
}

func TestNamesThatBreakLinesAreRefused(t *testing.T) {
	st := plainStamp(t)
	for _, bad := range []string{"a\rb", "a\nb", "a\r\nBcc: x@example.org", "a\x00b"} {
		for _, l := range []mce.Letter{{Name: bad, To: "a@example.org"}, {Name: "A", To: bad + "@example.org"}} {
			if _, err := st.stamp(nil, l, FixtureKeys(t)); err == nil {
				t.Errorf("%q <%q> was stamped", l.Name, l.To)
			}
		}
	}
}

func FuzzStamp(f *testing.F) {
	for _, s := range []string{"Anna Rossi", "=", ".", "é", "<b>", `"`, "a\tb", ".", "..x", strings.Repeat(".é", 40), strings.Repeat("é", 40), " ", "=?utf-8?b?YQ==?="} {
		f.Add(s)
	}
	st := plainStamp(f)
	f.Fuzz(func(t *testing.T, s string) {
		name, err := mce.CleanName(s)
		if err != nil || !utf8.ValidString(name) { // PostgreSQL keeps nothing else
			return
		}
		checkPerson(t, st, name, "anna@example.org")
	})
}

// bodies are the decoded text and HTML.
func bodies(t testing.TB, raw []byte) (text, page string) {
	t.Helper()
	parts, _ := leaves(t, raw)
	return parts[0].body, parts[1].body
}

// TestTokensOpen: whatever a link or header of a letter carries opens with the installation's keys, for that letter's purpose only.
func TestTokensOpen(t *testing.T) {
	keys := FixtureKeys(t)
	token := regexp.MustCompile(`(?:/leave/|/choices/|/confirm/|/me/|/move/|\?subject=leave-)([A-Za-z0-9_-]+)`)
	counts := map[mce.LetterKind]int{ // twice in a header; in text and HTML, to leave and to choose
		mce.Newsletter: 6, mce.Welcome: 6, mce.Invitation: 6, mce.OptIn: 2, mce.SelfLink: 2, mce.Move: 2,
	}
	eachMail(t, func(t *testing.T, s sample, _ mce.Lang, raw []byte) {
		text, page := bodies(t, raw)
		header, _, _ := strings.Cut(string(raw), "\r\n\r\n")
		found := token.FindAllStringSubmatch(header+text+page, -1)
		if len(found) != counts[s.kind] {
			t.Errorf("%d tokens: %q", len(found), found)
		}
		for _, m := range found {
			if person, cause, err := keys.Open(mce.Letter{Kind: s.kind}.Purpose(), m[1]); err != nil || person != 17 || cause != 3 {
				t.Errorf("%s: %d, %d, %v", m[0], person, cause, err)
			}
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		id, domain, _ := strings.Cut(strings.Trim(m.Header.Get("Message-ID"), "<>"), "@")
		if letter, _, err := keys.Open(mce.ForReturn, id); err != nil || letter != 4711 || domain != "mail.majorcities.example" {
			t.Errorf("Message-ID %s: %d, %v", m.Header.Get("Message-ID"), letter, err)
		}
	})
}

func TestReturnPath(t *testing.T) {
	keys := FixtureKeys(t)
	token := keys.Token(mce.ForReturn, 4711, 0)
	for setting, want := range map[string]string{
		"":                      "letters@mail.majorcities.example",
		"bounces@example.org":   "bounces@example.org",
		"bounces+*@example.org": "bounces+" + token + "@example.org",
	} {
		s := Sender{Site: FixtureSite(), ReturnPath: setting}
		got := s.returnPath(fixtureLetter(mce.Newsletter), keys)
		if got != want {
			t.Errorf("%q gives %q, want %q", setting, got, want)
		}
		if local, _, _ := strings.Cut(got, "@"); len(local) > 64 {
			t.Errorf("%q is longer before the @ than RFC 5321 §4.5.3.1.1 has it", got)
		}
	}
}

func TestEditionsThatCannotBeStamped(t *testing.T) {
	mark := func(slot string) string { return mce.SlotMark("abcdefghij", slot) }
	for what, e := range map[string]mce.Edition{
		"nothing personal": {Kind: mce.Reminder, Text: "text", HTML: "<p>page</p>"},
		"an unknown slot":  {Kind: mce.Reminder, Text: mark("PHONE"), HTML: mark(mce.SlotGreeting)},
		"a bad reply-to":   {Kind: mce.Reminder, Text: mark(mce.SlotGreeting), HTML: mark(mce.SlotGreeting), ReplyTo: "nobody"},
	} {
		e.Nonce, e.Subject, e.Lang = "abcdefghij", "Subject", "en"
		if _, err := prepare(e, fixtureSender(), func(string) string { return "" }); err == nil {
			t.Errorf("%s: prepared", what)
		}
	}
}
