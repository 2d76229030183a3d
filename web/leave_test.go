package web_test

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func TestScannersChangeNothing(t *testing.T) {
	s := newSite(t, public)
	anna, leave := s.reader("anna@example.org", "en")
	bruno, confirm := s.asked("bruno@example.org", "en")
	for range 3 {
		for _, method := range methods {
			if method == http.MethodPost {
				continue
			}
			s.ask(method, leave, nil)
			s.ask(method, confirm, nil)
			s.ask(method, leave+"?List-Unsubscribe=One-Click", nil)
		}
	}
	if got := s.story(anna); got != "active: imported" {
		t.Error(got)
	}
	if got := s.story(bruno); got != "pending: asked" {
		t.Error(got)
	}
}

func multipartForm(t *testing.T) (body, contentType string) {
	t.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	if err := w.WriteField("List-Unsubscribe", "One-Click"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.String(), w.FormDataContentType()
}

// RFC 8058 §3.2: both kinds of form must do; mail programs in the wild send less than a form, too.
func TestOneClickLeavesWhateverTheBodyIs(t *testing.T) {
	s := newSite(t, public)
	multi, multiType := multipartForm(t)
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
		if strings.Contains(a.body, `method="post"`) {
			t.Errorf("%s: there is a button that can do nothing", method)
		}
	}
}
