package desk_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page/axetest"
)

// scene is a page in one of its states, as somebody sees it.
type scene struct {
	name    string
	by      *browser
	path    string
	pressed url.Values // not nil: the page is the answer to this form
}

// stage shows scenes to a browser that keeps no cookies, each at /its-name and with status 200: the console counts any other as a complaint.
func stage(t *testing.T, h *house, scenes []scene) string {
	t.Helper()
	proxy := &httputil.ReverseProxy{
		Transport: h.server.Client().Transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			last := scene{by: scenes[len(scenes)-1].by, path: r.In.URL.RequestURI()} // who sees it may see what belongs to any
			for _, s := range scenes {
				if r.In.URL.Path == "/"+s.name {
					last = s
				}
			}
			r.SetURL(last.by.origin())
			last.direct(r.Out)
		},
		ModifyResponse: func(r *http.Response) error {
			r.StatusCode = http.StatusOK
			r.Header.Del("Set-Cookie")
			return nil
		},
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// direct turns a request for a scene into the one that its page answers.
func (s scene) direct(r *http.Request) {
	path, query, _ := strings.Cut(s.path, "?")
	r.URL.Path, r.URL.RawQuery = path, query
	r.Header.Del("Sec-Fetch-Site")
	r.Header.Del("Origin")
	for _, c := range s.by.jar.Cookies(s.by.origin()) {
		r.AddCookie(c)
	}
	if s.pressed != nil {
		body := s.pressed.Encode()
		r.Method, r.Body, r.ContentLength = http.MethodPost, io.NopCloser(bytes.NewBufferString(body)), int64(len(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
}

// scenes are all pages in all their states.
func scenes(h *house) []scene {
	ctx := h.t.Context()
	anna := h.user("Anna Rossi", mce.Admin)
	bob := h.user("Bob", mce.Editor)
	bob.Email = "bartholomew.featherstonehaugh@department-of-digital-services.city.example"
	h.must(h.store.SaveUser(ctx, bob, mce.Actor{UserID: anna.ID, Origin: "2001:db8:85a3::8a2e:370:7334"}, "He has moved to the department of digital services.", business))
	h.must(h.store.RemoveUser(ctx, h.user("Carla", mce.Approver).ID, mce.Actor{UserID: anna.ID}, "left", business))

	stranger, late := h.browser(), h.browser()
	stranger.get("/desk/login")
	late.asks(anna.Email)
	over := h.links()[0]
	h.wall.pass(mce.LoginFor)
	asking, used := h.browser(), h.browser()
	asking.asks(anna.Email)
	links := h.links()
	good := links[len(links)-1]
	used.asks(bob.Email)
	links = h.links()
	spent := links[len(links)-1]
	copied := h.browser()
	copied.set("__Host-mce_browser", used.cookie("browser"))
	used.press(spent, spent)

	admin, editor := h.as(anna), h.as(bob)
	h.as(anna)
	token := func(b *browser) string { return b.get("/desk/me").token() }
	newcomer := h.browser()
	login := newcomer.get("/desk/login").token()
	welcome := h.as(anna)
	welcome.set("__Host-mce_said", "in.QW5uYSBSb3NzaQ")
	edit := "/desk/users/" + itoa(int(bob.ID))
	contents := h.contentScenes(admin) // what they edit is in the issues
	people := h.peopleScenes(admin)
	admin.press("/desk/issues/2/check", "/desk/issues/2/check")
	admin.home() // the message is said once
	first, begun := h.empty()
	return slices.Concat(contents, people, h.eventScenes(admin, editor), h.reminderScenes(admin, editor), h.seriesScenes(admin), h.topicScenes(admin), []scene{
		{"login", h.browser(), "/desk/login", nil},
		{"login-fault", newcomer, "/desk/login", url.Values{"token": {login}, "email": {"anna@"}}},
		{"login-sent", newcomer, "/desk/login", url.Values{"token": {login}, "email": {"anna@mce.example"}}},
		{"link", asking, good, nil},
		{"link-elsewhere", stranger, good, nil},
		{"link-used", copied, spent, nil},
		{"link-over", late, over, nil},
		{"link-removed", late, "/desk/login/" + h.keys.Token(mce.ForLogin, anna.ID, 99999), nil},
		{"fresh", admin, "/desk/fresh?next=/desk/users/new", nil},
		{"fresh-sent", admin, "/desk/fresh", url.Values{"token": {token(admin)}, "next": {"/desk/users/new"}}},
		{"home", welcome, "/desk/", nil},
		{"home-editor", editor, "/desk/", nil},
		{"home-first", first, "/desk/", nil},
		{"home-next", begun, "/desk/", nil},
		{"issues", editor, "/desk/issues", nil},
		{"issue-scheduled", admin, "/desk/issues/1", nil},
		{"issue-review", admin, "/desk/issues/2?find=", nil},
		{"issue-editor", editor, "/desk/issues/2", nil},
		{"issue-fault", editor, "/desk/issues/2/subject", url.Values{"token": {token(editor)}, "subject-it": {"Solo italiano"}}},
		{"issue-view", admin, "/desk/issues/2/view", nil},
		{"issue-view-text", editor, "/desk/issues/2/view?lang=it&form=text&device=phone&colours=dark&images=off", nil},
		{"issue-view-nobody", admin, "/desk/issues/2/view?as=nobody@mce.example", nil},
		{"issue-view-empty", admin, "/desk/issues/2/view?some=1", nil},
		{"issue-check", admin, "/desk/issues/2/check", nil},
		{"issue-unchecked", admin, "/desk/issues/4/check", nil},
		{"issue-check-fault", admin, "/desk/issues/2/approve", url.Values{"token": {token(admin)}, "seen": {"old"}}},
		{"issue-approved", admin, "/desk/issues/3/check", nil},
		{"issue-send", admin, "/desk/issues/3/send", nil},
		{"issue-send-fault", admin, "/desk/issues/3/schedule", url.Values{"token": {token(admin)}, "when": {"at"}, "at": {"x"}}},
		{"issue-send-scheduled", admin, "/desk/issues/1/send", nil},
		{"issue-sending", admin, "/desk/issues/5/send", nil},
		{"issue-cancelled", admin, "/desk/issues/7", nil},
		{"issue-void", admin, "/desk/issues/8/check", nil},
		{"issue-paused", admin, "/desk/issues/9/send", nil},
		{"issue-about-to-leave", admin, "/desk/issues/10/send", nil},
		{"issue-skipped", admin, "/desk/issues/11", nil},
		{"issue-words-clash", editor, "/desk/issues/2/subject", url.Values{"token": {token(editor)}, "seen": {"old"}, "subject-en": {"Ours"}, "note-en": {"Our note"}}},
		{"issue-test-fault", admin, "/desk/issues/3/test", url.Values{"token": {token(admin)}, "to": {"nobody"}}},
		{"issue-report", admin, "/desk/issues/6/report", nil},
		{"me", admin, "/desk/me", nil},
		{"users", admin, "/desk/users", nil},
		{"user-new", admin, "/desk/users/new", nil},
		{"user-fault", admin, "/desk/users/new", url.Values{"token": {token(admin)}, "name": {"Dora"}, "email": {"dora"}, "role": {"editor"}, "language": {"en"}}},
		{"user-conflict", admin, "/desk/users/new", url.Values{"token": {token(admin)}, "name": {"Anna"}, "email": {anna.Email}, "role": {"editor"}, "language": {"en"}}},
		{"user", admin, edit, nil},
		{"user-remove", admin, edit + "/remove", nil},
		{"audit", admin, "/desk/audit", nil},
		{"audit-none", admin, "/desk/audit?q=nothing", nil},
		{"error-403", editor, "/desk/users", nil},
		{"error-404", admin, "/desk/nowhere", nil},
		{"error-409", admin, "/desk/users/" + itoa(int(anna.ID)) + "/remove", url.Values{"token": {token(admin)}}},
	})
}

// fill puts issues in some states into the store: scheduled, in review, approved.
func (h *house) fill() {
	h.t.Helper()
	ctx := h.t.Context()
	series, err := h.store.Series(ctx, "newsletter")
	h.must(err)
	series.Sections = append([]mce.Section{}, series.Sections...)
	for i := range series.Sections {
		series.Sections[i].Quota = 1 // something is left for the next
	}
	series.Minimum = 1
	for day := range 3 {
		at := business.AddDate(0, 0, day)
		issue, _, err := h.store.Assemble(ctx, series, mce.Slot{Wall: at.Format("2006-01-02 15:04"), Due: at}, true, at)
		h.must(err)
		if issue.State != mce.InReview {
			h.t.Fatalf("%+v", issue)
		}
		if day == 1 {
			continue
		}
		by := mce.WithDeed(ctx, mce.Deed{By: mce.Actor{Name: "root at the command line"}, At: at})
		_, err = h.store.Approve(by, issue.ID, "Anna Rossi", h.letters.Look(), at)
		h.must(err)
		if day == 0 {
			_, err = h.store.Schedule(by, issue.ID, at.AddDate(0, 0, 1), h.letters.Look())
			h.must(err)
		}
	}
	h.subscribers(20)
	h.another(4)
	h.doubt(h.leaving(5).ID, 2)
	h.ended(h.leaving(6).ID)
	h.rarely()
	h.checks.finds(
		mce.Finding{Rule: "weekday", Level: mce.Blocking, Where: "subject", Words: "It says Wednesday 26 October, and that is a Thursday.", Lang: "it"},
		mce.Finding{Rule: "links", Level: mce.Advisory, Where: "footer", Words: "A page took long to answer."},
	)
}

// rarely puts issues in the states that editors seldom see, numbers 7 to 11: cancelled, void, paused, about to leave, skipped.
func (h *house) rarely() {
	h.t.Helper()
	ctx, look := h.t.Context(), h.letters.Look()
	approved := func(day int) mce.Issue {
		i, err := h.store.Approve(ctx, h.another(day).ID, "Anna Rossi", look, business)
		h.must(err)
		return i
	}
	_, err := h.store.Cancel(ctx, h.another(8).ID, "The host asked for it.", business)
	h.must(err)
	void := approved(9)
	_, err = h.store.SetWords(ctx, void.ID, mce.IssueWords{Note: mce.Text{"en": "A word before."}}, void.Words().Mark())
	h.must(err)
	_, err = h.store.VoidChanged(ctx, look, business)
	h.must(err)
	_, err = h.store.Pause(ctx, h.leaving(10).ID)
	h.must(err)
	_, err = h.store.Schedule(ctx, approved(11).ID, business, look)
	h.must(err)
	series, err := h.store.Series(ctx, "newsletter")
	h.must(err)
	series.Minimum = 1000
	at := business.AddDate(0, 0, 12)
	_, _, err = h.store.Assemble(ctx, series, mce.Slot{Wall: at.Format("2006-01-02 15:04"), Due: at}, true, at)
	h.must(err)
}

func TestEveryPageIsAccessible(t *testing.T) {
	browser, h := axetest.New(t), newHouse(t)
	h.fill()
	all := scenes(h)
	at := stage(t, h, all)
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			browser.Check(t, at+"/"+s.name, append(axetest.Views(), axetest.View{Width: 320})...)
		})
	}
	for _, s := range all {
		s.by.h.exec(`update users set language = 'it'`)
	}
	for _, s := range all {
		t.Run(s.name+"/it", func(t *testing.T) { browser.Check(t, at+"/"+s.name, axetest.View{Width: 375}) })
	}
}

// TestShots writes pictures of all pages to look at, into the folder named by PAGE_SHOTS; without it, it does nothing.
func TestShots(t *testing.T) {
	dir := os.Getenv("PAGE_SHOTS")
	if dir == "" {
		t.Skip("PAGE_SHOTS names no folder for pictures")
	}
	browser, h := axetest.New(t), newHouse(t)
	h.fill()
	all := scenes(h)
	at := stage(t, h, all)
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			for _, v := range axetest.Views() {
				browser.Shot(t, at+"/"+s.name, v, filepath.Join(dir, s.name+" "+v.String()+".png"))
			}
		})
	}
}
