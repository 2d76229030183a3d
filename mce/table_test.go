package mce_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func knownTopics() []mce.Topic {
	return []mce.Topic{{Slug: "association-news", Name: en("News")}, {Slug: "events", Name: en("Events")}}
}

func readSubscribers(s string) ([]mce.Subscriber, []mce.LineFault, error) {
	return mce.ReadSubscribers(strings.NewReader(s), knownTopics())
}

func TestSubscribersAreReadAsSpreadsheetsWriteThem(t *testing.T) {
	all := []string{"association-news", "events"}
	anna := mce.Subscriber{Email: "anna@example.org", Details: mce.Details{Name: "Anna Rossi"}, Choices: mce.Choices{Language: "it", Topics: []string{"events"}}}
	for name, c := range map[string]struct {
		file string
		want mce.Subscriber
	}{
		"plain":               {"email,name,language,topics\nanna@example.org,Anna Rossi,it,events\n", anna},
		"byte order mark":     {"\ufeffemail,name,language,topics\nanna@example.org,Anna Rossi,it,events", anna},
		"mark and quotes":     {"\ufeff\"email\",\"name\",\"language\",\"topics\"\r\n\"anna@example.org\",\"Anna Rossi\",\"it\",\"events\"\r\n", anna},
		"CRLF and blanks":     {"Email , NAME,language,topics\r\n anna@example.org , Anna  Rossi,IT, events \r\n\r\n", anna},
		"another order":       {"topics,language,name,email\nevents,it,Anna Rossi,anna@example.org\n", anna},
		"quoted local part":   {"email\n\"\"\"bob b\"\"@example.org\"\n", mce.Subscriber{Email: `"bob b"@example.org`, Choices: mce.Choices{Language: "en", Topics: all}}},
		"only addresses":      {"email\nbob@example.org\n", mce.Subscriber{Email: "bob@example.org", Choices: mce.Choices{Language: "en", Topics: all}}},
		"no topics means all": {"email,topics\nbob@example.org,\n", mce.Subscriber{Email: "bob@example.org", Choices: mce.Choices{Language: "en", Topics: all}}},
		"topics in any form":  {"email,topics\nbob@example.org,\"events; association-news\"\n", mce.Subscriber{Email: "bob@example.org", Choices: mce.Choices{Language: "en", Topics: []string{"events", "association-news"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, faults, err := readSubscribers(c.file)
			if err != nil || len(faults) > 0 {
				t.Fatal(faults, err)
			}
			if diff := cmp.Diff([]mce.Subscriber{c.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestABadLineIsNamedWithItsReason(t *testing.T) {
	for name, c := range map[string]struct{ line, says string }{
		"address":        {"nobody,,,", "line 2: \"nobody\" is not an e-mail address"},
		"no address":     {",Anna,,", "line 2: \"\" is not an e-mail address"},
		"name":           {"a@example.org,A\x00B,,", "line 2: the name"},
		"Latin-1":        {"a@example.org,Jos\xe9,,", "line 2: the name"},
		"language":       {"a@example.org,,xx,", "line 2: language \"xx\""},
		"topic":          {"a@example.org,,,nonsense", "line 2: there is no topic \"nonsense\"; there are association-news, events"},
		"columns":        {"a@example.org", "line 2: 1 columns where the header has 4"},
		"quote within":   {"a@example.org,An\"na,,", "line 2: quotation marks are not in order"},
		"quote at first": {"a\"b@example.org,,,", "line 2: quotation marks are not in order"},
		"quote unclosed": {"a@example.org,\"Anna,,", "line 2: quotation marks are not in order"},
	} {
		t.Run(name, func(t *testing.T) {
			got, faults, err := readSubscribers("email,name,language,topics\n" + c.line + "\n")
			if err != nil || len(faults) != 1 || len(got) != 0 {
				t.Fatal(got, faults, err)
			}
			if !strings.HasPrefix(faults[0].String(), c.says) {
				t.Errorf("%s; want %s", faults[0], c.says)
			}
		})
	}
}

func TestAFileThatIsNoTableIsRefused(t *testing.T) {
	for file, says := range map[string]string{
		"":                        "no header line",
		"\ufeff":                  "no header line",
		"name,topics\n":           `column "email" is missing`,
		"email,shoe size\n":       `column "shoe size" is not known; the columns are email, name, language, topics`,
		"email;name;topics\na;b;": "is not known",
	} {
		_, _, err := readSubscribers(file)
		refused(t, err, mce.Invalid, says)
	}
	broken := errors.New("disk")
	_, _, err := mce.ReadSubscribers(iotest.ErrReader(broken), nil)
	refused(t, err, mce.Invalid, "no header line")
}

func TestThreeBadLinesAmongAThousand(t *testing.T) {
	var file strings.Builder
	file.WriteString("email,topics\n")
	for i := 2; i <= 1001; i++ {
		switch i {
		case 500:
			file.WriteString("reader2@EXAMPLE.org,events\n")
		case 700:
			file.WriteString("nobody,events\n")
		case 1001:
			file.WriteString("reader@example.org,cats\n")
		default:
			fmt.Fprintf(&file, "reader%d@example.org,events\n", i)
		}
	}
	people, faults, err := readSubscribers(file.String())
	if err != nil || len(people) != 997 {
		t.Fatalf("%d people, %v", len(people), err)
	}
	want := []mce.LineFault{
		{Line: 500, Reason: "reader2@example.org stands in line 2 already"},
		{Line: 700, Reason: `"nobody" is not an e-mail address we can write to: there is no @ in it; it needs the form name@example.org`},
		{Line: 1001, Reason: `there is no topic "cats"; there are association-news, events`},
	}
	if diff := cmp.Diff(want, faults); diff != "" {
		t.Error(diff)
	}
}

func TestRegistrationsAreRead(t *testing.T) {
	file := "email,name,event,country,language\n" +
		"anna@example.org,Anna,prato,Italy,IT\n" +
		"bob@example.org,,prato,,\n" +
		"nobody,Bob,prato,,\n" +
		"eve@example.org,Eve,prato,a\x00b,\n" +
		"ed@example.org,Ed,prato,,xx\n"
	got, faults, err := mce.ReadRegistrations(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]mce.Registration{{Event: "prato", Email: "anna@example.org", Name: "Anna", Country: "Italy", Language: "it"}}, got); diff != "" {
		t.Error(diff)
	}
	if len(faults) != 4 || !strings.Contains(faults[0].Reason, "the name is missing") {
		t.Error(faults)
	}
}

func FuzzReadSubscribers(f *testing.F) {
	for _, s := range []string{"email\na@b.example", "\ufeffemail,name\r\n\"a\",b\"", "email\n\"", "email\na\"b", "", "email,email\na,b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		people, _, err := readSubscribers(s)
		if err != nil && len(people) > 0 {
			t.Error("people of a table that is none")
		}
		for _, p := range people {
			if _, err := mce.ParseAddress(p.Email); err != nil {
				t.Error(err)
			}
		}
	})
}
