package mce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestARoleMayWhatThoseBelowItMay(t *testing.T) {
	for _, c := range []struct {
		permission              mce.Permission
		editor, approver, admin bool
	}{
		{mce.UseDesk, true, true, true}, {mce.EditContent, true, true, true}, {mce.EditIssues, true, true, true}, {mce.SeePeople, true, true, true},
		{mce.ApproveIssues, false, true, true}, {mce.SendIssues, false, true, true},
		{mce.ChangePeople, false, true, true}, {mce.ErasePeople, false, false, true},
		{mce.ReadAudit, false, false, true}, {mce.ManageUsers, false, false, true}, {mce.ManageSeries, false, false, true},
		{"anything else", false, false, false}, {"", false, false, false},
	} {
		for role, want := range map[mce.DeskRole]bool{mce.Editor: c.editor, mce.Approver: c.approver, mce.Admin: c.admin, "": false, "owner": false} {
			if got := mce.May(role, c.permission); got != want {
				t.Errorf("%q may %s: %v", role, c.permission, got)
			}
		}
	}
	if len(mce.Rights()) != 11 {
		t.Error("a permission is missing above")
	}
}

func TestWhatIsEnteredOfAUserIsCleaned(t *testing.T) {
	good := mce.User{ID: 7, Email: " Anna@Prato.example ", Name: " Anna\tRossi ", Role: mce.Editor}
	u, fault := mce.CleanUser(good)
	if want := (mce.User{ID: 7, Email: "Anna@prato.example", Name: "Anna Rossi", Role: mce.Editor, Language: mce.English}); fault != nil || u != want {
		t.Errorf("%+v, %v", u, fault)
	}
	for field, spoil := range map[string]func(*mce.User){
		"email":    func(u *mce.User) { u.Email = "anna" },
		"name":     func(u *mce.User) { u.Name = " \t" },
		"role":     func(u *mce.User) { u.Role = "" },
		"language": func(u *mce.User) { u.Language = "xx" },
	} {
		bad := good
		spoil(&bad)
		if _, fault := mce.CleanUser(bad); fault == nil || fault.Field != field {
			t.Errorf("%s: %v", field, fault)
		}
	}
}

func TestADifferenceOfUsersNamesNobody(t *testing.T) {
	before := mce.User{Email: "anna@example.org", Name: "Anna", Role: mce.Editor, Language: "en"}
	after := mce.User{Email: "rossi@example.org", Name: "Rossi", Role: mce.Admin, Language: "it"}
	got := after.Difference(before)
	if got != "role: editor → admin, address, name, language: en → it" || after.Difference(after) != "" {
		t.Error(got)
	}
	for _, personal := range []string{"anna", "rossi"} {
		if strings.Contains(strings.ToLower(got), personal) {
			t.Errorf("it says %s", personal)
		}
	}
}

func TestALinkTellsWhyItDoesNotLetIn(t *testing.T) {
	now := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	here, there := []byte("0123456789"), []byte("9876543210")
	good := mce.Login{User: mce.User{Email: "anna@example.org"}, LoginAsk: mce.LoginAsk{Browser: here, Until: now.Add(mce.LoginFor)}}
	used, removed := good, good
	used.Used, removed.User.Email = now, ""
	for name, c := range map[string]struct {
		login   mce.Login
		browser []byte
		at      time.Time
		want    mce.LoginFault
	}{
		"good":                     {good, here, now, mce.LoginGood},
		"another browser":          {good, there, now, mce.LoginElsewhere},
		"no browser":               {good, nil, now, mce.LoginElsewhere},
		"a login without one":      {mce.Login{User: good.User}, nil, now, mce.LoginElsewhere},
		"the last moment":          {good, here, now.Add(mce.LoginFor - 1), mce.LoginGood},
		"over":                     {good, here, now.Add(mce.LoginFor), mce.LoginOver},
		"used":                     {used, here, now, mce.LoginUsed},
		"used, in another browser": {used, there, now, mce.LoginElsewhere},
		"removed":                  {removed, here, now, mce.LoginRemoved},
	} {
		if got := c.login.Fault(c.browser, c.at); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
