package web_test

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

func TestScannersChangeNothing(t *testing.T) {
	s := newSite(t, public)
	anna, leave := s.reader("anna@example.org", "en")
	bruno, confirm := s.asked("bruno@example.org", "en")
	carla, left := s.reader("carla@example.org", "en")
	s.ask(http.MethodPost, left, nil)
	choices := strings.Replace(leave, "/leave/", "/choices/", 1)
	for range 3 {
		for _, method := range methods {
			if method == http.MethodPost {
				continue
			}
			for _, path := range []string{leave, leave + "/undo", choices, choices + "/pause?months=3", choices + "/link", left, left + "/undo", confirm} {
				s.ask(method, path, nil)
			}
			s.ask(method, leave+"?List-Unsubscribe=One-Click", nil)
		}
	}
	if got := s.story(anna); got != "active: imported" {
		t.Error(got)
	}
	if got := s.story(bruno); got != "pending: asked" {
		t.Error(got)
	}
	if got := s.story(carla); got != "unsubscribed: imported withdrawn" {
		t.Error(got)
	}
	var wishes int
	if err := pgtest.DB(t, s.database).QueryRowContext(t.Context(), `select count(*) from wishes`).Scan(&wishes); err != nil || wishes != 0 {
		t.Errorf("%d wishes, %v", wishes, err)
	}
}

func multipartForm(t *testing.T, fields url.Values) (body, contentType string) {
	t.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	for name, values := range fields {
		for _, value := range values {
			if err := w.WriteField(name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Close()
	return b.String(), w.FormDataContentType()
}

// RFC 8058 §3.2: both kinds of form must do; mail programs in the wild send less than a form, too.
func TestOneClickLeavesWhateverTheBodyIs(t *testing.T) {
	s := newSite(t, public)
	multi, multiType := multipartForm(t, url.Values{"List-Unsubscribe": {"One-Click"}})
	const urlencoded = "application/x-www-form-urlencoded"
	for _, c := range []struct {
		name, contentType string
		body              io.Reader
		headers           []string
	}{
		{"urlencoded", urlencoded, strings.NewReader("List-Unsubscribe=One-Click"), nil},
		{"multipart", multiType, strings.NewReader(multi), nil},
		{"empty", urlencoded, strings.NewReader(""), nil},
		{"none", "", nil, nil},
		{"chunked", urlencoded, io.MultiReader(strings.NewReader("List-Unsubscribe="), strings.NewReader("One-Click")), nil},
		{"another-form", urlencoded, strings.NewReader("a=b&%zz"), nil},
		{"multipart-cut-off", multiType, strings.NewReader(multi[:len(multi)/2]), nil},
		{"multipart-without-boundary", "multipart/form-data", strings.NewReader(multi), nil},
		{"json", "application/json", strings.NewReader(`{"a":`), nil},
		{"up-to-the-limit", urlencoded, strings.NewReader(strings.Repeat("x", 64<<10)), nil},
		{"cookie-from-elsewhere", urlencoded, nil, []string{"Cookie", "session=1", "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, leave := s.reader(c.name+"@example.org", "en")
			a := s.ask(http.MethodPost, leave, c.body, append(c.headers, "Content-Type", c.contentType)...)
			a.wants(t, http.StatusOK, "You are unsubscribed")
			guards(t, a, pagePolicy)
			again := s.ask(http.MethodPost, leave, strings.NewReader("List-Unsubscribe=One-Click"), "Content-Type", urlencoded)
			again.wants(t, http.StatusOK, "You were already unsubscribed")
			s.get(leave).wants(t, http.StatusOK, "You were already unsubscribed")
			if got := s.story(p); got != "unsubscribed: imported withdrawn" {
				t.Error(got)
			}
		})
	}
}

func TestALeavePageAsksFirst(t *testing.T) {
	s := newSite(t, public)
	_, leave := s.reader("anna@example.org", "en")
	s.get(leave).wants(t, http.StatusOK, "Unsubscribe", `<form method="post" action="`+leave+`?lang=en"`, "nothing changes until you press the button")
}

func TestALeaveLinkOfAnOldIssueWorks(t *testing.T) {
	s := newSite(t, public)
	p, _ := s.reader("anna@example.org", "en")
	old := "/leave/" + s.keys.Token(mce.ForLeaving, p.ID, 7)
	s.ask(http.MethodPost, old, nil).wants(t, http.StatusOK, "You are unsubscribed")
}

// Also at the second click: the first may have been answered by another daemon.
func TestTheMailerHearsWhoLeavesBeforeTheyAreAnswered(t *testing.T) {
	s := newSite(t, public)
	anna, leave := s.reader("anna@example.org", "en")
	s.get(leave)
	for clicks := 1; clicks <= 2; clicks++ {
		s.ask(http.MethodPost, leave, nil).wants(t, http.StatusOK)
		if len(s.left) != clicks || s.left[clicks-1] != anna.ID {
			t.Errorf("after %d clicks the mailer has heard of %v", clicks, s.left)
		}
	}
}

// Somebody who was asked to confirm and gets a newsletter's link first may use it.
func TestWhoIsNotYetConfirmedCanLeave(t *testing.T) {
	s := newSite(t, public)
	p, _ := s.asked("bruno@example.org", "en")
	s.ask(http.MethodPost, "/leave/"+s.keys.Token(mce.ForLeaving, p.ID, 1), nil).wants(t, http.StatusOK)
	if got := s.story(p); got != "unsubscribed: asked withdrawn" {
		t.Error(got)
	}
}

func TestABodyOverTheLimitIsRefusedAndChangesNothing(t *testing.T) {
	s := newSite(t, public)
	anna, leave := s.reader("anna@example.org", "en")
	bruno, confirm := s.asked("bruno@example.org", "en")
	for _, path := range []string{leave, confirm} {
		a := s.ask(http.MethodPost, path, strings.NewReader(strings.Repeat("x", 64<<10+1)), "Content-Type", "application/x-www-form-urlencoded")
		a.wants(t, http.StatusRequestEntityTooLarge, "This did not work", "More was sent than any form of ours sends.")
		guards(t, a, pagePolicy)
	}
	if got := s.story(anna) + ", " + s.story(bruno); got != "active: imported, pending: asked" {
		t.Error(got)
	}
}

func TestTheLinkOfAnErasedPersonAsksNothing(t *testing.T) {
	s := newSite(t, public)
	_, leave := s.reader("anna@example.org", "en")
	if err := errors.Join(s.store.UseKeys(t.Context(), s.keys), s.store.Erase(t.Context(), "anna@example.org", "test", frozen{}.Now())); err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		a := s.ask(method, leave, nil)
		a.wants(t, http.StatusOK, "You were already unsubscribed")
		if strings.Contains(a.body, `method="post"`) || strings.Contains(a.body, "…@") {
			t.Errorf("%s: there is a button that can do nothing, or an address of nobody:\n%s", method, a.body)
		}
	}
	choices := strings.Replace(leave, "/leave/", "/choices/", 1)
	for _, path := range []string{choices, choices + "/pause", choices + "/link", leave + "/undo"} {
		a := s.post(path, "months", "3", "topics", "events")
		a.wants(t, http.StatusOK, "We send you no newsletters.")
		if strings.Contains(a.body, `method="post"`) {
			t.Errorf("%s: there is a button that can do nothing:\n%s", path, a.body)
		}
	}
}

func TestAReasonIsReadFromBothKindsOfForm(t *testing.T) {
	s := newSite(t, public)
	multi, multiType := multipartForm(t, url.Values{"reason": {"new-work"}})
	for name, c := range map[string]struct{ contentType, body, want string }{
		"urlencoded": {"application/x-www-form-urlencoded", "reason=too-many", "reason: too-many"},
		"multipart":  {multiType, multi, "reason: new-work"},
		"none":       {"application/x-www-form-urlencoded", "reason=", ""},
		"unheard-of": {"application/x-www-form-urlencoded", "reason=%3Cscript%3E", ""},
		"twice":      {"application/x-www-form-urlencoded", "reason=never-asked&reason=x", "reason: never-asked"},
	} {
		p, leave := s.reader(name+"@example.org", "en")
		s.ask(http.MethodPost, leave, strings.NewReader(c.body), "Content-Type", c.contentType).wants(t, http.StatusOK, "You are unsubscribed")
		if got := s.record(p)[1].Detail; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	p, leave := s.reader("query@example.org", "en")
	s.ask(http.MethodPost, leave+"?reason=too-many", nil).wants(t, http.StatusOK)
	if got := s.record(p)[1].Detail; got != "" {
		t.Errorf("a reason that nobody sent: %q", got)
	}
}

// Whoever leaves before confirming has nothing to take back, even if they were a reader once.
func TestNobodyBecomesAReaderByUndoing(t *testing.T) {
	s := newSite(t, public)
	once, left := s.reader("once@example.org", "en")
	s.post(left)
	s.asked("once@example.org", "en")
	never, _ := s.asked("never@example.org", "en")
	for _, p := range []mce.Subscriber{once, never} {
		leave := "/leave/" + s.keys.Token(mce.ForLeaving, p.ID, 0)
		for step, a := range map[string]answer{"asking": s.get(leave), "undoing what was not done": s.post(leave + "/undo")} {
			a.wants(t, http.StatusOK, "Unsubscribe "+mce.MaskAddress(p.Email)+"?")
			if strings.Contains(a.body, "Pause for") {
				t.Errorf("%s: a pause of what has not begun", step)
			}
		}
		for step, a := range map[string]answer{"leaving": s.post(leave), "undoing": s.post(leave + "/undo"), "looking": s.get(leave)} {
			a.wants(t, http.StatusOK, "Would you like to read us again?")
			if strings.Contains(a.body, "Subscribe me again") {
				t.Errorf("%s: an undo is offered that does nothing", step)
			}
		}
	}
	if got := s.story(once) + ", " + s.story(never); got != "unsubscribed: imported withdrawn asked withdrawn, unsubscribed: asked withdrawn" {
		t.Error(got)
	}
}
