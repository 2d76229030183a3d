package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func TestALinkThatIsNotOursGets404AndASentence(t *testing.T) {
	s := newSite(t, public)
	anna, leave := s.reader("anna@example.org", "en")
	bruno, confirm := s.asked("bruno@example.org", "en")
	other, err := mce.NewKeys([]byte(strings.Repeat("o", mce.MinSecret)))
	if err != nil {
		t.Fatal(err)
	}
	leaveToken, confirmToken := strings.TrimPrefix(leave, "/leave/"), strings.TrimPrefix(confirm, "/confirm/")
	changed := []byte(leaveToken)
	changed[len(changed)/2] ^= 1
	const sentence = "This link is not one of ours, or it was cut off on its way. Please use the whole link from the mail."
	for _, c := range []struct{ name, path, says string }{
		{"cut off", leave[:len(leave)-1], sentence},
		{"longer", leave + "A", sentence},
		{"one bit changed", "/leave/" + string(changed), sentence},
		{"another secret", "/leave/" + other.Token(mce.ForLeaving, anna.ID, 1), sentence},
		{"a confirmation's to leave", "/leave/" + confirmToken, sentence},
		{"a leaver's to confirm", "/confirm/" + leaveToken, sentence},
		{"a delegate's to leave", "/leave/" + s.keys.Token(mce.ForDelegate, anna.ID, 0), sentence},
		{"a return path's to leave", "/leave/" + s.keys.Token(mce.ForReturn, anna.ID, 0), sentence},
		{"no token", "/leave/x", sentence},
		{"a slot left unfilled", "/leave/%7B%7Btoken%7D%7D", sentence},
		{"a byte that is no text", "/leave/%ff%00", sentence},
		{"very long", "/leave/" + strings.Repeat("A", 4000), sentence},
		{"nobody any more", "/leave/" + s.keys.Token(mce.ForLeaving, 999, 1), "there is no such subscriber"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				a := s.ask(method, c.path, nil)
				a.wants(t, http.StatusNotFound, "We cannot find this page", c.says, "office@mce.example")
				guards(t, a, pagePolicy)
			}
		})
	}
	t.Run("somebody else's consent", func(t *testing.T) {
		foreign := "/confirm/" + s.keys.Token(mce.ForConfirming, bruno.ID, s.record(anna)[0].ID)
		s.ask(http.MethodPost, foreign, nil).wants(t, http.StatusNotFound, "there is nothing to confirm any more")
	})
	if got := s.story(anna) + ", " + s.story(bruno); got != "active: imported, pending: asked" {
		t.Error(got)
	}
}
