package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web/desk"
)

func TestAUserLogsInByAMailedLinkAndOut(t *testing.T) {
	h := newHouse(t)
	anna := h.user("Anna", mce.Editor)
	b := h.browser()
	b.get("/desk/me").leads(t, "/desk/login?next=%2Fdesk%2Fme")
	page := b.get("/desk/login?next=%2Fdesk%2Fme").wants(t, http.StatusOK, "we mail you a link")
	b.ask(http.MethodPost, "/desk/login", url.Values{"token": {page.token()}, "email": {"ANNA@mce.example"}, "next": {"/desk/me"}}).
		wants(t, http.StatusOK, "Please look into your mailbox")
	links := h.links()
	if len(links) != 1 {
		t.Fatal(links)
	}
	b.get(links[0]).wants(t, http.StatusOK, "You are logging in as Anna")
	b.press(links[0], links[0]).leads(t, "/desk/me")
	b.get("/desk/me").wants(t, http.StatusOK, "Welcome, Anna.", "anna@mce.example", "this browser")
	if again := b.get("/desk/me"); strings.Contains(again.body, "Welcome") {
		t.Error("it is said twice")
	}
	b.get("/desk/login").leads(t, "/desk/")

	b.press("/desk/", "/desk/logout").leads(t, "/desk/login")
	b.get("/desk/login").wants(t, http.StatusOK, "You are logged out.")
	if b.in() {
		t.Error("still in")
	}
	if n := h.count(`select count(*) from audit where user_id = $1 and action in ('log in', 'log out') and object_id = $1`, anna.ID); n != 2 {
		t.Errorf("%d lines in the log", n)
	}
}

func TestCookiesAreOfThisHostAlone(t *testing.T) {
	h := newHouse(t)
	anna := h.user("Anna", mce.Editor)
	b := h.browser()
	seen := b.get("/desk/login").Cookies()
	b.asks(anna.Email)
	link := h.links()[0]
	seen = append(seen, b.press(link, link).Cookies()...)
	names := map[string]bool{}
	for _, c := range seen {
		names[c.Name] = true
		if !strings.HasPrefix(c.Name, "__Host-mce_") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("%+v", c)
		}
	}
	if len(names) != 3 || len(b.cookie("session")) != 43 {
		t.Errorf("cookies: %v", names)
	}
	if b.cookie("browser") != "" {
		t.Error("the browser's secret outlives the log-in")
	}
	if n := h.count(`select count(*) from desk_sessions where encode(hash, 'escape') like '%' || $1 || '%'`, b.cookie("session")); n != 0 {
		t.Error("the database keeps the cookie itself")
	}
}

func TestEverybodyIsAnsweredAlike(t *testing.T) {
	h := newHouse(t)
	h.user("Anna", mce.Admin)
	var first string
	for i, email := range []string{"anna@mce.example", "nobody@mce.example"} {
		b := h.browser()
		form := url.Values{"token": {b.get("/desk/login").token()}, "email": {email}}
		a := b.ask(http.MethodPost, "/desk/login", form).wants(t, http.StatusOK)
		if i == 0 {
			first = a.body
		} else if a.body != first {
			t.Errorf("%s is answered otherwise:\n%s", email, a.body)
		}
	}
	b := h.browser()
	b.asks("no address").wants(t, http.StatusUnprocessableEntity, `aria-invalid="true"`, `value="no address"`)
	if n := len(h.links()); n != 1 {
		t.Errorf("%d links", n)
	}
}

func TestALinkIsWorthNothingInAnotherBrowser(t *testing.T) {
	h := newHouse(t)
	anna := h.user("Anna", mce.Admin)
	own, thief := h.browser(), h.browser()
	own.asks(anna.Email)
	link := h.links()[0]
	before := h.whole()
	thief.get(link).wants(t, http.StatusForbidden, "This link belongs to another browser")
	thief.ask(http.MethodPost, link, url.Values{}).wants(t, http.StatusForbidden, "sent no cookie")
	thief.press("/desk/login", link).wants(t, http.StatusForbidden, "This link belongs to another browser")
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} { // scanners
		own.ask(method, link, nil)
	}
	if after := h.whole(); after != before {
		t.Errorf("something has changed:\n%s\n%s", before, after)
	}
	if thief.in() || !strings.Contains(own.get(link).body, "Anna") {
		t.Error("the thief is in, or the link is used up")
	}
	own.press(link, link).leads(t, "/desk/")
}

func TestALinkWorksOnceAndNotForLong(t *testing.T) {
	h := newHouse(t)
	anna := h.user("Anna", mce.Editor)
	b := h.browser()
	b.asks(anna.Email)
	b.asks(anna.Email)
	links := h.links()
	b.get("/desk/login")
	token := b.get(links[0]).token()
	h.wall.pass(mce.LoginFor - time.Second)
	b.ask(http.MethodPost, links[0], url.Values{"token": {token}}).leads(t, "/desk/")

	again := h.browser()
	again.set("__Host-mce_browser", b.cookie("browser"))
	b.press("/desk/", "/desk/logout")
	b.press("/desk/login", links[0]).wants(t, http.StatusForbidden, "another browser") // the secret went at the log-in
	if b.in() || again.in() {
		t.Error("in by a used link")
	}

	late := h.browser()
	late.asks(anna.Email)
	all := h.links()
	link := all[len(all)-1]
	late.get(link).wants(t, http.StatusOK)
	h.wall.pass(mce.LoginFor)
	late.get(link).wants(t, http.StatusGone, "The time of this link is over", "works for 15 minutes")
	late.press("/desk/login", link).wants(t, http.StatusGone)
	if late.in() {
		t.Error("in by a link whose time is over")
	}
}

func TestAUsedLinkSaysSo(t *testing.T) {
	h := newHouse(t)
	anna := h.user("Anna", mce.Editor)
	b, copied := h.browser(), h.browser()
	b.asks(anna.Email)
	link := h.links()[0]
	copied.set("__Host-mce_browser", b.cookie("browser")) // a copy of the whole browser
	b.press(link, link).leads(t, "/desk/")
	copied.get(link).wants(t, http.StatusGone, "This link has been used", "tell an admin")
	copied.press("/desk/login", link).wants(t, http.StatusGone)
	if copied.in() {
		t.Error("in by a used link")
	}
	b.get("/desk/login/"+strings.Repeat("A", 30)).wants(t, http.StatusNotFound)
	other := "/desk/login/" + h.keys.Token(mce.ForLogin, anna.ID, 12345)
	b.get(other).wants(t, http.StatusGone, "does not work any more")
	b.press("/desk/me", other).wants(t, http.StatusGone)
	b.get("/desk/login/"+h.keys.Token(mce.ForSelf, anna.ID, 1)).wants(t, http.StatusNotFound)
}

func TestASessionCannotBeFixedOrReplayed(t *testing.T) {
	h := newHouse(t)
	anna, mallory := h.user("Anna", mce.Admin), h.user("Mallory", mce.Editor)
	b := h.browser()
	b.set("__Host-mce_session", "planted")
	b.logsIn(anna)
	if b.cookie("session") == "planted" {
		t.Error("the planted secret is taken over")
	}
	evil := h.browser()
	evil.set("__Host-mce_session", "planted")
	if evil.in() {
		t.Error("the planted secret opens the session")
	}

	// A real session of somebody else's, planted into her browser: it ends at her log-in.
	other := h.as(mallory)
	b = h.browser()
	b.asks(anna.Email)
	links := h.links()
	b.set("__Host-mce_session", other.cookie("session"))
	b.press(links[len(links)-1], links[len(links)-1]).leads(t, "/desk/")
	b.get("/desk/me").wants(t, http.StatusOK, "anna@mce.example")
	if other.in() {
		t.Error("Mallory's session goes on in Anna's browser")
	}

	kept := b.cookie("session")
	b.press("/desk/", "/desk/logout")
	b.set("__Host-mce_session", kept)
	if b.in() {
		t.Error("replay after log-out")
	}
}

func TestASessionEndsByItselfAndWithTheUsersRights(t *testing.T) {
	h := newHouse(t)
	anna := h.user("Anna", mce.Editor)
	idle := h.as(anna)
	h.wall.pass(mce.SessionIdle - time.Minute)
	if !idle.in() {
		t.Error("it ended too early")
	}
	h.wall.pass(mce.SessionIdle)
	if idle.in() {
		t.Error("it outlives 12 idle hours")
	}
	used := h.as(anna)
	for range 14 * 3 {
		h.wall.pass(8 * time.Hour)
		used.get("/desk/")
	}
	if used.in() {
		t.Error("it outlives 14 days")
	}
	demoted := h.as(anna)
	anna.Role = mce.Approver
	h.must(h.store.SaveUser(t.Context(), anna, mce.Actor{Name: "test"}, "", business))
	if demoted.in() {
		t.Error("it outlives another role")
	}
	removed := h.as(anna)
	h.must(h.store.RemoveUser(t.Context(), anna.ID, mce.Actor{Name: "test"}, "", business))
	if removed.in() {
		t.Error("it outlives its user")
	}
}

func TestAUserSeesAndEndsTheirSessions(t *testing.T) {
	h := newHouse(t)
	anna, bob := h.user("Anna", mce.Editor), h.user("Bob", mce.Editor)
	own, second, third, his := h.as(anna), h.as(anna), h.as(anna), h.as(bob)
	page := own.get("/desk/me").wants(t, http.StatusOK, "End all others")
	if n := strings.Count(page.body, `name="session"`); n != 2 {
		t.Errorf("%d other sessions", n)
	}
	id := func(u mce.User, last bool) string {
		n := h.count(`select case when $2 then max(id) else min(id) end from desk_sessions where user_id = $1`, u.ID, last)
		return itoa(n)
	}
	own.press("/desk/me", "/desk/me/sessions", "session", id(anna, true)).leads(t, "/desk/me")
	own.get("/desk/me").wants(t, http.StatusOK, "The session is ended")
	own.press("/desk/me", "/desk/me/sessions", "session", id(bob, true)).leads(t, "/desk/me")
	if !own.in() || !second.in() || third.in() || !his.in() {
		t.Error("another session ended than the one chosen")
	}
	own.press("/desk/me", "/desk/me/sessions", "session", "all").wants(t, http.StatusUnprocessableEntity)
	own.press("/desk/me", "/desk/me/sessions").leads(t, "/desk/me")
	if !own.in() || second.in() || !his.in() {
		t.Error("not all others have ended, or somebody else's")
	}
	own.press("/desk/me", "/desk/me", "language", "it").leads(t, "/desk/me")
	own.get("/desk/me").wants(t, http.StatusOK, `lang="it"`, "Salvato", "Lei nella redazione")
	own.press("/desk/me", "/desk/me", "language", "xx").wants(t, http.StatusUnprocessableEntity)
}

// TestWhatIsGraveAsksForAFreshLogIn: it leads through a link and back, and nothing is changed before.
func TestWhatIsGraveAsksForAFreshLogIn(t *testing.T) {
	h := newHouse(t)
	anna := h.user("Anna", mce.Admin)
	b := h.as(anna)
	form := url.Values{"token": {b.get("/desk/users/new").wants(t, http.StatusOK).token()}, "name": {"Bob"}, "email": {"bob@mce.example"}, "role": {"admin"}, "language": {"en"}}
	h.wall.pass(mce.FreshFor)
	before := h.whole()
	b.ask(http.MethodPost, "/desk/users/new", form).leads(t, "/desk/fresh?next=%2Fdesk%2Fusers%2Fnew")
	b.get("/desk/users/new").leads(t, "/desk/fresh?next=%2Fdesk%2Fusers%2Fnew")
	if after := h.whole(); after != before {
		t.Errorf("something has changed:\n%s\n%s", before, after)
	}
	b.get("/desk/users").wants(t, http.StatusOK)
	page := "/desk/fresh?next=%2Fdesk%2Fusers%2Fnew"
	b.get(page).wants(t, http.StatusOK, "Mail a link to anna@mce.example", `value="/desk/users/new"`)
	b.press(page, "/desk/fresh", "next", "/desk/users/new").wants(t, http.StatusOK, "on its way to anna@mce.example")
	old := b.cookie("session")
	link := h.links()[0]
	b.press(link, link).leads(t, "/desk/users/new")
	b.get("/desk/users/new").wants(t, http.StatusOK)
	if b.cookie("session") == old {
		t.Error("the session has not rotated")
	}
	former := h.browser()
	former.set("__Host-mce_session", old)
	if former.in() {
		t.Error("the former secret still opens the desk")
	}
}

func TestOneClientCannotAskForLinksForEver(t *testing.T) {
	h := newHouse(t)
	for i := range 12 {
		want := http.StatusOK
		if i >= 10 {
			want = http.StatusTooManyRequests
		}
		h.browser().asks("anna@mce.example").wants(t, want)
	}
}

func TestALinkNeverLeadsElsewhere(t *testing.T) {
	for next, want := range map[string]string{
		"": "/desk/", "/desk/": "/desk/", "/desk/users/7": "/desk/users/7", "/desk/audit?q=a%20b": "/desk/audit?q=a%20b",
		"https://evil.example/desk/": "/desk/", "//evil.example/desk/": "/desk/", "/desk/../archive": "/desk/", `/desk/\evil`: "/desk/", "javascript:alert(1)": "/desk/",
		"/desk/login": "/desk/", "/desk/fresh?next=/desk/users": "/desk/", "/archive": "/desk/", "/desk//evil.example": "/desk/", "/desk/\r\nX: y": "/desk/", "desk/users": "/desk/",
	} {
		if got := desk.NextOf(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}

func TestABrowserIsNamedAsPeopleKnowIt(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":         "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604": "Safari on iPhone",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                          "Chrome on Android",
		"curl/8.0": "", "": "",
	} {
		if got := desk.ClientName(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}
