package preflight_test

import (
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
