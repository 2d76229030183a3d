package mce_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func TestAPersonIsNamedByLetterAndNumber(t *testing.T) {
	for _, s := range []string{"s1", "r20", "b9223372036854775807"} {
		r, err := mce.ParsePersonRef(s)
		if err != nil || r.String() != s {
			t.Errorf("%q: %v, %v", s, r, err)
		}
	}
	for _, s := range []string{"", "s", "s0", "s-1", "s+1", "s 1", "x1", "1", "S1", "s1x", "s99999999999999999999", "\xff1", "é1"} {
		if r, err := mce.ParsePersonRef(s); mce.ErrorCode(err) != mce.NotFound {
			t.Errorf("%q: %v, %v", s, r, err)
		}
	}
}

func TestColumnsOfForeignTablesAreGuessed(t *testing.T) {
	for header, want := range map[string]map[string]string{
		"email,name":                    {"email": "email", "name": "name"},
		"E-Mail;Vorname;Nachname;Stadt": {"email": "e-mail", "name": "vorname+nachname", "organisation": "stadt"},
		"\ufeffIndirizzo e-mail\tNome":  {"email": "indirizzo e-mail", "name": "nome"},
		"a,b":                           {},
	} {
		names, err := mce.ReadHeader(strings.NewReader(header + "\nx\n"))
		if err != nil {
			t.Errorf("%q: %v", header, err)
		}
		if diff := cmp.Diff(want, mce.GuessColumns(names)); diff != "" {
			t.Errorf("%q: %s", header, diff)
		}
	}
	for _, bad := range []string{"", "citt\xe0,email\n"} {
		if _, err := mce.ReadHeader(bytes.NewReader([]byte(bad))); mce.ErrorCode(err) != mce.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAColumnMayBeLeftThoughItIsThere(t *testing.T) {
	const file = "email,name\na@b.example,Anna\n"
	people, faults, err := mce.ReadSubscribers(strings.NewReader(file), nil, mce.Columns{Leave: []string{"name"}, Ignore: true})
	if err != nil || len(faults) > 0 || len(people) != 1 || people[0].Name != "" {
		t.Error(people, faults, err)
	}
	if _, _, err := mce.ReadSubscribers(strings.NewReader(file), nil, mce.Columns{Leave: []string{"email"}, Ignore: true}); mce.ErrorCode(err) != mce.Invalid {
		t.Error(err)
	}
}
