package mce_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func TestOrganisationsAreReadFromTables(t *testing.T) {
	file := "name;country;membership;domains;contact_email;contact_name;contact_role\n" +
		"Comune di Prato;Italia;Member;Comune.Prato.example, @prato.example;Anna@prato.example;Anna Rossi;CIO\n" +
		"COMUNE DI PRATO;;;;'+bob@gmail.com;;\n" +
		"Fibre Ltd;;sponsor;münchen.example;;;\n"
	want := []mce.Organisation{
		{
			Name: "Comune di Prato", Country: "IT", Membership: mce.Member, Domains: []string{"comune.prato.example", "prato.example"},
			Contacts: []mce.Contact{{Email: "Anna@prato.example", Name: "Anna Rossi", Role: "CIO"}, {Email: "+bob@gmail.com"}},
		},
		{Name: "Fibre Ltd", Membership: mce.Sponsor, Domains: []string{"xn--mnchen-3ya.example"}},
	}
	got, faults, err := mce.ReadOrganisations(strings.NewReader(file))
	if diff := cmp.Diff(want, got); diff != "" || len(faults) > 0 || err != nil {
		t.Error(diff, faults, err)
	}
}

func TestOrganisationsThatCannotBe(t *testing.T) {
	for says, in := range map[string]mce.Organisation{
		"needs a name":      {},
		"control character": {Name: "a\x00b"},
		"is not the code":   {Name: "A", Country: "Atlantis"},
		"must be none":      {Name: "A", Membership: "friend"},
		"is not the domain": {Name: "A", Domains: []string{"prato"}},
		"at gmail.com everybody can have an address": {Name: "A", Domains: []string{"GMAIL.com"}},
		"not an e-mail address":                      {Name: "A", Contacts: []mce.Contact{{Email: "anna"}}},
		"stands there twice":                         {Name: "A", Contacts: []mce.Contact{{Email: "a@b.example"}, {Email: "A@b.example"}}},
	} {
		_, err := mce.CleanOrganisation(in)
		refused(t, err, mce.Invalid, says)
	}
	_, faults, err := mce.ReadOrganisations(strings.NewReader("name,domains\nA,gmail.com\nB,b.example\n"))
	if err != nil || len(faults) != 1 || faults[0].Line != 2 {
		t.Error(faults, err)
	}
}

func TestASuppressionNeedsAReason(t *testing.T) {
	s, err := mce.NewSuppression("Anna@example.org", " asked by  phone ", "desk", at("2024-03-07T08:00:00Z"))
	if err != nil || s.Email != "anna@example.org" || s.Reason != "asked by phone" {
		t.Error(s, err)
	}
	_, err = mce.NewSuppression("anna@example.org", " ", "desk", at("2024-03-07T08:00:00Z"))
	refused(t, err, mce.Invalid, "a reason is needed")
	_, err = mce.NewSuppression("anna", "asked", "desk", at("2024-03-07T08:00:00Z"))
	refused(t, err, mce.Invalid, "not an e-mail address")
}
