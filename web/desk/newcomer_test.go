package desk_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// TestTheFirstStepsAreTickedOff: an empty desk says what comes first, to whom it can be done by, and ends saying it once an issue is begun.
func TestTheFirstStepsAreTickedOff(t *testing.T) {
	h := newHouse(t)
	h.exec(`drop trigger never_emptied on preflight_overrides`)
	h.exec(`truncate series, articles, events, resources cascade`)
	admin, editor := h.as(h.user("Anna", mce.Admin)), h.as(h.user("Bob", mce.Editor))
	page := admin.get("/desk/").wants(t, ok, "The first steps", "/desk/new-series", "/desk/content/articles", "/desk/people", "No issue is in progress.")
	if strings.Contains(page.body, "put together by itself") || strings.Contains(page.body, "✓") {
		t.Error("an empty desk promises an issue, or has something done")
	}
	if page := editor.get("/desk/").wants(t, ok, "An admin of the desk does this."); strings.Contains(page.body, "/desk/new-series") {
		t.Error("an editor is led to where they may not go")
	}
	for i, step := range []string{
		`insert into series (slug, name, cron, time_zone, sections, languages, minimum, approval, "from", watched_from)
			values ('letter', '{"en": "Letter"}', '0 9 1 * *', 'Europe/Rome', '[]', '{en}', 1, 'required', now(), now())`,
		`insert into articles (slug, title, body, publish_at) select 'a' || n, '{"en": "Words"}', '{"en": "Words"}', now() from generate_series(1, 2) n`,
		`insert into subscribers (email, state, created_at, changed_at) values ('reader@mce.example', 'active', now(), now())`,
	} {
		h.exec(step)
		if got := strings.Count(admin.get("/desk/").body, "✓"); got != i+1 {
			t.Errorf("after step %d %d are done", i+1, got)
		}
	}
	admin.get("/desk/").wants(t, ok, "put together by itself", "Begin an issue now")
	h.exec(`insert into issues (series_id, number, slot, due, state, assembled_at) select id, 1, '2023-10-01T09:00', now(), 'assembled', now() from series`)
	if strings.Contains(admin.get("/desk/").body, "The first steps") {
		t.Error("who has begun an issue is told how")
	}
}

// TestReadySaysWhoApproves: what becomes of an issue that is handed on stands beside the button.
func TestReadySaysWhoApproves(t *testing.T) {
	h := newHouse(t)
	issue := h.issue()
	h.exec(`update issues set state = 'assembled'`)
	path := "/desk/issues/" + itoa(int(issue.ID))
	editor, approver := h.as(h.user("Bob", mce.Editor)), h.as(h.user("Anna", mce.Approver))
	if page := editor.get(path).wants(t, ok, "Ready for approval", "an approver or an admin looks at the check"); strings.Contains(page.body, "That can be you") {
		t.Error("an editor is told that they may approve")
	} else if strings.Index(page.body, `id="ready"`) < strings.Index(page.body, `id="words"`) {
		t.Error("the button stands above what it hands on")
	}
	approver.get(path).wants(t, ok, "That can be you")
	for approval, says := range map[mce.Approval]string{mce.ApprovalSecond: "but nobody who changed it last", mce.ApprovalAutomatic: "goes out by itself"} {
		h.exec(`update series set approval = $1`, approval)
		approver.get(path).wants(t, ok, says)
	}
}

// TestTheDeskNamesNoCommands: what is not there is said in the words of the page.
func TestTheDeskNamesNoCommands(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Admin))
	for _, path := range []string{"/desk/issues/999999", "/desk/series/none", "/desk/content/articles/999999", "/desk/users/999999"} {
		page := b.get(path).wants(t, http.StatusNotFound, "There is nothing here")
		if strings.Contains(page.body, `class="faulty"`) {
			t.Errorf("%s says more than its own words: %s", path, page.body)
		}
	}
}

// TestAfterSavingOneIsToldWhenItIsShown, and which issue may have it, where that is certain.
func TestAfterSavingOneIsToldWhenItIsShown(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Editor))
	const form = "/desk/content/articles/new"
	saved := b.saves(form, "title", "A bridge", "body", "Long.", "publish_at", "2023-10-18T13:00", "expire_at", "2030-01-01T00:00", "zone", "Europe/Rome")
	path := saved.Header.Get("Location")
	b.get(path).wants(t, ok, "It is shown from Wednesday 18 October 2023", "until Tuesday 1 January 2030", "It can be in the next issue of", `href="/desk/content/articles/new"`, "To all articles")
	if page := b.get(path); strings.Contains(page.body, "It is shown from") {
		t.Error("it is said again")
	}
	b.saves(path, "version", "1", "title", "A long bridge", "body", "Long.", "publish_at", "2023-10-18T13:00", "zone", "Europe/Rome")
	if page := b.get(path).wants(t, ok, "It is shown from"); strings.Contains(page.body, "It can be in the next issue") {
		t.Error("a later version may have run: nobody knows that it can be in the next issue")
	}
	late := b.saves(form, "title", "Far ahead", "body", "Long.", "publish_at", "2029-10-20T09:00", "zone", "Europe/Rome")
	if page := b.get(late.Header.Get("Location")).wants(t, ok, "It is shown from"); strings.Contains(page.body, "It can be in the next issue") {
		t.Error("what is shown later than the next issue is promised to it")
	}
}
