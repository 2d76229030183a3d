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

// state is how an issue stands, and what the log says was done to it, the oldest first.
func (h *house) state(id int64) string {
	h.t.Helper()
	i, err := h.store.Issue(h.t.Context(), id)
	h.must(err)
	log, err := h.store.AuditLog(h.t.Context(), mce.AuditQuery{Object: mce.OnIssue, Of: id, Limit: 100})
	h.must(err)
	words := ""
	for _, a := range log {
		words = " " + strings.ToLower(a.ByUser.Name) + ":" + string(a.Action) + words
	}
	return string(i.State) + words
}

var seenField = regexp.MustCompile(`name="seen" value="([^"]+)"`)

func TestAnIssueIsApprovedAndScheduledByWhoMay(t *testing.T) {
	h := newHouse(t)
	issue := h.issue()
	path := fmt.Sprintf("/desk/issues/%d", issue.ID)
	ed, ann := h.as(h.user("Ed", mce.Editor)), h.as(h.user("Ann", mce.Approver))
	page := ed.get(path).wants(t, http.StatusOK, issue.Subject["en"], "It waits for an approval.", path+"/preview?lang=en")
	for _, button := range []string{"/approve", "/schedule", "/cancel"} {
		if strings.Contains(page.body, path+button) {
			t.Errorf("an editor sees %s", button)
		}
	}
	ed.press(path, path+"/subject", "subject-en", "A subject of ours", "subject-it", "Un oggetto nostro").leads(t, path)
	ed.press(path, path+"/subject", "subject-it", "Solo italiano").wants(t, http.StatusUnprocessableEntity, "The English subject is missing")

	seen := seenField.FindStringSubmatch(ann.get(path).body)[1]
	ed.press(path, path+"/subject", "subject-en", "Another subject").leads(t, path)
	ann.press(path, path+"/approve", "seen", seen).wants(t, http.StatusConflict, "has changed since you opened this page", "Another subject")
	seen = seenField.FindStringSubmatch(ann.get(path).body)[1]
	ann.press(path, path+"/approve", "seen", seen).leads(t, path)
	ann.get(path).wants(t, http.StatusOK, "The issue is approved.", "Ann approved it.", `name="at"`)

	ann.press(path, path+"/schedule", "when", "at", "at", "").wants(t, http.StatusUnprocessableEntity, "Choose a day and a time")
	ann.press(path, path+"/schedule", "when", "at", "at", "2023-10-18T11:59").wants(t, http.StatusUnprocessableEntity, "This moment has passed")
	ann.press(path, path+"/schedule", "when", "at", "at", "2023-10-30T09:00").leads(t, path)
	ann.get(path).wants(t, http.StatusOK, "Monday 30 October 2023, 09:00 (CET, UTC&#43;1)")
	got, err := h.store.Issue(t.Context(), issue.ID)
	h.must(err)
	if want := time.Date(2023, 10, 30, 8, 0, 0, 0, time.UTC); !got.ScheduledFor.Equal(want) || got.ApprovedBy != "Ann" {
		t.Errorf("%+v", got)
	}
	ann.press(path, path+"/approve", "seen", seen).wants(t, http.StatusConflict, "not possible now")
	ann.press(path, path+"/unschedule").leads(t, path)
	ann.press(path, path+"/schedule", "when", "now").leads(t, path)
	ann.press(path, path+"/cancel", "reason", " ").wants(t, http.StatusUnprocessableEntity, "Say why")
	ann.press(path, path+"/cancel", "reason", "the host asked for it").leads(t, path)
	ann.get(path).wants(t, http.StatusOK, "The issue is cancelled.", "the host asked for it")
	want := "cancelled ed:give a subject ed:give a subject ann:approve ann:schedule ann:unschedule ann:schedule ann:cancel"
	if got := h.state(issue.ID); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	ed.get("/desk/issues").wants(t, http.StatusOK, "Another subject", "cancelled")
}

// TestSendingToEverybodyAsksForAFreshLogIn: so does approving; stopping does not, because it is done in haste.
func TestSendingToEverybodyAsksForAFreshLogIn(t *testing.T) {
	h := newHouse(t)
	path := fmt.Sprintf("/desk/issues/%d", h.issue().ID)
	ann := h.as(h.user("Ann", mce.Approver))
	h.wall.pass(mce.FreshFor)
	before := h.whole()
	for _, button := range []string{"/approve", "/schedule", "/resume"} {
		ann.press(path, path+button, "when", "now").leads(t, "/desk/fresh?next="+strings.ReplaceAll(path+button, "/", "%2F"))
	}
	if after := h.whole(); after != before {
		t.Errorf("something has changed:\n%s\n%s", before, after)
	}
	ann.press(path, path+"/cancel", "reason", "in haste").leads(t, path)
	ann.get(path+"/approve").wants(t, http.StatusOK, "in haste")
}

func TestAPreviewRunsNothing(t *testing.T) {
	h := newHouse(t)
	issue := h.issue()
	b := h.as(h.user("Ed", mce.Editor))
	page := b.get(fmt.Sprintf("/desk/issues/%d", issue.ID)).wants(t, http.StatusOK, `<iframe class="mail" sandbox `)
	if strings.Contains(page.body, "allow-") {
		t.Error("the frame may do something")
	}
	for lang, says := range map[string]string{"en": "Dear Anna Rossi,", "it": "Gentile Anna Rossi,"} {
		mail := b.get(fmt.Sprintf("/desk/issues/%d/preview?lang=%s", issue.ID, lang)).wants(t, http.StatusOK, says)
		if csp := mail.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:;") || !strings.HasSuffix(csp, "; sandbox") {
			t.Errorf("Content-Security-Policy: %s", csp)
		}
	}
	b.get(fmt.Sprintf("/desk/issues/%d/preview?lang=xx", issue.ID)).wants(t, http.StatusNotFound)
}

func TestTheListOfIssuesIsPaged(t *testing.T) {
	h := newHouse(t)
	h.issue()
	if _, err := h.db.ExecContext(t.Context(), `
		insert into issues (series_id, slot, due, state, assembled_at)
		select series_id, 'slot ' || n, due - n * interval '1 day', 'skipped', assembled_at from issues, generate_series(1, 60) n`); err != nil {
		t.Fatal(err)
	}
	b := h.as(h.user("Ed", mce.Editor))
	seen := map[string]bool{}
	path := "/desk/issues"
	for pages := 0; path != ""; pages++ {
		page := b.get(path).wants(t, http.StatusOK)
		for _, m := range regexp.MustCompile(`/desk/issues/\d+`).FindAllString(page.body, -1) {
			seen[m] = true
		}
		path = ""
		if m := regexp.MustCompile(`/desk/issues\?before=\d+`).FindString(page.body); m != "" && pages < 5 {
			path = m
		}
	}
	if len(seen) != 61 {
		t.Errorf("%d issues", len(seen))
	}
}
