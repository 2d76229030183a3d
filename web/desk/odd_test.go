package desk_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// TestWhatTheDatabaseCannotKeepIsNoFaultOfOurs: an address or an entry with signs that no text can have is answered as any other that is not known.
func TestWhatTheDatabaseCannotKeepIsNoFaultOfOurs(t *testing.T) {
	h := newHouse(t)
	h.issue()
	b := h.as(h.user("Anna", mce.Admin))
	for _, path := range []string{
		"/desk/series/%00", "/desk/series/%ff", "/desk/reminders/%00", "/desk/topics/%00", "/desk/people/%00", "/desk/content/articles?shown=%00",
		"/desk/content/articles?shown=%ff&translation=%00", "/desk/content/articles?q=%00", "/desk/events/1/people?standing=%00&q=%ff", "/desk/people?group=%00",
	} {
		if a := b.get(path); a.StatusCode >= http.StatusInternalServerError {
			t.Errorf("%s: status %d", path, a.StatusCode)
		}
	}
	token := b.get("/desk/me").token()
	for path, form := range map[string]url.Values{
		"/desk/issues/1/place":           {"item": {"\x00-3"}, "section": {"\x00"}},
		"/desk/issues/1/leave-out":       {"item": {"article\x00-3"}},
		"/desk/content/articles/1":       {"do": {"save"}, "version": {"99999999999"}},
		"/desk/content/articles/1/draft": {"do": {"keep"}, "version": {"99999999999"}, "title": {"x"}},
	} {
		form.Set("token", token)
		if a := b.ask(http.MethodPost, path, form); a.StatusCode >= http.StatusInternalServerError {
			t.Errorf("%s: status %d", path, a.StatusCode)
		}
	}
	if strings.Contains(h.log.String(), "level=ERROR") {
		t.Error(h.log.String())
	}
}

// TestWhoGoesAwayIsNoFault: a tab that is closed while its page is made wakes no operator.
func TestWhoGoesAwayIsNoFault(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Admin))
	gone, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(gone, http.MethodGet, h.base+"/desk/people", nil)
	r.AddCookie(&http.Cookie{Name: "__Host-mce_session", Value: b.cookie("session")})
	h.desk.Handler().ServeHTTP(httptest.NewRecorder(), r)
	if strings.Contains(h.log.String(), "level=ERROR") {
		t.Error(h.log.String())
	}
}

// TestALongNameIsStillSaid: browsers keep no cookie of more than 4 KB.
func TestALongNameIsStillSaid(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Admin))
	name := strings.Repeat("Ünd ", 100)
	b.press("/desk/new-topic", "/desk/new-topic", "name-en", name, "name-it", "x").leads(t, "/desk/topics")
	b.get("/desk/topics").wants(t, http.StatusOK, `role="status"`, "Ünd Ünd")
}

// TestLimitsCountCharacters, not octets: a sentence may be as long in Greek as in English.
func TestLimitsCountCharacters(t *testing.T) {
	h := newHouse(t)
	anna, bob := h.user("Anna", mce.Admin), h.user("Bob", mce.Editor)
	b := h.as(anna)
	path := "/desk/users/" + itoa(int(bob.ID))
	greek := strings.TrimSpace(strings.Repeat("Ελλάδα ", 60))
	b.press(path, path, "email", bob.Email, "name", "Bob", "role", "approver", "language", "en", "reason", greek).leads(t, "/desk/users")
	b.press(path, path, "email", bob.Email, "name", "Bob", "role", "editor", "language", "en", "reason", greek+greek).wants(t, http.StatusUnprocessableEntity, "longer than 500 characters")
}

// TestASeriesThatChangedMeanwhileIsNotOverwritten: who saved second is told.
func TestASeriesThatChangedMeanwhileIsNotOverwritten(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Admin))
	const path = "/desk/series/newsletter"
	page := b.get(path)
	h.exec(`update series set minimum = minimum + 1 where slug = 'newsletter'`)
	form := usualForm(page.token())
	form.Set("seen", page.seen())
	b.ask(http.MethodPost, path, form).wants(t, http.StatusConflict, "has changed since you opened this page", `value="Lettera dalla città"`)
	form.Set("seen", b.get(path).seen())
	b.ask(http.MethodPost, path, form).wants(t, http.StatusSeeOther)
}
