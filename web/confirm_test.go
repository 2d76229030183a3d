package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func TestConfirmingAsksThenDoesThenHasDone(t *testing.T) {
	s := newSite(t, public)
	p, confirm := s.asked("bruno@example.org", "en")
	s.get(confirm).wants(t, http.StatusOK, "Confirm your subscription", wording, "Events", `<form method="post" action="`+confirm+`?lang=en"`)
	s.ask(http.MethodPost, confirm, nil).wants(t, http.StatusOK, "Your subscription is confirmed", "Events")
	s.ask(http.MethodPost, confirm, nil).wants(t, http.StatusOK, "Your subscription was already confirmed")
	s.get(confirm).wants(t, http.StatusOK, "Your subscription was already confirmed")
	if got := s.story(p); got != "active: asked confirmed" {
		t.Error(got)
	}
	if c := s.record(p)[1]; c.Wording != wording || c.Source != "confirmation link" || !c.At.Equal(frozen{}.Now()) {
		t.Errorf("the proof of consent: %+v", c)
	}
}

func TestAnOldConfirmLinkDoesNotBringBackWhoLeft(t *testing.T) {
	s := newSite(t, public)
	p, confirm := s.asked("bruno@example.org", "en")
	s.ask(http.MethodPost, confirm, nil)
	s.ask(http.MethodPost, "/leave/"+s.keys.Token(mce.ForLeaving, p.ID, 1), nil)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		a := s.ask(method, confirm, nil)
		a.wants(t, http.StatusConflict, "This subscription has ended since. An old link does not bring it back; please subscribe again.")
		if strings.Contains(a.body, `method="post"`) {
			t.Errorf("%s: there is a button that can do nothing", method)
		}
	}
	if got := s.story(p); got != "unsubscribed: asked confirmed withdrawn" {
		t.Error(got)
	}
}
