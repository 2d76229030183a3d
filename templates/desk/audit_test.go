package desk_test

import (
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/desk"
)

// TestDeedsHaveWordsInBothLanguages, and one that has none stays as the log has it.
func TestDeedsHaveWordsInBothLanguages(t *testing.T) {
	p := newPages(t)
	for _, c := range []struct {
		line   mce.Audit
		en, it string
		leads  string
	}{
		{line: mce.Audit{Action: mce.BeganIssue, Object: mce.OnIssue, ObjectID: 3}, en: "began an issue", it: "cominciare un numero", leads: "/desk/issues/3"},
		{line: mce.Audit{Action: mce.AuditAction(mce.Submit), Object: mce.OnIssue, ObjectID: 3}, en: "said that it is ready", it: "dire che è pronto", leads: "/desk/issues/3"},
		{line: mce.Audit{Action: mce.ChangedContent, Object: mce.OnArticle, ObjectID: 4}, en: "changed content", it: "modificare un contenuto", leads: "/desk/content/articles/4"},
		{line: mce.Audit{Action: mce.ChangedPlace, Object: mce.OnRegistration, ObjectID: 5, OfEvent: 2}, en: "changed a registration", it: "iscrizione", leads: "/desk/events/2/"},
		{line: mce.Audit{Action: mce.SavedSeries, Object: mce.OnSeries, ObjectID: 5, Detail: "letter"}, en: "newsletter", it: "salvare una newsletter", leads: "/desk/series/letter"},
		{line: mce.Audit{Action: "fold a letter", Object: "letter", ObjectID: 9}, en: "fold a letter", it: `<span lang="en">fold a letter</span>`},
	} {
		for lang, says := range map[mce.Lang]string{mce.English: c.en, "it": c.it} {
			var b strings.Builder
			if err := p.Audit(&b, lang, desk.Audit{Lines: []mce.Audit{c.line}}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), says) || c.leads != "" && !strings.Contains(b.String(), `href="`+c.leads) {
				t.Errorf("%s in %s: no %q, or no way to %q", c.line.Action, lang, says, c.leads)
			}
		}
	}
}
