package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// The policies: of our pages, and of the issues in the archive, whose pictures are elsewhere.
const (
	pagePolicy    = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	archivePolicy = "default-src 'none'; style-src 'self'; img-src 'self' data: https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

const (
	htmlType  = "text/html; charset=utf-8"
	plainType = "text/plain; charset=utf-8"
)

func TestEveryRouteAnswersItsMethodsAndNoOthers(t *testing.T) {
	s := newSite(t, public)
	_, leave := s.reader("anna@example.org", "en")
	_, confirm := s.asked("bruno@example.org", "en")
	_, stays := s.reader("carla@example.org", "en")
	choices := strings.Replace(stays, "/leave/", "/choices/", 1)
	place, booking := s.pathOf(s.placed("place@example.org")), s.booked("dora@example.org", "ezio@example.org")
	cancelling := fmt.Sprintf("%s/cancel/%d", booking, s.registration("dora@example.org").ID)
	s.send()
	const forEver, aWhile = "public, max-age=31536000, immutable", "public, max-age=300"
	routes := []struct {
		path, answers, contentType, policy, cache string
	}{
		{"/", "GET HEAD", htmlType, pagePolicy, "no-store"},
		{"/help", "GET HEAD", htmlType, pagePolicy, "no-store"},
		{"/archive", "GET HEAD", htmlType, pagePolicy, "no-store"},
		{"/archive/newsletter/1/en", "GET HEAD", htmlType, archivePolicy, "no-store"},
		{"/archive/newsletter/it", "GET HEAD", htmlType, pagePolicy, "no-store"},
		{"/archive/newsletter/it/feed.atom", "GET HEAD", "application/atom+xml; charset=utf-8", pagePolicy, aWhile},
		{"/archive/newsletter/it/feed.rss", "GET HEAD", "application/rss+xml; charset=utf-8", pagePolicy, aWhile},
		{"/archive/newsletter/it/feed.json", "GET HEAD", "application/feed+json", pagePolicy, aWhile},
		{"/privacy", "GET HEAD", htmlType, pagePolicy, "no-store"},
		{"/accessibility", "GET HEAD", htmlType, pagePolicy, "no-store"},
		{confirm, "GET HEAD POST", htmlType, pagePolicy, "no-store"},
		{leave, "GET HEAD POST", htmlType, pagePolicy, "no-store"},
		{leave + "/undo", "GET HEAD POST", htmlType, pagePolicy, "no-store"},
		{choices, "GET HEAD POST", htmlType, pagePolicy, "no-store"},
		{choices + "/pause", "GET HEAD POST", htmlType, pagePolicy, "no-store"},
		{choices + "/link", "GET HEAD POST", htmlType, pagePolicy, "no-store"},
		{"/events", "GET HEAD", htmlType, pagePolicy, "no-store"},
		{"/events/prato-2023", "GET HEAD POST", htmlType, pagePolicy, "no-store"},
		{place, "GET HEAD POST", htmlType, pagePolicy, "no-store"},
		{place + "/cancel", "GET HEAD POST", htmlType, pagePolicy, "no-store"},
		{booking, "GET HEAD", htmlType, pagePolicy, "no-store"},
		{cancelling, "GET HEAD POST", htmlType, pagePolicy, "no-store"},
		{"/subscribe", "GET HEAD POST", htmlType, pagePolicy, "no-store"},
		{"/link", "GET HEAD POST", htmlType, pagePolicy, "no-store"},
		{s.picture(), "GET HEAD", "image/png", "default-src 'none'; frame-ancestors 'none'", forEver},
		{"/" + s.pages.StylesheetName(), "GET HEAD", "text/css; charset=utf-8", pagePolicy, forEver},
		{"/healthz", "GET HEAD", plainType, pagePolicy, "no-store"},
		{"/readyz", "GET HEAD", "application/json", pagePolicy, "no-store"},
		{"/nowhere", "", "", "", ""},
		{"/archive/newsletter", "", "", "", ""},
		{"/archive/newsletter/it/feed.opml", "", "", "", ""},
		{"/leave", "", "", "", ""},
		{"/registration", "", "", "", ""},
		{"/booking", "", "", "", ""},
		{booking + "/cancel", "", "", "", ""},
		{"/choices", "", "", "", ""},
		{choices + "/undo", "", "", "", ""},
		{"/leave/a/b", "", "", "", ""},
		{"/style.00000000.css", "", "", "", ""},
	}
	// What a form says that nobody filled in.
	unfilled := map[string]int{
		choices: http.StatusUnprocessableEntity, choices + "/pause": http.StatusBadRequest, "/subscribe": http.StatusUnprocessableEntity, "/link": http.StatusUnprocessableEntity,
		"/events/prato-2023": http.StatusUnprocessableEntity, place: http.StatusUnprocessableEntity,
	}
	for _, route := range routes {
		for _, method := range methods {
			t.Run(method+" "+route.path, func(t *testing.T) {
				a := s.ask(method, route.path, nil)
				status, contentType, policy, cache := http.StatusNotFound, htmlType, pagePolicy, "no-store"
				if strings.Contains(" "+route.answers+" ", " "+method+" ") {
					status, contentType, policy, cache = http.StatusOK, route.contentType, route.policy, route.cache
				}
				if refused := unfilled[route.path]; refused != 0 && method == http.MethodPost {
					status = refused
				}
				a.wants(t, status)
				guards(t, a, policy)
				if got := a.Header.Get("Content-Type"); got != contentType {
					t.Errorf("Content-Type: %s", got)
				}
				if got := a.Header.Get("Cache-Control"); got != cache {
					t.Errorf("Cache-Control: %q, want %q", got, cache)
				}
				if empty := a.body == ""; empty != (method == http.MethodHead) {
					t.Errorf("body: %q", a.body)
				}
			})
		}
	}
}

// guards checks the headers that every answer has.
func guards(t *testing.T, a answer, policy string) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Security-Policy":    policy,
		"X-Content-Type-Options":     "nosniff",
		"Referrer-Policy":            "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Strict-Transport-Security":  "max-age=31536000",
		"Set-Cookie":                 "",
		"Location":                   "",
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestHTTPSIsAskedForOnlyWhereThePagesHaveIt(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:8080")
	if got := s.get("/").Header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("Strict-Transport-Security: %q", got)
	}
}

func TestAPublicAddressWithAPathHoldsEveryPageBelowIt(t *testing.T) {
	s := newSite(t, "https://example.org/mail")
	p, leave := s.reader("anna@example.org", "en")
	_, confirm := s.asked("bruno@example.org", "en")
	s.send()
	place := s.pathOf(s.placed("place@example.org"))
	for _, path := range []string{"/events", "/events/prato-2023", place, place + "/cancel", "/", "/help", "/archive", "/archive/newsletter/1/en", "/archive/newsletter/en", "/archive/newsletter/en/feed.atom",
		"/privacy", "/accessibility", confirm, leave, "/" + s.pages.StylesheetName(), "/healthz", "/readyz"} {
		s.get("/mail"+path).wants(t, http.StatusOK)
		s.get(path).wants(t, http.StatusNotFound, "We cannot find this page", `href="/mail/`+s.pages.StylesheetName()+`"`)
	}
	for _, path := range []string{"/mailbox", "/mail/nowhere", "/mail/mail/help"} {
		s.get(path).wants(t, http.StatusNotFound, "We cannot find this page")
	}
	if a := s.get("/mail"); a.StatusCode/100 != 3 || a.Header.Get("Location") != "/mail/" {
		t.Errorf("/mail: status %d, Location %q", a.StatusCode, a.Header.Get("Location"))
	}

	asking := s.get("/mail" + leave)
	asking.wants(t, http.StatusOK, `action="/mail`+leave+`?lang=en"`, `href="/mail`+leave+`?lang=it"`)
	if strings.Contains(asking.body, `"/leave/`) || strings.Contains(asking.body, `/mail/mail/`) {
		t.Errorf("a link misses the path:\n%s", asking.body)
	}
	s.get("/mail/archive").wants(t, http.StatusOK, `href="/mail/archive/newsletter/1/en"`)
	s.ask(http.MethodPost, "/mail"+leave, nil).wants(t, http.StatusOK, "You are unsubscribed")
	if got := s.story(p); got != "unsubscribed: imported withdrawn" {
		t.Error(got)
	}
}

// picture is the path of a picture of content.
func (s *site) picture() string {
	s.t.Helper()
	const name = "0123456789abcdef0123456789abcdef"
	file := mce.ImageFile{Name: name + "-1.png", Width: 1, Height: 1, Type: "image/png", Content: []byte("a picture")}
	_, err := s.store.AddImage(s.t.Context(), mce.Image{Name: name, Title: "x.png", Alt: mce.Text{"en": "A dot"}, Files: []mce.ImageFile{file}}, frozen{}.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return "/images/" + file.Name
}
