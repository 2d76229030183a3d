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
	return mapped(s, mce.Columns{})
}

func mapped(s string, columns mce.Columns) ([]mce.Subscriber, []mce.LineFault, error) {
	listed, faults, err := mce.ReadSubscribers(strings.NewReader(s), knownTopics(), columns)
	var people []mce.Subscriber
	for _, l := range listed {
		l.Pace = "" // each, as none of these tells one
		people = append(people, l.Subscriber)
	}
	return people, faults, err
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
		"semicolons":          {"email;name;topics;language\nanna@example.org;Anna Rossi;events;it\n", anna},
		"tabs":                {"email\tname\ttopics\tlanguage\r\nanna@example.org\tAnna Rossi\tevents\tit\r\n", anna},
		"separator in quotes": {"\"email\";\"name\";topics;language\nanna@example.org;\"Anna, Rossi\";events;it", mce.Subscriber{Email: "anna@example.org", Details: mce.Details{Name: "Anna, Rossi"}, Choices: anna.Choices}},
		"UTF-16 of Excel":     {utf16("email\tname\ttopics\tlanguage\r\nanna@example.org\tAnna Rossi\tevents\tit\r\n"), anna},
		"exported":            {"email,name,language,topics,state\n'+anna@example.org,'=Anna,it,events,active\n", mce.Subscriber{Email: "+anna@example.org", Details: mce.Details{Name: "=Anna"}, Choices: anna.Choices}},
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
		"address":        {"nobody,,,,,,", "line 2: \"nobody\" is not an e-mail address"},
		"no address":     {",Anna,,,,,", "line 2: \"\" is not an e-mail address"},
		"name":           {"a@example.org,A\x00B,,,,,", "line 2: the name"},
		"state":          {"a@example.org,,,,,unsubscribed,", "line 2: the state is \"unsubscribed\""},
		"country":        {"a@example.org,,,,Atlantis,,", "line 2: \"ATLANTIS\" is not the code of a country"},
		"pace":           {"a@example.org,,,,,,daily", "line 2: the pace \"daily\""},
		"language":       {"a@example.org,,xx,,,,", "line 2: language \"xx\""},
		"topic":          {"a@example.org,,,nonsense,,,", "line 2: there is no topic \"nonsense\"; there are association-news, events"},
		"columns":        {"a@example.org", "line 2: 1 columns where the header has 7"},
		"quote within":   {"a@example.org,An\"na,,", "line 2: quotation marks are not in order"},
		"quote at first": {"a\"b@example.org,,,", "line 2: quotation marks are not in order"},
		"quote unclosed": {"a@example.org,\"Anna,,", "line 2: quotation marks are not in order"},
	} {
		t.Run(name, func(t *testing.T) {
			got, faults, err := readSubscribers("email,name,language,topics,country,state,pace\n" + c.line + "\n")
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
		"email,shoe size\n":       `column "shoe size" is not known; the columns are email, name, language, topics, organisation, country, pace, state. Map it`,
		"email|name|topics\na|b|": "is not known",
		"email,name,name\n":       "two columns are named",
		"email,name\na@example.org,A\nb@example.org,Jos\xe9\n": "line 3 is not text in UTF-8",
		"email,citt\xe0\n":   "line 1 is not text in UTF-8",
		utf16("email\n")[2:]: "iconv -f WINDOWS-1252",
	} {
		_, _, err := readSubscribers(file)
		refused(t, err, mce.Invalid, says)
	}
	broken := errors.New("disk")
	if _, _, err := mce.ReadSubscribers(iotest.ErrReader(broken), nil, mce.Columns{}); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// utf16 is text as Excel writes its "Unicode text": little endian, with a mark before it.
func utf16(s string) string {
	out := "\xff\xfe"
	for _, r := range s {
		out += string([]byte{byte(r), byte(r >> 8)})
	}
	return out
}

func TestForeignHeadersAreMapped(t *testing.T) {
	anna := mce.Subscriber{Email: "anna@example.org", Details: mce.Details{Name: "Anna Maria Rossi", Country: "GR"}, Choices: mce.Choices{Language: "en", Topics: []string{"association-news", "events"}}}
	file := "E-Mail-Adresse;First;Last;Land;Shoe size;Shoe size\nanna@example.org;Anna Maria;Rossi;Greece;38;39\n"
	to := map[string]string{"email": "E-Mail-Adresse", "name": "first + last", "country": "Land"}
	got, faults, err := mapped(file, mce.Columns{Map: to, Ignore: true})
	if diff := cmp.Diff([]mce.Subscriber{anna}, got); diff != "" || err != nil || len(faults) > 0 {
		t.Error(diff, faults, err)
	}
	got, _, err = mapped("email,C+C\nanna@example.org,Kaffee\n", mce.Columns{Map: map[string]string{"name": "C+C"}})
	if err != nil || got[0].Name != "Kaffee" {
		t.Error(got, err)
	}
	for says, columns := range map[string]mce.Columns{
		`two columns are named "shoe size"`:           {Map: to},
		`the column "email" is missing`:               {Ignore: true},
		`no column "e-mail", to which email`:          {Ignore: true, Map: map[string]string{"email": "E-Mail"}},
		`no column "middle", to which name`:           {Ignore: true, Map: map[string]string{"email": "E-Mail-Adresse", "name": "First+Middle"}},
		`there is no column "shoe" to map to; the co`: {Ignore: true, Map: map[string]string{"shoe": "Shoe size"}},
	} {
		_, _, err := mapped(file, columns)
		refused(t, err, mce.Invalid, says)
	}
}

func TestCountriesAreReadByCodeAndName(t *testing.T) {
	for written, want := range map[string]string{
		"it": "IT", "Italy": "IT", "Italia": "IT", "GERMANIA": "DE", "Germany": "DE", "Czech Republic": "CZ", "Cechia": "CZ", "the Netherlands": "NL",
		"Paesi Bassi": "NL", "United Kingdom": "GB", "Regno Unito": "GB", "UK": "GB", "Türkiye": "TR", "Turkey": "TR", "Finland": "FI", "": "",
	} {
		got, faults, err := readSubscribers("email,country\na@example.org," + written)
		if err != nil || len(faults) > 0 || got[0].Country != want {
			t.Errorf("%s: %v, %v, %v", written, got, faults, err)
		}
	}
}

func TestALineTellsWhatItTells(t *testing.T) {
	listed, faults, err := mce.ReadSubscribers(strings.NewReader("email,name,topics,pace,country\nanna@example.org,Anna,events association-news,,IT\n"), knownTopics(), mce.Columns{})
	if err != nil || len(faults) > 0 || listed[0].Line != 2 {
		t.Fatal(listed, faults, err)
	}
	known := mce.Subscriber{Email: "anna@example.org", Details: mce.Details{Name: "Anna Rossi", Organisation: "Comune"}, Choices: mce.Choices{
		Language: "it", Topics: []string{"association-news", "events"}, Pace: mce.Monthly,
	}}
	want := []mce.FieldConflict{{Field: "name", Theirs: "Anna Rossi", File: "Anna"}, {Field: "country", Theirs: "", File: "IT"}}
	if diff := cmp.Diff(want, listed[0].Conflicts(known)); diff != "" {
		t.Error(diff)
	}
}

func TestCellsAreSafeInSpreadsheetsAndComeBack(t *testing.T) {
	for _, c := range []struct{ cell, safe string }{
		{"=1+1", "'=1+1"}, {"+39", "'+39"}, {"-1", "'-1"}, {"@SUM(A1)", "'@SUM(A1)"}, {"\tx", "'\tx"}, {"\rx", "'\rx"}, {"＝1", "'＝1"},
		{"'=1", "''=1"}, {"''+", "'''+"}, {"", ""}, {"'", "'"}, {"'Ndrangheta", "'Ndrangheta"}, {"Anna", "Anna"}, {"a=b", "a=b"},
	} {
		if got := mce.SafeCell(c.cell); got != c.safe || mce.PlainCell(got) != c.cell {
			t.Errorf("%q: %q, back %q", c.cell, got, mce.PlainCell(got))
		}
	}
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
	file := "email,name,event,country,language,role,zone,sessions\n" +
		"anna@example.org,Anna,prato,Italy,IT,speaker,Asia/Tokyo,data  twins\n" +
		"bob@example.org,,prato,,,,,\n" +
		"nobody,Bob,prato,,,,,\n" +
		"eve@example.org,Eve,prato,a\x00b,,,,\n" +
		"ed@example.org,Ed,prato,,xx,,,\n" +
		"pat@example.org,Pat,prato,,,guest,,\n" +
		"kim@example.org,Kim,prato,,,,Tokyo,\n"
	booked := "event,email,name,language,booker_email,booker_name\n" +
		"prato,anna@example.org,Anna,it,Sara@example.org,Sara\n" +
		"prato,eve@example.org,Eve,en,,\n" +
		"prato,bob@example.org,Bob,en,sara@example.org,\n" +
		"rome,bob@example.org,Bob,en,sara@example.org,Sara\n" +
		"prato,ida@example.org,Ida,en,sara@EXAMPLE.org,Sara\n"
	got, faults, err := mce.ReadRegistrations(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]mce.Order{{People: []mce.Registration{{Event: "prato", Email: "anna@example.org", Name: "Anna", Country: "Italy", Language: "it",
		Role: mce.AsSpeaker, Zone: "Asia/Tokyo", Sessions: []string{"data", "twins"}}}}}, got); diff != "" {
		t.Error(diff)
	}
	if len(faults) != 6 || !strings.Contains(faults[0].Reason, "the name is missing") || !strings.Contains(faults[4].Reason, `"guest"`) ||
		!strings.Contains(faults[5].Reason, `"Tokyo"`) {
		t.Error(faults)
	}
	got, faults, err = mce.ReadRegistrations(strings.NewReader(booked))
	if err != nil || len(faults) != 1 || !strings.Contains(faults[0].Reason, "who books: the name of who books is missing") {
		t.Error(faults, err)
	}
	person := func(event, email, name string, lang mce.Lang) mce.Registration {
		return mce.Registration{Event: event, Email: email, Name: name, Language: lang, Role: mce.AsDelegate, Sessions: []string{}}
	}
	sara := func(event, email string, lang mce.Lang) *mce.Booking {
		return &mce.Booking{Event: event, Email: email, Name: "Sara", Language: lang}
	}
	if diff := cmp.Diff([]mce.Order{
		{Booker: sara("prato", "Sara@example.org", "it"), People: []mce.Registration{
			person("prato", "anna@example.org", "Anna", "it"), person("prato", "ida@example.org", "Ida", "en")}},
		{People: []mce.Registration{person("prato", "eve@example.org", "Eve", "en")}},
		{Booker: sara("rome", "sara@example.org", "en"), People: []mce.Registration{person("rome", "bob@example.org", "Bob", "en")}},
	}, got); diff != "" {
		t.Error(diff)
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
