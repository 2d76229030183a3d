package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func itoa(n int) string { return strconv.Itoa(n) }

// routeRow is a route, and what each role is answered.
type routeRow struct {
	route                              string
	anonymous, editor, approver, admin int
}

const (
	ok, elsewhere, refused, missing, conflict, faulty = 200, 303, 403, 404, 409, 422
)

func entranceRows() []routeRow {
	return []routeRow{
		{"GET /desk", elsewhere, elsewhere, elsewhere, elsewhere},
		{"GET /desk/login", ok, elsewhere, elsewhere, elsewhere},
		{"POST /desk/login", faulty, faulty, faulty, faulty},
		{"GET /desk/login/{token}", refused, refused, refused, refused},
		{"POST /desk/login/{token}", refused, refused, refused, refused},
		{"GET /desk/oidc", missing, missing, missing, missing}, // there is no provider
		{"GET /desk/oidc/back", missing, missing, missing, missing},
		{"GET /desk/{$}", elsewhere, ok, ok, ok},
		{"GET /desk/logout", elsewhere, ok, ok, ok},
		{"POST /desk/logout", refused, elsewhere, elsewhere, elsewhere},
		{"GET /desk/fresh", elsewhere, ok, ok, ok},
		{"POST /desk/fresh", refused, ok, ok, ok},
		{"GET /desk/me", elsewhere, ok, ok, ok},
		{"POST /desk/me", refused, elsewhere, elsewhere, elsewhere},
		{"GET /desk/me/sessions", elsewhere, ok, ok, ok},
		{"POST /desk/me/sessions", refused, elsewhere, elsewhere, elsewhere},
	}
}

func issueRows() []routeRow {
	return []routeRow{
		{"GET /desk/issues", elsewhere, ok, ok, ok},
		{"GET /desk/issues/{id}", elsewhere, ok, ok, ok},
		{"GET /desk/issues/{id}/view", elsewhere, ok, ok, ok},
		{"GET /desk/issues/{id}/mail", elsewhere, ok, ok, ok},
		{"GET /desk/issues/{id}/send", elsewhere, ok, ok, ok},
		{"GET /desk/issues/{id}/progress", elsewhere, ok, ok, ok},
		{"GET /desk/issues/{id}/report", elsewhere, ok, ok, ok},
		{"GET /desk/issues/{id}/report.csv", elsewhere, missing, missing, missing}, // it has not left
		{"GET /desk/issues/{id}/place", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/place", refused, faulty, faulty, faulty},
		{"GET /desk/issues/{id}/hold", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/hold", refused, faulty, faulty, faulty},
		{"GET /desk/issues/{id}/leave-out", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/leave-out", refused, faulty, faulty, faulty},
		{"GET /desk/issues/{id}/reassemble", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/reassemble", refused, elsewhere, elsewhere, elsewhere},
		{"GET /desk/issues/{id}/subject", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/subject", refused, conflict, conflict, conflict},
		{"GET /desk/issues/{id}/submit", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/submit", refused, conflict, conflict, conflict},
		{"GET /desk/issues/{id}/check", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/check", refused, elsewhere, elsewhere, elsewhere},
		{"GET /desk/issues/{id}/approve", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/approve", refused, refused, conflict, conflict},
		{"GET /desk/issues/{id}/test", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/test", refused, faulty, faulty, faulty},
		{"GET /desk/issues/{id}/schedule", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/schedule", refused, refused, faulty, faulty},
		{"GET /desk/issues/{id}/unschedule", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/unschedule", refused, refused, conflict, conflict},
		{"GET /desk/issues/{id}/pause", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/pause", refused, refused, conflict, conflict},
		{"GET /desk/issues/{id}/resume", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/resume", refused, refused, conflict, conflict},
		{"GET /desk/issues/{id}/resolve", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/resolve", refused, refused, faulty, faulty},
		{"GET /desk/issues/{id}/cancel", elsewhere, ok, ok, ok},
		{"POST /desk/issues/{id}/cancel", refused, refused, faulty, faulty},
	}
}

func contentRows() []routeRow {
	return []routeRow{
		{"GET /desk/content/{$}", elsewhere, elsewhere, elsewhere, elsewhere},
		{"GET /desk/content/preview", elsewhere, elsewhere, elsewhere, elsewhere},
		{"POST /desk/content/preview", refused, ok, ok, ok},
		{"GET /desk/content/{kind}", elsewhere, ok, ok, ok},
		{"GET /desk/content/{kind}/{id}", elsewhere, ok, ok, ok},
		{"POST /desk/content/{kind}/{id}", refused, conflict, conflict, conflict}, // it does not say with which version it began
		{"GET /desk/content/{kind}/{id}/draft", elsewhere, ok, ok, ok},
		{"POST /desk/content/{kind}/{id}/draft", refused, elsewhere, elsewhere, elsewhere},
		{"GET /desk/content/{kind}/{id}/history", elsewhere, ok, ok, ok},
		{"GET /desk/content/{kind}/{id}/restore", elsewhere, ok, ok, ok},
		{"POST /desk/content/{kind}/{id}/restore", refused, faulty, faulty, faulty},
		{"GET /desk/content/images", elsewhere, ok, ok, ok},
		{"POST /desk/content/images", refused, faulty, faulty, faulty},
		{"GET /desk/content/images/{id}", elsewhere, ok, ok, ok},
		{"POST /desk/content/images/{id}", refused, faulty, faulty, faulty},
		{"GET /desk/content/images/{id}/remove", elsewhere, ok, ok, ok},
		{"POST /desk/content/images/{id}/remove", refused, elsewhere, elsewhere, elsewhere},
	}
}

func officeRows() []routeRow {
	return []routeRow{
		{"GET /desk/audit", elsewhere, refused, refused, ok},
		{"GET /desk/users", elsewhere, refused, refused, ok},
		{"GET /desk/users/new", elsewhere, refused, refused, ok},
		{"POST /desk/users/new", refused, refused, refused, faulty},
		{"GET /desk/users/{id}", elsewhere, refused, refused, ok},
		{"POST /desk/users/{id}", refused, refused, refused, faulty},
		{"GET /desk/users/{id}/remove", elsewhere, refused, refused, ok},
		{"POST /desk/users/{id}/remove", refused, refused, refused, elsewhere},
	}
}

// targets are what the path of a route may be about.
type targets struct {
	user, issue, event, delegate, picture int64
	person, act, link                     string
}

// fill puts them in place of the parts of a route's path.
func (of targets) fill(path string) string {
	id, slug := of.user, "newsletter"
	switch {
	case strings.Contains(path, "/issues/"):
		id = of.issue
	case strings.Contains(path, "/images/"):
		id = of.picture
	case strings.Contains(path, "/content/"):
		id = 1
	case strings.Contains(path, "/events/"):
		id = of.event
	case strings.Contains(path, "/reminders/"):
		slug = "week-before"
	case strings.Contains(path, "/topics/"):
		slug = "events"
	}
	return strings.NewReplacer("{token}", of.link, "{ref}", of.person, "{act}", of.act, "{person}", itoa(int(of.delegate)), "{kind}", "articles",
		"{slug}", slug, "{id}", itoa(int(id)), "{$}", "").Replace(path)
}

// TestEveryRouteByEveryRole: one row for each route, what each role is answered. In a POST the form is empty but for its token.
func TestEveryRouteByEveryRole(t *testing.T) {
	rows := slices.Concat(entranceRows(), issueRows(), contentRows(), peopleRows(), eventRows(), reminderRows(), seriesRows(), topicRows(), officeRows())
	h := newHouse(t)
	var have []string
	for _, row := range rows {
		have = append(have, row.route)
	}
	if want := h.desk.Routes(); !slices.Equal(have, want) {
		t.Fatalf("the table has the routes\n%q\nwant\n%q", have, want)
	}
	h.user("Another", mce.Admin)
	roles := map[string]mce.User{"anonymous": {}, "editor": h.user("Editor", mce.Editor), "approver": h.user("Approver", mce.Approver), "admin": h.user("Admin", mce.Admin)}
	link := h.linkOf(roles["admin"])
	issue := h.issue()
	conference, delegate := h.prato(), h.atPrato("jan@ghent.example", "Jan De Smet", mce.English)
	for i, row := range rows {
		for role, want := range map[string]int{"anonymous": row.anonymous, "editor": row.editor, "approver": row.approver, "admin": row.admin} {
			t.Run(role+" "+row.route, func(t *testing.T) {
				h.wall.pass(mce.LoginFor) // nobody is throttled
				victim := h.user(fmt.Sprintf("Victim%d%s", i, role), mce.Editor)
				b := h.browser()
				if roles[role].ID != 0 {
					b = h.as(roles[role])
				}
				method, path, _ := strings.Cut(row.route, " ")
				of := targets{user: victim.ID, issue: issue.ID, event: conference.ID, delegate: delegate.ID, act: "suppress", link: link}
				of.person = h.somebody(fmt.Sprintf("row%d%s@city.example", i, role)).String()
				if strings.Contains(path, "/images/{id}") {
					of.picture = h.picture(4*i + len(role)).ID
				}
				path = of.fill(path)
				var form url.Values
				if method == http.MethodPost {
					form = url.Values{"token": {b.get("/desk/me").token()}}
					if form.Get("token") == "" {
						form.Set("token", b.get("/desk/login").token())
					}
				}
				a := b.ask(method, path, form).wants(t, want)
				if !strings.HasSuffix(path, "/mail") || want != ok { // a mail has a policy of its own
					guards(t, a)
				}
				if to := a.Header.Get("Location"); role == "anonymous" && want == elsewhere && row.route != "GET /desk" && !strings.HasPrefix(to, "/desk/login?next=") {
					t.Errorf("leads to %s", to)
				}
				if got := h.count(`select count(*) from users where id = $1 and email is null`, victim.ID) == 1; got != (row.route == "POST /desk/users/{id}/remove" && role == "admin") {
					t.Errorf("removed: %v", got)
				}
			})
		}
	}
}

// linkOf is the token of a link that a user asked for in a browser of their own.
func (h *house) linkOf(u mce.User) string {
	h.t.Helper()
	h.browser().asks(u.Email)
	links := h.links()
	return strings.TrimPrefix(links[len(links)-1], "/desk/login/")
}

// guards checks the headers that every answer has.
func guards(t *testing.T, a answer) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store",
		"Strict-Transport-Security": "max-age=31536000",
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if csp := a.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'; script-src 'self';") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("Content-Security-Policy: %s", csp)
	}
}

func TestOtherMethodsAreAnsweredByNothing(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Admin))
	before := h.whole()
	for _, path := range []string{"/desk/", "/desk/login", "/desk/users", "/desk/users/new", "/desk/users/1", "/desk/users/1/remove", "/desk/audit", "/desk/me", "/desk/logout", "/desk/issues", "/desk/issues/1", "/desk/issues/1/cancel", "/desk/people", "/desk/people/s1", "/desk/people/s1/leave", "/desk/people/import",
		"/desk/content/articles", "/desk/content/articles/1", "/desk/content/articles/1/draft", "/desk/content/articles/1/restore", "/desk/content/images", "/desk/content/preview"} {
		for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
			guards(t, b.ask(method, path, nil).wants(t, http.StatusNotFound))
		}
		b.ask(http.MethodHead, path, nil)
	}
	for _, path := range []string{"/desk/nowhere", "/desk/people/", "/desk/people/s99", "/desk/people/s99/leave", "/desk/people/x", "/desk/people/import/nothing", "/desk/users/", "/desk/users/99999", "/desk/users/x", "/desk/users/1/2", "/desk/desk.00000000.css", "/desk/issues/999", "/desk/issues/x", "/desk/issues/999/view", "/desk/issues/999/mail", "/desk/issues/999/send", "/desk/issues/999/report", "/desk/issues/999/progress", "/desk/issues/x/progress", "/desk/issues?before=x",
		"/desk/content/poems", "/desk/content/article", "/desk/content/articles/999", "/desk/content/articles/x", "/desk/content/poems/1", "/desk/content/articles?from=-1", "/desk/content/articles/new/history",
		"/desk/content/articles/1/history?before=x", "/desk/content/images/999", "/desk/content/images/x", "/desk/content.00000000.js"} {
		guards(t, b.get(path).wants(t, http.StatusNotFound, "There is nothing here"))
	}
	if after := h.whole(); after != before {
		t.Errorf("something has changed:\n%s\n%s", before, after)
	}
}

// TestAnotherSiteChangesNothing: neither by a form of its own, nor with a token that is not this session's.
func TestAnotherSiteChangesNothing(t *testing.T) {
	h := newHouse(t)
	anna, bob := h.user("Anna", mce.Admin), h.user("Bob", mce.Editor)
	b, mallory := h.as(anna), h.as(h.user("Mallory", mce.Editor))
	stranger := h.browser()
	token := b.get("/desk/me").token()
	good := url.Values{
		"token": {token}, "email": {"bob@mce.example"}, "name": {"Bob"}, "role": {"admin"}, "language": {"en"}, "next": {"/desk/"}, "session": {""},
	}
	with := func(token string) url.Values {
		form := url.Values{}
		for k, v := range good {
			form[k] = v
		}
		form.Set("token", token)
		return form
	}
	link, issue, picture := h.linkOf(anna), h.issue(), h.picture(1)
	conference, delegate := h.prato(), h.atPrato("jan@ghent.example", "Jan De Smet", mce.English)
	of := targets{
		user: bob.ID, issue: issue.ID, event: conference.ID, delegate: delegate.ID, picture: picture.ID, act: "leave", link: link,
		person: h.somebody("rosa@prato.example").String(),
	}
	for _, route := range h.desk.Routes() {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodPost {
			continue
		}
		path = of.fill(path)
		for name, c := range map[string]struct {
			form    url.Values
			headers []string
		}{
			"foreign Origin":          {good, []string{"Origin", "https://evil.example"}},
			"no Origin to speak of":   {good, []string{"Origin", "null"}},
			"cross-site":              {good, []string{"Sec-Fetch-Site", "cross-site"}},
			"another host of ours":    {good, []string{"Sec-Fetch-Site", "same-site"}},
			"no token":                {with(""), nil},
			"another session's token": {with(mallory.get("/desk/me").token()), nil},
			"a browser's token":       {with(stranger.get("/desk/login").token()), nil},
			"no form at all":          {nil, nil},
		} {
			before := h.whole()
			guards(t, b.ask(http.MethodPost, path, c.form, c.headers...).wants(t, http.StatusForbidden))
			if after := h.whole(); after != before {
				t.Errorf("%s, %s: something has changed:\n%s\n%s", path, name, before, after)
			}
		}
	}
	b.ask(http.MethodPost, "/desk/users/"+itoa(int(bob.ID)), good, "Origin", h.server.URL, "Sec-Fetch-Site", "same-origin").leads(t, "/desk/users")
}

func TestMoreThanAFormIsRefused(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Admin))
	form := url.Values{"token": {b.get("/desk/me").token()}, "name": {strings.Repeat("x", 2<<20)}}
	b.ask(http.MethodPost, "/desk/users/new", form).wants(t, http.StatusRequestEntityTooLarge, "More was sent")
}

func TestAPublicAddressWithAPathHoldsTheDeskBelowIt(t *testing.T) {
	h := newHouseAt(t, "/mail", nil)
	anna := h.user("Anna", mce.Admin)
	b := h.browser()
	b.get("/desk/users").leads(t, "/mail/desk/login?next=%2Fdesk%2Fusers")
	b.get("/desk/login").wants(t, http.StatusOK, `action="/mail/desk/login"`)
	b.asks(anna.Email)
	link := h.links()[0]
	b.get(link).wants(t, http.StatusOK, `action="/mail`+link+`"`)
	b.press(link, link).leads(t, "/mail/desk/")
	page := b.get("/desk/").wants(t, http.StatusOK, `href="/mail/desk/users"`)
	if strings.Contains(page.body, `"/desk/`) || strings.Contains(page.body, "/mail/mail/") {
		t.Errorf("a link misses the path:\n%s", page.body)
	}
}
