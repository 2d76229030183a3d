package postgres_test

import (
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// operator is who sits at the command line.
var operator = mce.Actor{Name: "root at the command line"}

// user adds a user of a role.
func (o *office) user(name string, role mce.DeskRole) mce.User {
	o.t.Helper()
	u := mce.User{Email: name + "@mce.example", Name: name, Role: role, Language: mce.English}
	return value(o.AddUser(o.t.Context(), u, operator, "", now))(o.t)
}

// log is the audit log in words, the oldest line first: "anna: change user bob (role: editor → admin) because".
func (o *office) log() string {
	o.t.Helper()
	var lines []string
	for _, a := range value(o.AuditLog(o.t.Context(), mce.AuditQuery{Limit: 100}))(o.t) {
		line := a.By.Name + a.ByUser.Name + ": " + string(a.Action) + " " + a.OfUser.Name
		if a.Detail != "" {
			line += " (" + a.Detail + ")"
		}
		lines = append([]string{strings.TrimSpace(line + " " + a.Reason)}, lines...)
	}
	return strings.Join(lines, "\n")
}

func (o *office) logged(want string) {
	o.t.Helper()
	if got := o.log(); got != want {
		o.t.Errorf("the log says\n%s\nwant\n%s", got, want)
	}
}

func TestUsersAreAddedChangedAndRemovedAndTheLogSaysWhy(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	anna := o.user("anna", mce.Admin)
	by := mce.Actor{UserID: anna.ID, Origin: "192.0.2.1"}
	bob := value(o.AddUser(ctx, mce.User{Email: "Bob@mce.example", Name: "Bob", Role: mce.Editor, Language: "it"}, by, "new colleague", now))(t)
	_, err := o.AddUser(ctx, mce.User{Email: "bob@MCE.example", Name: "Another", Role: mce.Editor, Language: "en"}, by, "", now)
	refused(t, err, mce.Conflict, "is a user already")
	if got := value(o.UserByEmail(ctx, "BOB@mce.example"))(t); got != bob {
		t.Errorf("%+v", got)
	}

	bob.Role, bob.Name = mce.Approver, "Robert"
	must(t, o.SaveUser(ctx, bob, by, "promoted", now))
	must(t, o.SaveUser(ctx, bob, by, "nothing new", now))
	taken := bob
	taken.Email = "anna@mce.example"
	refused(t, o.SaveUser(ctx, taken, by, "", now), mce.Conflict, "is a user already")

	must(t, o.RemoveUser(ctx, bob.ID, by, "left the city", now))
	refused(t, o.RemoveUser(ctx, bob.ID, by, "", now), mce.NotFound, "no such user")
	refused(t, o.SaveUser(ctx, bob, by, "", now), mce.NotFound, "no such user")
	if users := value(o.Users(ctx))(t); len(users) != 1 || users[0] != anna {
		t.Errorf("%+v", users)
	}
	o.nowhere("bob@")
	o.logged(`root at the command line: add user anna (role: admin)
anna: add user Robert (role: editor) new colleague
anna: change user Robert (role: editor → approver, name) promoted
anna: remove user Robert left the city`)

	again := value(o.AddUser(ctx, mce.User{Email: "bob@mce.example", Name: "Bob", Role: mce.Editor, Language: "it"}, by, "", now))(t)
	if again.ID == bob.ID {
		t.Error("who comes back takes over what a removed user did")
	}
}

func TestTheLastAdminStays(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	anna := o.user("anna", mce.Admin)
	less := anna
	less.Role = mce.Editor
	refused(t, o.RemoveUser(ctx, anna.ID, operator, "", now), mce.Conflict, "the last admin")
	refused(t, o.SaveUser(ctx, less, operator, "", now), mce.Conflict, "the last admin")

	// Two who take each other's role away at the same moment.
	for range 5 {
		bob := o.user("bob", mce.Admin)
		var both errgroup.Group
		both.Go(func() error { return o.RemoveUser(ctx, bob.ID, operator, "", now) })
		both.Go(func() error { return o.SaveUser(ctx, less, operator, "", now) })
		refused(t, both.Wait(), mce.Conflict, "the last admin")
		left := value(o.Users(ctx))(t)
		if admins := strings.Count(roles(left), "admin"); admins != 1 {
			t.Fatalf("roles left: %s", roles(left))
		}
		for _, u := range left { // back to the beginning
			if u.ID == bob.ID {
				must(t, o.SaveUser(ctx, anna, operator, "", now))
				must(t, o.RemoveUser(ctx, bob.ID, operator, "", now))
			}
		}
	}
}

func roles(users []mce.User) string {
	var words []string
	for _, u := range users {
		words = append(words, string(u.Role))
	}
	return strings.Join(words, " ")
}

func TestTheAuditLogIsAppendOnly(t *testing.T) {
	o := newOffice(t)
	o.user("anna", mce.Admin)
	for _, statement := range []string{`update audit set reason = 'another'`, `delete from audit`, `truncate audit cascade`} {
		if _, err := o.db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestTheAuditLogIsSearchedAndPagedByKey(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	anna := o.user("anna", mce.Admin)
	by := mce.Actor{UserID: anna.ID, Origin: "192.0.2.7"}
	for i := range int64(25) {
		must(t, o.AddAudit(ctx, mce.Audit{At: now, By: by, Action: "approve", Object: mce.OnIssue, ObjectID: i + 1, Reason: "100% good"}))
	}
	var seen []int64
	q := mce.AuditQuery{Limit: 10}
	for page := range 3 {
		lines := value(o.AuditLog(ctx, q))(t)
		if want := []int{10, 10, 6}[page]; len(lines) != want {
			t.Fatalf("page %d has %d lines", page, len(lines))
		}
		for _, a := range lines {
			seen = append(seen, a.ID)
		}
		q.Before = lines[len(lines)-1].ID
		must(t, o.AddAudit(ctx, mce.Audit{At: now, By: by, Action: "later", Object: mce.OnIssue, ObjectID: 99})) // moves no page
	}
	for i := 1; i < len(seen); i++ {
		if seen[i] != seen[i-1]-1 {
			t.Fatalf("lines are missing or come twice: %v", seen)
		}
	}
	for search, want := range map[string]int{"issue 25": 1, "100% GOOD": 25, "100_ good": 0, "192.0.2.7": 28, "anna@mce": 29, "later": 3, "nobody": 0} {
		if got := value(o.AuditLog(ctx, mce.AuditQuery{Search: search, Limit: 100}))(t); len(got) != want {
			t.Errorf("%q finds %d lines, want %d", search, len(got), want)
		}
	}
}

// TestOnesLanguageTakesNothingBack: who changes it as they were an hour ago stays what an admin has made of them since.
func TestOnesLanguageTakesNothingBack(t *testing.T) {
	o := newOffice(t)
	ctx, by := t.Context(), mce.Actor{Name: "operator"}
	o.user("anna", mce.Admin)
	bob := o.user("bob", mce.Editor)
	bob.Role = mce.Approver
	must(t, o.SaveUser(ctx, bob, by, "promoted", now))
	must(t, o.SaveLanguage(ctx, bob.ID, "it", mce.Actor{UserID: bob.ID}, now))
	if got := value(o.UserByEmail(ctx, bob.Email))(t); got.Role != mce.Approver || got.Language != "it" {
		t.Errorf("%+v", got)
	}
}
