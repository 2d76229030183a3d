package web_test

import (
	"net/http"
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
	p, confirm := s.asked("bruno@example.org", "it")
	s.ask(http.MethodPost, confirm, nil)
	s.ask(http.MethodPost, "/leave/"+s.keys.Token(mce.ForLeaving, p.ID, 1), nil)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		a := s.ask(method, confirm, nil)
		a.wants(t, http.StatusGone, "Questo link non è più valido", "Un vecchio link non la ripristina.", `href="/subscribe?lang=it"`)
		a.lacks(t, `method="post"`, "b…@")
	}
	if got := s.story(p); got != "unsubscribed: asked confirmed withdrawn" {
		t.Error(got)
	}
}

func TestWhoConfirmsTooLateIsToldSo(t *testing.T) {
	s := newSite(t, public)
	p, confirm := s.asked("bruno@example.org", "en")
	if err := s.store.UseKeys(t.Context(), s.keys); err != nil {
		t.Fatal(err)
	}
	keep := mce.Keep{Letters: 13, Unconfirmed: 30, Unsubscribed: 36, Delegates: 24}
	if purged, err := s.store.Purge(t.Context(), keep, frozen{}.Now().AddDate(0, 0, 31)); err != nil || purged.Unconfirmed != 1 {
		t.Fatalf("%+v, %v", purged, err)
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		a := s.ask(method, confirm, nil)
		a.wants(t, http.StatusGone, "This link does nothing any more", "not confirmed in time", `href="/subscribe?lang=en"`)
		a.lacks(t, `method="post"`, "bruno")
	}
	if q, err := s.store.SubscriberByID(t.Context(), p.ID); err != nil || q.State != mce.Erased {
		t.Errorf("%+v, %v", q, err)
	}
}
