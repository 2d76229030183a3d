package letter_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// TestSlots: exactly the slots of its kind survive in both parts of a letter, whole.
func TestSlots(t *testing.T) {
	form := regexp.MustCompile(`^[a-z0-9]{10}$`)
	each(t, func(t *testing.T, s sample, e mce.Edition) {
		if len(s.slots) == 0 {
			if e.Nonce != "" || regexp.MustCompile(`zq\w+qz`).MatchString(e.HTML+e.Text) {
				t.Error("a page without slots has some")
			}
			return
		}
		if !form.MatchString(e.Nonce) {
			t.Errorf("nonce %q", e.Nonce)
		}
		for _, part := range []string{e.HTML, e.Text} {
			rest := part
			for _, slot := range s.slots {
				if !strings.Contains(rest, mce.SlotMark(e.Nonce, slot)) {
					t.Errorf("no %s in %s", slot, part)
				}
				rest = strings.ReplaceAll(rest, mce.SlotMark(e.Nonce, slot), "")
			}
			if strings.Contains(rest, e.Nonce) {
				t.Error("the nonce stands outside of the slots")
			}
		}
	})
}

func TestSlotLinks(t *testing.T) {
	l := newLetters(t)
	news, err := l.Newsletter(draft(), "en")
	if err != nil {
		t.Fatal(err)
	}
	ask, err := l.OptIn("en", nil)
	if err != nil {
		t.Fatal(err)
	}
	welcome, err := l.Welcome("en", mce.Choices{}, latest())
	if err != nil {
		t.Fatal(err)
	}
	self, err := l.Link("en")
	if err != nil {
		t.Fatal(err)
	}
	login, err := l.Login("en")
	if err != nil {
		t.Fatal(err)
	}
	move, err := l.Move(reader())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		e    mce.Edition
		link string
	}{
		{news, site().ChoicesURL(mce.SlotMark(news.Nonce, mce.SlotToken))},
		{welcome, site().LeaveURL(mce.SlotMark(welcome.Nonce, mce.SlotToken))},
		{welcome, site().ChoicesURL(mce.SlotMark(welcome.Nonce, mce.SlotToken))},
		{self, site().SelfURL(mce.SlotMark(self.Nonce, mce.SlotToken))},
		{login, site().LoginURL(mce.SlotMark(login.Nonce, mce.SlotToken))},
		{move, site().MoveURL(mce.SlotMark(move.Nonce, mce.SlotToken))},
		{news, site().LeaveURL(mce.SlotMark(news.Nonce, mce.SlotToken))},
		{ask, site().ConfirmURL(mce.SlotMark(ask.Nonce, mce.SlotToken))},
	} {
		if !strings.Contains(c.e.HTML, `href="`+c.link+`"`) || !strings.Contains(c.e.Text, c.link) {
			t.Errorf("%s is not in both parts", c.link)
		}
	}
	if news.Nonce == ask.Nonce {
		t.Error("two renderings share a nonce")
	}
}
