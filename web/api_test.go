package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// The interface has tests of its own; here it answers at its place, as guarded as the pages, and what it takes becomes of it what should.

func TestTheInterfaceAnswersBelowThePublicAddress(t *testing.T) {
	s := newSite(t, "https://example.org/mail")
	a := s.get("/mail/api/v1/subscriptions")
	a.wants(t, http.StatusOK, `"wording"`, mce.ConsentVersion)
	guards(t, a, pagePolicy)
	s.get("/mail/api/openapi.json").wants(t, http.StatusOK, `"url": "https://example.org/mail/api/v1"`)
	s.get("/mail/api/v1/events").wants(t, http.StatusUnauthorized, `"code":"unauthorized"`)
	s.get("/mail/api/nowhere").wants(t, http.StatusNotFound, `"code":"not_found"`)
	s.get("/api/v1/subscriptions").wants(t, http.StatusNotFound, "We cannot find this page")
}

// A programme is larger than any form.
func TestTheInterfaceHasABoundOfItsOwn(t *testing.T) {
	s := newSite(t, public)
	post := func(size int) answer {
		body := `{"email": "anna@example.org", "language": "en", "topics": ["events"], "agreed": true}` + strings.Repeat(" ", size)
		return s.ask(http.MethodPost, "/api/v1/subscriptions", strings.NewReader(body), "Content-Type", "application/json")
	}
	post(200<<10).wants(t, http.StatusAccepted)
	post(1<<20).wants(t, http.StatusRequestEntityTooLarge, `"code":"too_large"`)
	s.grant()
	if got := s.story(s.subscriber("anna@example.org")); got != "pending: asked" {
		t.Error(got)
	}
}

func TestWhereAPersonWasIsOnRecord(t *testing.T) {
	s := newSite(t, public)
	s.ask(http.MethodPost, "/api/v1/subscriptions", strings.NewReader(
		`{"email": "anna@example.org", "language": "en", "topics": ["events"], "agreed": true, "version": "`+mce.ConsentVersion+`", "origin": "2001:db8::7"}`),
		"Content-Type", "application/json").wants(t, http.StatusAccepted, `{"status":"asked"}`)
	s.grant()
	if n := s.count(`select count(*) from consent_details where email = 'anna@example.org' and origin = '2001:db8::7'`); n != 1 {
		t.Error("it is not")
	}
}
