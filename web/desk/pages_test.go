package desk_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestAnAdminAddsChangesAndRemovesUsers(t *testing.T) {
	h := newHouse(t)
	anna := h.user("Anna", mce.Admin)
	b := h.as(anna)
	add := func(fields ...string) answer { return b.press("/desk/users/new", "/desk/users/new", fields...) }
	for _, c := range []struct{ name, email, role, language, reason, says string }{
		{"", "bob@mce.example", "editor", "en", "", "A user needs a name"},
		{"Bob", "bob", "editor", "en", "", "bob"},
		{"Bob", "bob@mce.example", "boss", "en", "", "Expected a role"},
		{"Bob", "bob@mce.example", "editor", "xx", "", "is not one we write in"},
		{"Bob", "bob@mce.example", "editor", "en", strings.Repeat("x", 501), "longer than 500"},
	} {
		add("name", c.name, "email", c.email, "role", c.role, "language", c.language, "reason", c.reason).
			wants(t, http.StatusUnprocessableEntity, "Please look again", c.says, `class="fault"`)
	}
	add("name", " Bob  Verdi ", "email", "bob@mce.example", "role", "editor", "language", "it", "reason", "new\ncolleague").leads(t, "/desk/users")
	list := b.get("/desk/users").wants(t, http.StatusOK, "Bob Verdi can log in now.", "bob@mce.example", "Editor", "Italian")
	add("name", "Another", "email", "BOB@mce.example", "role", "editor", "language", "en").wants(t, http.StatusConflict, "is a user already", `value="Another"`)

	path := regexp.MustCompile(`/desk/users/\d+`).FindAllString(list.body, -1)[1]
	b.get(path).wants(t, http.StatusOK, `value="Bob Verdi"`, `value="editor" checked`, `value="it" checked`)
	b.press(path, path, "name", "Bob Verdi", "email", "bob@mce.example", "role", "approver", "language", "it", "reason", "promoted").leads(t, "/desk/users")
	b.get("/desk/users").wants(t, http.StatusOK, "Bob Verdi is saved.", "Approver")
	b.press(path+"/remove", path+"/remove", "reason", "left the city").leads(t, "/desk/users")
	b.get("/desk/users").wants(t, http.StatusOK, "Bob Verdi is let in no more.")
	b.get(path).wants(t, http.StatusNotFound)

	own := fmt.Sprintf("/desk/users/%d", anna.ID)
	b.press(own, own, "name", "Anna", "email", anna.Email, "role", "editor", "language", "en").wants(t, http.StatusConflict, "This is the last admin")
	b.press(own+"/remove", own+"/remove").wants(t, http.StatusConflict, "This is the last admin")

	b.get("/desk/audit").wants(t, http.StatusOK, "added a user", "role: editor → approver", "promoted", "removed a user", "left the city", "new colleague", "127.0.0.1", "18 October 2023, 10:00 UTC")
}

func TestWhatPeopleTypeStaysText(t *testing.T) {
	h := newHouse(t)
	anna := h.user("Anna", mce.Admin)
	b := h.as(anna)
	const evil = `<script>alert("1")</script>'`
	b.press("/desk/users/new", "/desk/users/new", "name", evil, "email", "bob@mce.example", "role", "editor", "language", "en", "reason", evil).leads(t, "/desk/users")
	for _, path := range []string{"/desk/users", "/desk/audit", "/desk/audit?q=" + "%3Cscript%3Ealert", fmt.Sprintf("/desk/users/%d", anna.ID+1), fmt.Sprintf("/desk/users/%d/remove", anna.ID+1)} {
		page := b.get(path).wants(t, http.StatusOK, "&lt;script&gt;")
		if strings.Contains(page.body, "<script") {
			t.Errorf("%s runs what somebody typed", path)
		}
	}
	b.set("__Host-mce_said", "evil.PHNjcmlwdD4")
	if page := b.get("/desk/"); strings.Contains(page.body, `role="status"`) {
		t.Error("a message that is none of ours is said")
	}
}

func TestTheAuditLogIsSearchedAndPaged(t *testing.T) {
	h := newHouse(t)
	anna := h.user("Anna", mce.Admin)
	for i := range 60 {
		h.must(h.store.AddAudit(t.Context(), mce.Audit{At: business, By: mce.Actor{UserID: anna.ID}, Action: "approve", Object: mce.OnIssue, ObjectID: int64(i + 1), Reason: "it is good"}))
	}
	b := h.as(anna)
	first := b.get("/desk/audit?q=good").wants(t, http.StatusOK, "Older", `value="good"`, "it is good")
	if n := strings.Count(first.body, "it is good"); n != 50 {
		t.Errorf("%d lines", n)
	}
	older := regexp.MustCompile(`href="(/desk/audit\?before=[^"]+)"`).FindStringSubmatch(first.body)
	if older == nil {
		t.Fatal(first.body)
	}
	second := b.get(strings.ReplaceAll(older[1], "&amp;", "&")).wants(t, http.StatusOK, "Newest")
	if n := strings.Count(second.body, "it is good"); n != 10 || strings.Contains(second.body, "before=") {
		t.Errorf("%d lines", n)
	}
	b.get("/desk/audit?q=nothing+like+it").wants(t, http.StatusOK, "There is no such line")
	b.get("/desk/audit?before=x").wants(t, http.StatusNotFound)
	b.get("/desk/audit?q=%00%ff").wants(t, http.StatusOK)
}

func TestTheFirstPageShowsWhatIsInWorkAndNext(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	b := h.as(h.user("Anna", mce.Editor))
	h.exec(`update series set approval = 'required'`)
	if page := b.home().wants(t, http.StatusOK, "Begin the first issue"); strings.Contains(page.body, "Every mail of the coming") {
		t.Error("before the first issue there is more than its steps")
	}
	h.subscribers(1)
	h.exec(`update series set approval = 'automatic'`)
	h.wall.pass(time.Hour) // a newer look
	eventually(t, func() bool {
		return strings.Contains(b.get("/desk/").body, "<details><summary>What will go out by itself")
	})
	b.home().wants(t, http.StatusOK, "No issue is in progress", "The next one is put together by itself")
	h.exec(`update series set approval = 'required'`)
	series, err := h.store.Series(ctx, "newsletter")
	h.must(err)
	issue, _, err := h.store.Assemble(ctx, series, mce.Slot{Wall: "2023-10-18 12:00", Due: business}, true, business)
	h.must(err)
	b.get("/desk/").wants(t, http.StatusOK, issue.Subject["en"], "in review", "It waits for an approval.")
	_, err = h.store.Approve(ctx, issue.ID, "Anna", "look", business)
	h.must(err)
	_, err = h.store.Schedule(ctx, issue.ID, business, "look")
	h.must(err)
	b.get("/desk/").wants(t, http.StatusOK, "It goes out on Wednesday 18 October 2023, 12:00 (CEST, UTC&#43;2)")
	_, err = h.store.Cancel(ctx, issue.ID, "test", business)
	h.must(err)
	b.get("/desk/").wants(t, http.StatusOK, "No issue is in progress")
}

func TestTheNavigationLeadsWhereOneMayGo(t *testing.T) {
	h := newHouse(t)
	for role, want := range map[mce.DeskRole]bool{mce.Editor: false, mce.Approver: false, mce.Admin: true} {
		page := h.as(h.user(string(role), role)).get("/desk/").wants(t, http.StatusOK, `aria-current="page"`)
		for _, path := range []string{`href="/desk/users"`, `href="/desk/audit"`} {
			if got := strings.Contains(page.body, path); got != want {
				t.Errorf("%s sees %s: %v", role, path, got)
			}
		}
	}
	it := h.browser().get("/desk/login", "Accept-Language", "it-IT,it;q=0.9")
	it.wants(t, http.StatusOK, `<html lang="it">`, "Le invieremo un link")
}
