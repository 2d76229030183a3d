package main

import (
	"regexp"
	"testing"
	"time"
)

// TestPurgeTellsWhoWent: one who left four years ago, and one who was asked then and did not confirm.
func TestPurgeTellsWhoWent(t *testing.T) {
	h, c := newHouse(t), newClock()
	h.clock = c
	h.do("migrate")
	h.do("content", "import", "testdata/library.json")
	h.do("subscriber", "add", "left@example.org")
	h.do("subscriber", "add", "asked@example.org")
	h.exec(`update subscribers set state = 'unsubscribed' where email = 'left@example.org'`)
	c.forward(4 * 366 * 24 * time.Hour)
	h.exec(`insert into wishes (email, language, topics, wording, version, source, at) values ('stuck@example.org', 'en', '{}', '', '', '', $1)`, c.Now().AddDate(0, 0, -8))
	rows := func(done string) *regexp.Regexp {
		return regexp.MustCompile(`(?s)people who did not confirm +1 +` + done + `\n.*people who left +1 +` + done + `\n.*wishes that could not be granted +1 +` + done)
	}
	if out := h.do("purge", "--dry-run"); !rows("would be removed").MatchString(out) {
		t.Errorf("it would tell\n%s", out)
	}
	if out := h.do("purge"); !rows("removed").MatchString(out) {
		t.Errorf("it tells\n%s", out)
	}
	if n := h.number(`select count(*) from subscribers where state = 'erased'`); n != 2 {
		t.Errorf("%d people are erased", n)
	}
	if out := h.do("consent", "verify"); out == "" {
		t.Error("the record of consent says nothing")
	}
}
