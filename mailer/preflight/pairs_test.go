package preflight_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mailer/preflight"
	"github.com/majorcities/mce-mailer/mce"
)

// pair is a change of a good issue that breaks a rule, and one like it that the rule must let pass.
type pair struct {
	breaks, keeps func(*scene)
}

// pairs has a pair for each rule, by the rule's name.
func pairs(t *testing.T) map[string]pair {
	t.Helper()
	body := func(en string) func(*scene) { return func(s *scene) { s.article().Body = both(en, "Venite.") } }
	inMail := func(mark string) func(*scene) {
		return func(s *scene) { s.edition = inHTML("</body>", mark+"</body>") }
	}
	inHead := func(field string) func(*scene) {
		return func(s *scene) { s.mail = replaced("\r\nPrecedence:", "\r\n"+field+"\r\nPrecedence:") }
	}
	moreText := func(words string) func(*scene) {
		return func(s *scene) { s.edition = func(e *mce.Edition) { e.Text += words } }
	}
	server := newWeb(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/nowhere" {
			w.WriteHeader(http.StatusNotFound)
		}
	})
	link := func(path string) func(*scene) {
		return func(s *scene) { *s = *linked(t, preflight.LinkOptions{Loopback: true}, server.URL+path) }
	}
	dns := func(spf string) func(*scene) {
		return func(s *scene) {
			*s = *linked(t, preflight.LinkOptions{})
			s.article().Body = both("It is so.", "È così.")
			n := wellKnown(s)
			n["mail.majorcities.example"] = []string{spf}
			s.options.Network.Resolver = n
		}
	}
	spamd := func(answer string) func(*scene) {
		return func(s *scene) {
			s.options.Spamd, _ = fakeSpamd(t, "SPAMD/1.1 0 EX_OK\r\nSpam: "+answer+" / 5.0\r\n\r\nHTML_ONLY")
		}
	}
	return map[string]pair{
		"weekday":   {body("Come on Wednesday 26 October 2023."), body("Come on Thursday 26 October 2023.")},
		"past-date": {body("Register by 4 October 2023."), body("Register by 6 October 2023.")},
		"past-event": {
			func(s *scene) { s.event().Starts, s.event().Ends = leaving.AddDate(0, 0, -2), leaving.Add(-1) },
			func(s *scene) { s.event().Starts, s.event().Ends = leaving.Add(1), leaving.AddDate(0, 0, 2) },
		},
		"time-zone": {body("The webinar begins at 15:00."), body("The webinar begins at 15:00 CEST.")},
		"subject": {
			func(s *scene) { s.edition = func(e *mce.Edition) { e.Subject = " " } },
			func(s *scene) { s.edition = func(e *mce.Edition) { e.Subject = "P" } },
		},
		"placeholder": {body("Dear {{name}}, come."), body("Dear [friends], come.")},
		"language": {
			func(s *scene) { delete(s.article().Body, "it") },
			func(s *scene) { delete(s.article().Body, "it"); s.store.readers = someReaders()[:1] }, // nobody reads Italian
		},
		"stale": {
			func(s *scene) { s.store.stale = map[mce.ItemRef][]string{{Kind: mce.KindArticle, ID: 1}: {"body_it"}} },
			func(s *scene) { s.store.stale = map[mce.ItemRef][]string{{Kind: mce.KindArticle, ID: 9}: {"body_it"}} },
		},
		"picture-text": {
			func(s *scene) { s.edition = inHTML(`alt="`, `data-alt="`) },
			inMail(`<img src="https://www.example.org/line.png" alt="" role="presentation"/>`),
		},
		"contrast":      {inMail(`<p style="color:#fff;background-color:#fff">Dear</p>`), inMail(`<p style="color:#767676;background-color:#fff">Dear</p>`)},
		"two-stories":   {func(s *scene) { s.edition = func(e *mce.Edition) { e.Text = "Another, zq" + e.Nonce + "GREETINGqz" } }, moreText(" Good-bye.")},
		"size":          {inMail("<!--" + strings.Repeat("x", 102<<10) + "-->"), inMail("<!--" + strings.Repeat("x", 50<<10) + "-->")},
		"lines":         {inHead("X-Long: " + strings.Repeat("x", 991)), inHead("X-Long: " + strings.Repeat("x", 990))},
		"headers":       {inHead("From: else@mail.majorcities.example"), inHead("X-From: else@mail.majorcities.example")},
		"signature":     {func(s *scene) { s.signed = replaced("Precedence: bulk", "Precedence: list") }, func(s *scene) { s.signed = received }},
		"sender":        {dns("v=spf1 +all"), dns("v=spf1 mx ~all")},
		"mail-programs": {inMail(`<p style="clip-path:circle(40%)">Dear</p>`), inMail(`<p style="font-weight:bold">Dear</p>`)},
		"links":         {link("/nowhere"), link("/somewhere")},
		"spam":          {spamd("True ; 7.5"), spamd("False ; 0.3")},
	}
}

// received adds what each server on the way adds.
func received(raw string) string {
	return "Received: from a by b; Thu, 5 Oct 2023 09:00:00 +0200\r\n" + raw
}

// TestEveryRuleHasAMailThatBreaksItAndOneThatDoesNot: in the one it finds something of its level, and in the other nothing
// is found at all.
func TestEveryRuleHasAMailThatBreaksItAndOneThatDoesNot(t *testing.T) {
	pairs := pairs(t)
	for _, r := range preflight.Rules() {
		t.Run(r.Name, func(t *testing.T) {
			p, ok := pairs[r.Name]
			if !ok {
				t.Fatal("it has no pair of mails")
			}
			s := newScene(t)
			p.breaks(s)
			if report := s.examine(t); !slices.ContainsFunc(report.Findings, func(f mce.Finding) bool { return f.Rule == r.Name && f.Level == r.Level }) {
				t.Errorf("nothing %s is found in the mail that breaks it: %+v", r.Level, report.Findings)
			}
			s = newScene(t)
			p.keeps(s)
			only(t, s.examine(t))
		})
	}
}
