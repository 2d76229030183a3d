package web_test

import (
	"net/http"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// moving asks for a move by the page and gives the link in the letter to the new address, as a path.
func (s *site) moving(p mce.Subscriber, to string) string {
	s.t.Helper()
	s.post(s.me(p, mce.SelfFor), "form", "move", "email", to).wants(s.t, http.StatusOK)
	return "/move/" + s.keys.Token(mce.ForMoving, p.ID, int64(s.count(`select max(id) from moves`)))
}

func TestANewAddressIsConfirmedThereByAButton(t *testing.T) {
	s, p, _ := proven(t, "anna@example.org")
	link := s.moving(p, "anna@city.example")
	a := s.get(link)
	a.wants(t, http.StatusOK, "Confirm your new address", "a…@example.org", "anna@city.example", `<form method="post" action="`+link+`?lang=en"`)
	a.lacks(t, "anna@example.org")
	guards(t, a, pagePolicy)
	s.ask(http.MethodPost, link, nil).wants(t, http.StatusOK, "Your address is changed", "anna@city.example")
	moved := s.subscriber("anna@city.example")
	record := s.record(moved)
	c := record[len(record)-1]
	if moved.ID != p.ID || c.Action != "changed" || c.Detail != "address" || c.Source != "new address" || c.Version != mce.ConsentVersion || c.Wording == "" {
		t.Errorf("%+v", record)
	}
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		a := s.ask(method, link, nil)
		a.wants(t, http.StatusGone, "There is nothing to confirm any more")
		a.lacks(t, "anna", `method="post"`)
	}
	if n := len(s.record(moved)); n != len(record) {
		t.Errorf("%d lines more on record", n-len(record))
	}
}

func TestAMoveThatCannotBe(t *testing.T) {
	s, anna, _ := proven(t, "anna@example.org")
	bruno, _ := s.reader("bruno@example.org", "en")
	taken := s.moving(anna, "bruno@example.org")
	s.get(taken).wants(t, http.StatusOK, "Confirm your new address") // that it is taken is told to who confirms
	s.ask(http.MethodPost, taken, nil).wants(t, http.StatusConflict, "This address has a subscription already", "bruno@example.org")

	foreign := "/move/" + s.keys.Token(mce.ForMoving, bruno.ID, int64(s.count(`select max(id) from moves`)))
	s.ask(http.MethodPost, foreign, nil).wants(t, http.StatusGone, "There is nothing to confirm any more")

	free := s.moving(anna, "anna@city.example")
	s.ask(http.MethodPost, "/leave/"+s.keys.Token(mce.ForLeaving, anna.ID, 0), nil).wants(t, http.StatusOK)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		a := s.ask(method, free, nil)
		a.wants(t, http.StatusConflict, "There is no subscription to move")
		a.lacks(t, `method="post"`)
	}
	if err := s.store.Erase(t.Context(), "anna@example.org", "test", frozen{}.Now()); err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		s.ask(method, free, nil).wants(t, http.StatusGone, "There is nothing to confirm any more")
	}
	if s.story(bruno) != "active: imported" {
		t.Error(s.story(bruno))
	}
}
