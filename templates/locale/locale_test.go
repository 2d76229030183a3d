package locale_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/locale"
)

func files(en, it string) fstest.MapFS {
	return fstest.MapFS{"locales/en.json": {Data: []byte(en)}, "locales/it.json": {Data: []byte(it)}}
}

func catalog(t *testing.T) *locale.Catalog {
	t.Helper()
	c, err := locale.New(files(
		`{"hello": "Hello {{.Name}}", "days": {"one": "{{.Count}} day", "other": "{{.Count}} days"}}`,
		`{"hello": "Ciao {{.Name}}", "days": {"one": "{{.Count}} giorno", "other": "{{.Count}} giorni"}}`))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMessagesAreSaidInTheReadersLanguage(t *testing.T) {
	for _, c := range []struct {
		lang  mce.Lang
		id    string
		pairs []any
		want  string
	}{
		{"en", "hello", []any{"Name", "Anna"}, "Hello Anna"},
		{"it", "hello", []any{"Name", "Anna"}, "Ciao Anna"},
		{"xx", "hello", []any{"Name", "Anna"}, "Hello Anna"},
		{"en", "days", []any{"Count", 1}, "1 day"},
		{"it", "days", []any{"Count", 3}, "3 giorni"},
	} {
		if got, err := catalog(t).In(c.lang).T(c.id, c.pairs...); got != c.want || err != nil {
			t.Errorf("%s in %s: %q, %v", c.id, c.lang, got, err)
		}
	}
}

func TestAMessageThatCannotBeSaidIsAnError(t *testing.T) {
	p := catalog(t).In("it")
	if s, err := p.T("bye"); err == nil {
		t.Errorf("an unknown message reads %q", s)
	}
	if _, err := p.T("hello", "Name"); err == nil || !strings.Contains(err.Error(), "pairs") {
		t.Errorf("half a pair: %v", err)
	}
}

func TestEveryLanguageMustHaveTheSameMessages(t *testing.T) {
	for says, fsys := range map[string]fstest.MapFS{
		`"b" has no words in "it"`: files(`{"a": "A", "b": "B"}`, `{"a": "A"}`),
		`"b" exists in "it" only`:  files(`{"a": "A"}`, `{"a": "A", "b": "B"}`),
		"it.json":                  {"locales/en.json": {Data: []byte(`{"a": "A"}`)}},
	} {
		if _, err := locale.New(fsys); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %s", err, says)
		}
	}
}

func TestDatesAreWrittenOutWithTheirZone(t *testing.T) {
	in := func(zone, s string) time.Time {
		moment, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return mce.InZone(moment, zone)
	}
	rome := func(s string) time.Time { return in("Europe/Rome", s) }
	en, it := catalog(t).In("en"), catalog(t).In("it")
	morning := rome("2023-10-25T07:00:00Z")
	for _, c := range []struct{ got, want string }{
		{en.Moment(morning), "Wednesday 25 October 2023, 09:00 (CEST, UTC+2)"},
		{it.Moment(morning), "mercoledì 25 ottobre 2023, 09:00 (CEST, UTC+2)"},
		{it.Day(rome("2023-12-31T23:00:00Z")), "lunedì 1 gennaio 2024"},
		{en.Zone(in("Asia/Kolkata", "2023-10-25T07:00:00Z")), "IST, UTC+5:30"},
		{en.Zone(in("America/Sao_Paulo", "2023-10-25T07:00:00Z")), "UTC−3"},
		{en.Zone(in("UTC", "2023-10-25T07:00:00Z")), "UTC+0"},
		{en.Span(morning, rome("2023-10-25T16:30:00Z")), "Wednesday 25 October 2023, 09:00–18:30 (CEST, UTC+2)"},
		{it.Span(morning, rome("2023-10-27T11:00:00Z")), "mercoledì 25 – venerdì 27 ottobre 2023"},
		{en.Span(morning, rome("2023-11-02T11:00:00Z")), "Wednesday 25 October 2023 – Thursday 2 November 2023"},
		{en.Span(rome("2023-10-30T07:00:00Z"), rome("2024-10-30T07:00:00Z")), "Monday 30 October 2023 – Wednesday 30 October 2024"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestListsAndLanguagesReadAsInASentence(t *testing.T) {
	en, it := catalog(t).In("en"), catalog(t).In("it")
	for _, c := range []struct{ got, want string }{
		{en.List(nil), ""}, {en.List([]string{"a"}), "a"}, {en.List([]string{"a", "b"}), "a and b"}, {it.List([]string{"a", "b", "c"}), "a, b e c"},
		{en.Language("it"), "Italian"}, {it.Language("en"), "inglese"}, {it.Language("sv"), "sv"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestCountriesAreNamedAndSortedAsTheLanguageDoes(t *testing.T) {
	en, it := catalog(t).In("en"), catalog(t).In("it")
	for _, c := range []struct{ got, want string }{
		{en.Country("GR"), "Greece"}, {it.Country("GR"), "Grecia"}, {en.Country("MK"), "North Macedonia"}, {it.Country("SZ"), "Eswatini"},
		{it.Country("XK"), "Kosovo"}, {en.Country("QQ"), "QQ"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	place := func(p *locale.Printer, code string) int {
		return slices.IndexFunc(p.Countries(), func(c locale.Country) bool { return c.Code == code })
	}
	for _, p := range []*locale.Printer{en, it} {
		if len(p.Countries()) != len(mce.Countries()) || slices.ContainsFunc(p.Countries(), func(c locale.Country) bool { return c.Name == "" }) {
			t.Errorf("%s: a country has no name: %v", p.Lang, p.Countries())
		}
	}
	// Åland stands among the As, not behind Zimbabwe; Germany and Greece as each language has them.
	if place(en, "AX") > place(en, "AT") || place(en, "DE") > place(en, "GR") || place(it, "CI") > place(it, "HR") || place(it, "EE") > place(it, "SZ") {
		t.Errorf("%v", en.Countries())
	}
}
