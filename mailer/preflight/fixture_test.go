package preflight_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mailer/dkim"
	"github.com/majorcities/mce-mailer/mailer/preflight"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/letter"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// leaving is when the tests' issue is to go out: a Thursday.
var leaving = at("2023-10-05T09:00:00+02:00")

type clock struct{ now time.Time }

func (c clock) Now() time.Time { return c.now }

func both(en, it string) mce.Text { return mce.Text{"en": en, "it": it} }

func site() mce.Site {
	return mce.Site{
		Name: "Major Cities of Europe", Short: "MCE", Postal: "Major Cities of Europe, Piazza del Comune 2, 59100 Prato, Italy",
		PublicURL: "https://mail.majorcities.example", FromName: "Major Cities of Europe",
		From: "letters@mail.majorcities.example", ReplyTo: "office@majorcities.example",
	}
}

// good is an issue that nothing can be said against.
func good() mce.Draft {
	article := mce.Article{
		ID: 1, Slug: "looms", Title: both("The looms of Prato go digital", "I telai di Prato diventano digitali"),
		Body: both("The city shows its **digital twin** on Wednesday 25 October 2023 at 15:00 CEST.\n\n- See the [programme](https://www.majorcities.example/programme).\n- Register by 20 October 2023.",
			"La città mostra il suo **gemello digitale** mercoledì 25 ottobre 2023 alle 15:00 CEST.\n\n- Ecco il [programma](https://www.majorcities.example/programme).\n- Iscrizioni entro il 20 ottobre 2023."),
		Link: "https://www.majorcities.example/looms", Image: "https://www.majorcities.example/loom.jpg",
		ImageAlt: both("A loom of the textile museum", "Un telaio del museo del tessuto"), Topics: []string{"news"},
		Window: mce.Window{From: at("2023-09-01T00:00:00Z")},
	}
	event := mce.Event{
		ID: 2, Slug: "prato", Kind: mce.Conference, State: mce.EventOpen, Title: both("Annual conference in Prato", "Conferenza annuale a Prato"),
		Body: both("Three days of talks.", "Tre giorni di interventi."), City: both("Prato", "Prato"), TimeZone: "Europe/Rome",
		Starts: at("2023-10-25T09:00:00+02:00"), Ends: at("2023-10-27T13:00:00+02:00"), Languages: []mce.Lang{"en"}, Topics: []string{"events"},
		Link: "https://www.majorcities.example/prato", Window: mce.Window{From: at("2023-09-01T00:00:00Z")},
	}
	return mce.Draft{
		Issue: mce.Issue{
			ID: 7, Series: "news", Number: 12, State: mce.InReview, Slot: mce.Slot{Wall: "2023-10-05 09:00", Due: leaving},
			Subject: both("Prato calls", "Prato chiama"),
		},
		Series: mce.Series{
			ID: 1, Slug: "news", Name: both("MCE Newsletter", "Newsletter MCE"), TimeZone: "Europe/Rome", Languages: mce.Languages(),
			Sections: []mce.Section{
				{Slug: "news", Title: both("News", "Notizie"), Kind: mce.KindArticle, Quota: 3},
				{Slug: "events", Title: both("Events", "Eventi"), Kind: mce.KindEvent, Quota: 3},
			},
		},
		Items: []mce.Item{
			{ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: 1}, Section: "news", Topics: article.Topics, Article: &article},
			{ItemRef: mce.ItemRef{Kind: mce.KindEvent, ID: 2}, Section: "events", Topics: event.Topics, Event: &event},
		},
	}
}

// store is what a database would tell.
type store struct {
	readers []mce.Readership
	stale   map[mce.ItemRef][]string
}

func (s *store) Readerships(context.Context, mce.Draft, time.Time) ([]mce.Readership, error) {
	return s.readers, nil
}

func (s *store) StaleTexts(context.Context, []mce.ItemRef) (map[mce.ItemRef][]string, error) {
	return s.stale, nil
}

// someReaders are two ways of reading the issue.
func someReaders() []mce.Readership {
	return []mce.Readership{{Lang: "en", Topics: []string{"events", "news"}, Readers: 5}, {Lang: "it", Topics: []string{"news"}, Readers: 3}}
}

var sharedSigner = sync.OnceValues(func() (*dkim.Signer, error) {
	key, err := dkim.Generate("mail.majorcities.example", "s1", false)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "preflight")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "key.pem")
	if err := os.WriteFile(file, key.PEM, 0o600); err != nil {
		return nil, err
	}
	return dkim.Load("mail.majorcities.example", "s1:"+file)
})

var sharedLetters = sync.OnceValues(func() (*letter.Letters, error) { return letter.New(site()) })

// scene is an examination that a test may change in any part. It begins as one that finds nothing.
type scene struct {
	draft   mce.Draft
	options preflight.Options
	store   *store // of the options
	// mend changes an edition on its way into the mail, and mail the finished mail before it is signed.
	edition func(*mce.Edition)
	mail    func(raw string) string
	signed  func(raw string) string
}

func (s *scene) article() *mce.Article { return s.draft.Items[0].Article }
func (s *scene) event() *mce.Event     { return s.draft.Items[1].Event }

func newScene(t testing.TB) *scene {
	t.Helper()
	letters, err := sharedLetters()
	if err != nil {
		t.Fatal(err)
	}
	signer, err := sharedSigner()
	if err != nil {
		t.Fatal(err)
	}
	records, err := signer.Records()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := mce.NewKeys([]byte("a secret that is the same in every test"))
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{draft: good(), store: &store{readers: someReaders()}}
	sender := mailer.Sender{Site: site(), ReturnPath: "bounces+*@mail.majorcities.example", LeaveMail: "leave@mail.majorcities.example"}
	unsigned := mailer.New(mailer.Options{Sender: sender, Keys: keys, Greet: letters.Greeting})
	s.options = preflight.Options{
		Letters: letters, Store: s.store, Site: site(), ReturnPath: sender.ReturnPath, Keys: records, Clock: clock{leaving.AddDate(0, 0, -2)},
		Proof: func(e mce.Edition, l mce.Letter) ([]byte, error) {
			if s.edition != nil {
				s.edition(&e)
			}
			raw, err := unsigned.Proof(e, l)
			if err != nil {
				return nil, err
			}
			if s.mail != nil {
				raw = []byte(s.mail(string(raw)))
			}
			signed, err := signer.Sign(nil, raw)
			if s.signed != nil {
				signed = []byte(s.signed(string(signed)))
			}
			return signed, err
		},
	}
	return s
}

func (s *scene) examine(t testing.TB) mce.Report {
	t.Helper()
	report, err := preflight.New(s.options).Examine(t.Context(), s.draft)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// finding is what a test expects: the rule, its level, the place, and a part of the words; lang "" is any.
type finding struct {
	rule  string
	level mce.Level
	where string
	words string
}

func (f finding) matches(g mce.Finding) bool {
	return f.rule == g.Rule && f.level == g.Level && f.where == g.Where && strings.Contains(g.Words, f.words)
}

// only checks that a report has exactly what is expected, each thing in however many languages.
func only(t *testing.T, r mce.Report, expected ...finding) {
	t.Helper()
	for _, f := range expected {
		if !slices.ContainsFunc(r.Findings, f.matches) {
			t.Errorf("not found: %+v", f)
		}
	}
	for _, g := range r.Findings {
		if !slices.ContainsFunc(expected, func(f finding) bool { return f.matches(g) }) {
			t.Errorf("found besides: %+v", g)
		}
	}
}

// otherKey is the record of a key that nobody signs with.
func otherKey(t testing.TB) string {
	t.Helper()
	key, err := dkim.Generate("mail.majorcities.example", "s1", false)
	if err != nil {
		t.Fatal(err)
	}
	return key.Record
}
