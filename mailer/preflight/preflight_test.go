package preflight_test

import (
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func TestAGoodIssueIsFoundGoodInAllItsEditions(t *testing.T) {
	s := newScene(t)
	r := s.examine(t)
	only(t, r)
	if r.Editions != 3 { // the whole issue in two languages, and the news alone in Italian
		t.Errorf("%d editions", r.Editions)
	}
	if !r.Moment.Equal(leaving) {
		t.Errorf("planned for %s", r.Moment)
	}
	seal, err := mce.SealOf(s.draft, s.options.Letters.Look(), mce.Issue{}.ScheduledFor)
	if err != nil || !r.Examined(seal) {
		t.Errorf("the fingerprint is not that of an approval: %v", err)
	}
}

// TestTheLinksOfAnExaminedMailBelongToNobody: it may be shown to another program.
func TestTheLinksOfAnExaminedMailBelongToNobody(t *testing.T) {
	s := newScene(t)
	keys, err := mce.NewKeys([]byte("a secret that is the same in every test"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	s.mail = func(raw string) string {
		head, _, _ := strings.Cut(strings.ReplaceAll(raw, "\r\n ", ""), "\r\n\r\n")
		_, token, _ := strings.Cut(head, site().LeaveURL(""))
		token, _, _ = strings.Cut(token, ">")
		person, _, err := keys.Open(mce.ForLeaving, token)
		if err != nil || person != 0 {
			t.Errorf("a link to leave for subscriber %d: %v", person, err)
		}
		seen++
		return raw
	}
	s.examine(t)
	if seen != 3 {
		t.Errorf("%d mails were made", seen)
	}
}
