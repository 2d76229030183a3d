package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func TestAFormIsToldWhatToShow(t *testing.T) {
	s := newSite(t)
	var form struct {
		Topics  []mce.Topic
		Paces   []string
		Wording map[string]string
		Version string
	}
	s.do(call{method: http.MethodGet, path: "/subscriptions", token: "none"}).into(t, http.StatusOK, &form)
	if len(form.Topics) == 0 || form.Version != mce.ConsentVersion || form.Wording["it"] == "" || form.Paces[0] != "each" {
		t.Errorf("%+v", form)
	}
}

// TestAWishIsWrittenDown, and granted by the scheduler: web has the tests of what becomes of it.
func TestAWishIsWrittenDown(t *testing.T) {
	s := newSite(t)
	body := strings.Replace(wish, "{", `{"version": "`+mce.ConsentVersion+`", "origin": "2001:db8::7", "country": "it", "pace": "monthly", `, 1)
	a := s.do(call{method: http.MethodPost, path: "/subscriptions", body: body, token: "none"})
	if a.StatusCode != http.StatusAccepted || a.body != `{"status":"asked"}`+"\n" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if n := s.sql(`select from wishes where email = 'anna@example.org' and country = 'IT' and pace = 'monthly' and source = 'interface' and origin = '2001:db8::7'`); n != 1 {
		t.Error("it is not")
	}
}

func TestAWishThatCannotBeTakenSaysWhere(t *testing.T) {
	s := newSite(t)
	for body, pointer := range map[string]string{
		strings.Replace(wish, "anna@example.org", "anna", 1):     "/email",
		strings.Replace(wish, `["events"]`, `[]`, 1):             "/topics",
		strings.Replace(wish, `["events"]`, `["nothing"]`, 1):    "/topics",
		strings.Replace(wish, `true`, `false`, 1):                "/agreed",
		strings.Replace(wish, `true`, `"yes"`, 1):                "/agreed",
		strings.Replace(wish, `{`, `{"admin": true, `, 1):        "/admin",
		strings.Replace(wish, `{`, `{"version": "1999-12", `, 1): "/version",
		strings.Replace(wish, `{`, `{"origin": "the moon", `, 1): "/origin",
		strings.Replace(wish, `{`, `{"country": "Italy", `, 1):   "/country",
		strings.Replace(wish, `"en"`, `"xx"`, 1):                 "/language",
		`{"email": "a`:                                           "/email",
	} {
		s.post("/subscriptions", body).gives(t, http.StatusBadRequest, "invalid", pointer)
	}
	s.do(call{method: http.MethodPost, path: "/subscriptions", header: map[string]string{"Content-Type": "application/json"}}).gives(t, http.StatusBadRequest, "invalid", "")
	if n := s.sql(`select from wishes`); n != 0 {
		t.Error("a wish is there all the same")
	}
}
