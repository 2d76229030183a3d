package postgres_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/majorcities/mce-mailer/mce"
)

var withoutID = cmpopts.IgnoreFields(mce.Organisation{}, "ID")

func TestOrganisationsAreReplacedByName(t *testing.T) {
	o := newOffice(t)
	prato := mce.Organisation{
		Name: "Comune di Prato", Country: "IT", Membership: mce.Member, Domains: []string{"prato.example"},
		Contacts: []mce.Contact{{Email: "anna@prato.example", Name: "Anna", Role: "CIO"}, {Email: "bob@prato.example"}},
	}
	must(t, o.SaveOrganisations(t.Context(), []mce.Organisation{prato, {Name: "Fibre Ltd", Membership: mce.Sponsor}}, now))
	prato.Name, prato.Contacts = "COMUNE di Prato", []mce.Contact{{Email: "carla@prato.example"}}
	must(t, o.SaveOrganisations(t.Context(), []mce.Organisation{prato}, now))
	if diff := cmp.Diff(prato, value(o.Organisation(t.Context(), "comune di prato"))(t), withoutID); diff != "" {
		t.Error(diff)
	}
	if all := value(o.Organisations(t.Context(), ""))(t); len(all) != 2 || all[1].Name != "Fibre Ltd" || all[1].Contacts == nil && len(all[1].Domains) > 0 {
		t.Errorf("%+v", all)
	}
	if sponsors := value(o.Organisations(t.Context(), mce.Sponsor))(t); len(sponsors) != 1 {
		t.Errorf("%+v", sponsors)
	}
	must(t, o.RemoveOrganisation(t.Context(), "FIBRE ltd"))
	refused(t, o.RemoveOrganisation(t.Context(), "Fibre Ltd"), mce.NotFound, "there is no organisation")
	_, err := o.Organisation(t.Context(), "Fibre Ltd")
	refused(t, err, mce.NotFound, "there is no organisation")
	broken := []mce.Organisation{{Name: "Larissa"}, {Name: "Broken", Country: "Greece"}}
	if err := o.SaveOrganisations(t.Context(), broken, now); err == nil || o.sql(`select from organisations`) != 1 {
		t.Errorf("half of a file was kept: %v", err)
	}
}

// TestBelongingIsTheOfficesWord: what a person writes in a form makes nobody a member.
func TestBelongingIsTheOfficesWord(t *testing.T) {
	o := population(t)
	for email, want := range map[string][]string{
		"SARA@Comune.Prato.example": {"Comune di Prato"}, "mayor@gmail.com": {"Larissa"}, "says@so.example": nil, "somebody@gmail.com": nil,
		"x@sub.comune.prato.example": nil, `"a@comune.prato.example"@elsewhere.example`: nil,
	} {
		var names []string
		for _, x := range value(o.OrganisationsOf(t.Context(), email))(t) {
			names = append(names, x.Name)
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s: %v, want %v", email, names, want)
		}
	}
}
