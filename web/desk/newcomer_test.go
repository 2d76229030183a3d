package desk_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// TestTheFirstStepsAreTickedOff: an empty desk says what comes first, to whom it can be done by, and ends saying it once an issue is begun.
func TestTheFirstStepsAreTickedOff(t *testing.T) {
	h := newHouse(t)
	h.exec(`drop trigger never_emptied on preflight_overrides`)
	h.exec(`truncate series, articles, events, resources cascade`)
	admin, editor := h.as(h.user("Anna", mce.Admin)), h.as(h.user("Bob", mce.Editor))
	page := admin.get("/desk/").wants(t, ok, "<h1>The first issue</h1>", "/desk/new-series", "/desk/content/articles/new", "/desk/people/import", "Write two articles")
	if strings.Contains(page.body, "put together by itself") || strings.Contains(page.body, "Every mail") || strings.Contains(page.body, "✓") {
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
	admin.get("/desk/").wants(t, ok, `action="/desk/series/letter/begin"`)
	h.exec(`insert into issues (series_id, slot, due, state, assembled_at) select id, '2023-09-01T09:00', now(), 'skipped', now() from series`)
	h.exec(`update subscribers set state = 'unsubscribed'`)
	editor.get("/desk/").wants(t, ok, "An approver or an admin does this.", `action="/desk/series/letter/begin"`) // of one that was skipped nobody has begun
	h.exec(`update subscribers set state = 'active'`)
	h.exec(`insert into series (slug, name, cron, time_zone, sections, languages, minimum, approval, "from", watched_from)
		values ('other', '{"en": "Other"}', '0 9 1 * *', 'Europe/Rome', '[]', '{en}', 1, 'required', now(), now())`)
	page = admin.get("/desk/").wants(t, ok, `<a class="button" href="/desk/series">Begin the first issue</a>`)
	if strings.Contains(page.body, "/desk/series/letter/begin") {
		t.Error("one of two newsletters is begun without a choice")
	}
	h.exec(`insert into issues (series_id, number, slot, due, state, assembled_at) select id, 1, '2023-10-01T09:00', now(), 'assembled', now() from series`)
	if strings.Contains(admin.get("/desk/").body, "<h1>The first issue</h1>") {
		t.Error("who has begun an issue is told how")
	}
}

// TestANewPieceIsShownAtOnce, on whatever clocks its times are, and what was chosen instead stays in sight.
func TestANewPieceIsShownAtOnce(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Editor))
	const form = "/desk/content/events/new"
	event := []string{"title", "A workshop", "kind", "workshop", "state", "announced", "admission", "everyone", "starts", "2024-10-18T13:00", "ends", "2024-10-18T14:00"}
	for _, zone := range []string{"America/New_York", "Asia/Tokyo"} {
		b.saves(form, append(event, "time_zone", zone)...)
		if n := h.count(`select count(*) from events where time_zone = $1 and publish_at between $2 and $3`, zone, business.Add(-time.Minute), business); n != 1 {
			t.Errorf("in %s it is not shown from now on", zone)
		}
	}
	fold := `<details><summary><h2>From when, and until when</h2>`
	b.get(form).wants(t, ok, fold)
	again := b.press(form, form, append(event, "time_zone", "Europe/Rome", "publish_at", "2023-10-30T09:00", "do", "add")...).wants(t, ok, `value="2023-10-30T09:00"`)
	if strings.Contains(again.body, fold) {
		t.Error("a later moment is folded away as if it were at once")
	}
}

// TestTheFaultOfAnAddressStandsAtIt: of a picture from elsewhere, where there are none of ours.
func TestTheFaultOfAnAddressStandsAtIt(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Editor))
	b.saves("/desk/content/articles/new", "title", "A", "body", "B", "image_elsewhere", "javascript:1").wants(t, http.StatusUnprocessableEntity, `id="image_elsewhere-fault"`)
}

// empty are two who are in at desks of their own: an editor at one with nothing, and an admin at one that has a newsletter already.
func (h *house) empty() (editor, admin *browser) {
	h.t.Helper()
	bare, begun := newHouse(h.t), newHouse(h.t)
	for _, h := range []*house{bare, begun} {
		h.exec(`drop trigger never_emptied on preflight_overrides`)
		h.exec(`truncate series, articles, events, resources cascade`)
	}
	admin = begun.as(begun.user("Anna Rossi", mce.Admin))
	admin.press("/desk/new-series", "/desk/new-series", "name-en", "City News", "days", "1 * *", "time", "10:00", "zone", "Europe/Rome", "approval", "required",
		"quota-news", "6", "quota-events", "4", "quota-knowledge", "4").leads(h.t, "/desk/")
	return bare.as(bare.user("Bob", mce.Editor)), admin
}

// TestReadySaysWhoApproves: what becomes of an issue that is handed on stands beside the button.
func TestReadySaysWhoApproves(t *testing.T) {
	h := newHouse(t)
	issue := h.issue()
	h.exec(`update issues set state = 'assembled'`)
	path := "/desk/issues/" + itoa(int(issue.ID))
	editor, approver := h.as(h.user("Bob", mce.Editor)), h.as(h.user("Anna", mce.Approver))
	if page := editor.get(path).wants(t, ok, "Ready for approval", "an approver or an admin looks at the check"); strings.Contains(page.body, "Let somebody else") {
		t.Error("an editor is told that they may approve")
	} else if strings.Index(page.body, `id="ready"`) < strings.Index(page.body, `id="words"`) {
		t.Error("the button stands above what it hands on")
	}
	approver.get(path).wants(t, ok, "Let somebody else approve it")
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
	b.get(path).wants(t, ok, "It is shown from Wednesday 18 October 2023", "until Tuesday 1 January 2030", "It goes into the next issue of", `href="/desk/content/articles/new"`, "To all articles")
	if page := b.get(path); strings.Contains(page.body, "It is shown from") {
		t.Error("it is said again")
	}
	b.saves(path, "version", "1", "title", "A long bridge", "body", "Long.", "publish_at", "2023-10-18T13:00", "zone", "Europe/Rome")
	if page := b.get(path).wants(t, ok, "It is shown from"); strings.Contains(page.body, "It goes into the next issue of") {
		t.Error("a later version may have run: nobody knows that it can be in the next issue")
	}
	now := b.saves(form, "title", "At once", "body", "Long.", "publish_at", "2023-10-18T09:00", "zone", "Europe/Rome", "do", "another").Header.Get("Location")
	b.get(now).wants(t, ok, "“At once” is saved.", "Write an article")
	b.get(fmt.Sprintf("/desk/content/articles/%d", h.count(`select max(id) from articles`))).wants(t, ok, "At once", "<details><summary><h2>From when, and until when")
	late := b.saves(form, "title", "Far ahead", "body", "Long.", "publish_at", "2029-10-20T09:00", "zone", "Europe/Rome")
	if page := b.get(late.Header.Get("Location")).wants(t, ok, "It is shown from"); strings.Contains(page.body, "It goes into the next issue of") {
		t.Error("what is shown later than the next issue is promised to it")
	}
}
