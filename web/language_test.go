package web_test

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func TestThePageSpeaksTheLanguageAskedForThenTheReadersThenTheBrowsers(t *testing.T) {
	s := newSite(t, public)
	_, english := s.reader("anna@example.org", "en")
	_, italian := s.reader("bruna@example.org", "it")
	for _, c := range []struct{ path, accept, want string }{
		{"/help", "", "en"},
		{"/help", "it", "it"},
		{"/help", "it-CH, en;q=0.5", "it"},
		{"/help", "de, it;q=0.5, en;q=0.4", "it"},
		{"/help", "de, fr", "en"},
		{"/help", "\"nonsense;;q=,", "en"},
		{"/help?lang=it", "en", "it"},
		{"/help?lang=en", "it", "en"},
		{"/help?lang=xx", "it", "it"},
		{"/nowhere", "it", "it"},
		{italian, "en", "it"},
		{italian + "?lang=en", "it", "en"},
		{english, "it", "en"},
		{english + "?lang=it", "", "it"},
		{english + "?lang=xx", "it", "en"},
	} {
		t.Run(c.path+" "+c.accept, func(t *testing.T) {
			a := s.get(c.path, "Accept-Language", c.accept)
			if got := a.Header.Get("Content-Language"); got != c.want {
				t.Errorf("Content-Language %s, want %s", got, c.want)
			}
			a.wants(t, a.StatusCode, `<html lang="`+c.want+`"`)
		})
	}
}

func TestTheButtonKeepsLanguageAndDisplay(t *testing.T) {
	s := newSite(t, public)
	_, leave := s.reader("anna@example.org", "en")
	a := s.get(leave + "?lang=it&text=large&contrast=high")
	_, rest, _ := strings.Cut(a.body, `<form method="post" action="`)
	action, _, _ := strings.Cut(rest, `"`)
	done := s.ask(http.MethodPost, html.UnescapeString(action), nil)
	done.wants(t, http.StatusOK, `<html lang="it"`, `data-text="large"`, `data-contrast="high"`)
}

func TestAPageShowsTheAddressMaskedOnly(t *testing.T) {
	s := newSite(t, public)
	p, leave := s.reader("anna.rossi@example.org", "en")
	_, confirm := s.asked("bruno@example.org", "it")
	left := "/leave/" + s.keys.Token(mce.ForLeaving, p.ID, 2)
	for _, step := range []struct{ method, path, masked string }{
		{http.MethodGet, confirm, "b…@example.org"},
		{http.MethodPost, confirm, "b…@example.org"},
		{http.MethodGet, confirm, "b…@example.org"},
		{http.MethodGet, leave, "a…@example.org"},
		{http.MethodPost, leave, "a…@example.org"},
		{http.MethodGet, left, "a…@example.org"},
	} {
		a := s.ask(step.method, step.path, nil)
		a.wants(t, http.StatusOK, step.masked)
		for _, secret := range []string{"anna", "Anna", "Rossi", "bruno"} {
			if strings.Contains(a.body, secret) {
				t.Errorf("%s %s shows %q", step.method, step.path, secret)
			}
		}
	}
}
