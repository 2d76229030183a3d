package mailer

import (
	"encoding/json"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/letter"
)

// FixtureNow is the moment at which the tests' world stands still: the Friday before the conference in Prato.
var FixtureNow = time.Date(2023, 10, 20, 7, 0, 0, 0, time.UTC)

// FixtureSite is who the tests write as.
func FixtureSite() mce.Site {
	return mce.Site{
		Name: "Major Cities of Europe", Short: "MCE", Postal: "Major Cities of Europe, Piazza del Comune 2, 59100 Prato, Italy",
		PublicURL: "https://mail.majorcities.example", FromName: "Major Cities of Europe",
		From: "letters@mail.majorcities.example", ReplyTo: "office@majorcities.example",
	}
}

// FixtureKeys are always the same, and so are the tokens.
func FixtureKeys(t testing.TB) *mce.Keys {
	t.Helper()
	k, err := mce.NewKeys([]byte("a secret that is the same in every test"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var sharedLetters = sync.OnceValues(func() (*letter.Letters, error) { return letter.New(FixtureSite()) })

// FixtureLetters renders for FixtureSite.
func FixtureLetters(t testing.TB) *letter.Letters {
	t.Helper()
	l, err := sharedLetters()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// FixtureLibrary is some of the demo's content, kept apart so that the demo may change.
func FixtureLibrary(t testing.TB) mce.Library {
	t.Helper()
	raw, err := os.ReadFile("testdata/library.json")
	if err != nil {
		t.Fatal(err)
	}
	var lib mce.Library
	if err := json.Unmarshal(raw, &lib); err != nil {
		t.Fatal(err)
	}
	for _, fault := range lib.Check() {
		t.Fatal(fault)
	}
	return lib
}

func fixtureSender() Sender {
	return Sender{Site: FixtureSite(), ReturnPath: "bounces+*@mail.majorcities.example", LeaveMail: "leave@mail.majorcities.example"}
}

// fixtureDraft is an issue with everything of the library in it.
func fixtureDraft(lib mce.Library) mce.Draft {
	d := mce.Draft{Series: lib.Series[0]}
	d.Issue = mce.Issue{
		ID: 3, SeriesID: 1, Series: "newsletter", Number: 12, Slot: mce.Slot{Wall: "2023-10-20 09:00", Due: FixtureNow},
		Subject: mce.Text{mce.English: "Prato begins on Wednesday · A language model in the cellar", "it": "Prato comincia mercoledì · Un modello linguistico in cantina"},
	}
	for i, a := range lib.Articles {
		ref := mce.ItemRef{Kind: mce.KindArticle, ID: int64(i + 1)}
		d.Items = append(d.Items, mce.Item{ItemRef: ref, Section: "news", Topics: a.Topics, Article: &a})
	}
	for i, e := range lib.Events {
		ref := mce.ItemRef{Kind: mce.KindEvent, ID: int64(i + 1)}
		d.Items = append(d.Items, mce.Item{ItemRef: ref, Section: "events", Topics: e.Topics, Event: &e})
	}
	for i, r := range lib.Resources[:1] {
		ref := mce.ItemRef{Kind: mce.KindResource, ID: int64(i + 1)}
		d.Items = append(d.Items, mce.Item{ItemRef: ref, Section: "knowledge", Topics: r.Topics, Resource: &r})
	}
	return d
}

// sample is a kind of letter: how its edition is made.
type sample struct {
	name     string
	kind     mce.LetterKind
	calendar bool
	picture  bool
	render   func(mce.Lang) (mce.Edition, error)
}

func samples(t testing.TB) []sample {
	t.Helper()
	lib, letters := FixtureLibrary(t), FixtureLetters(t)
	prato := lib.Events[slices.IndexFunc(lib.Events, func(e mce.Event) bool { return e.Slug == "prato-2023" })]
	delegate := mce.Registration{
		ID: 5, Event: prato.Slug, Email: "anna.rossi@comune.example", Name: "Anna Rossi", State: mce.Registered, Code: "K7PM3XQ8",
	}
	return []sample{
		{"newsletter", mce.Newsletter, false, false, func(l mce.Lang) (mce.Edition, error) { return letters.Newsletter(fixtureDraft(lib), l) }},
		{"confirmation", mce.Confirmation, true, true, func(l mce.Lang) (mce.Edition, error) {
			delegate.Language = l
			return letters.Confirmation(prato, delegate, FixtureNow)
		}},
		{"waiting", mce.WaitingList, false, false, func(l mce.Lang) (mce.Edition, error) {
			delegate.Language = l
			return letters.Waiting(prato, delegate, FixtureNow)
		}},
		{"cancellation", mce.Cancellation, true, false, func(l mce.Lang) (mce.Edition, error) {
			delegate.Language = l
			return letters.Cancellation(prato, delegate, FixtureNow)
		}},
		{"change", mce.ChangeOf, true, false, func(l mce.Lang) (mce.Edition, error) {
			delegate.Language = l
			later := prato
			later.Ends, later.Sequence = prato.Ends.Add(time.Hour), prato.Sequence+1
			return letters.Change(prato, later, delegate, delegate.Changes(prato, later), FixtureNow)
		}},
		{"reminder", mce.Reminder, false, false, func(l mce.Lang) (mce.Edition, error) {
			return letters.Reminder(lib.Reminders[0], prato, mce.Enclosures{}, l)
		}},
		{"follow-up", mce.Reminder, false, false, func(l mce.Lang) (mce.Edition, error) {
			return letters.Reminder(lib.Reminders[1], prato, mce.Enclosures{Handouts: lib.Resources[1:]}, l)
		}},
		{"certificate", mce.Certificate, false, false, func(l mce.Lang) (mce.Edition, error) {
			rule := lib.Reminders[1]
			delegate.Language, rule.Show = l, []mce.Show{mce.ShowCertificate}
			return letters.Certificate(rule, prato, mce.Enclosures{}, delegate, FixtureNow)
		}},
		{"invitation", mce.Invitation, false, false, func(l mce.Lang) (mce.Edition, error) {
			rule := lib.Reminders[0]
			rule.For = mce.ForInterested
			return letters.Reminder(rule, prato, mce.Enclosures{}, l)
		}},
		{"welcome", mce.Welcome, false, false, func(l mce.Lang) (mce.Edition, error) {
			d := fixtureDraft(lib).For([]string{"association-news"})
			d.Issue.StartedAt = FixtureNow
			return letters.Welcome(l, mce.Choices{Language: l, Pace: mce.EachIssue}, &d)
		}},
		{"link", mce.SelfLink, false, false, letters.Link},
		{"move", mce.Move, false, false, func(l mce.Lang) (mce.Edition, error) {
			return letters.Move(mce.Subscriber{Email: "anna.rossi@old.example", Choices: mce.Choices{Language: l}})
		}},
		{"opt-in", mce.OptIn, false, false, func(l mce.Lang) (mce.Edition, error) { return letters.OptIn(l, lib.Topics) }},
	}
}

func fixtureLetter(kind mce.LetterKind) mce.Letter {
	return mce.Letter{
		ID: 4711, EditionID: 1, Kind: kind, CreatedAt: FixtureNow, To: "anna.rossi@comune.example", Name: "Anna Rossi", PersonID: 17,
		CauseID: 3, Code: "K7PM3XQ8",
	}
}

// fixtureStamp prepares a sample as it would come out of the database.
func fixtureStamp(t testing.TB, s sample, lang mce.Lang) *stamp {
	t.Helper()
	e, err := s.render(lang)
	if err != nil {
		t.Fatal(err)
	}
	e.ID, e.Domain = 1, FixtureSite().Domain()
	greet := FixtureLetters(t).Greeting
	st, err := prepare(e, fixtureSender(), func(name string) string { return greet(lang, name) })
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// stamped is one finished mail.
func (st *stamp) stamped(t testing.TB, l mce.Letter) []byte {
	t.Helper()
	raw, err := st.stamp(nil, l, FixtureKeys(t))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// eachMail calls f with a finished mail of every kind in every language.
func eachMail(t *testing.T, f func(t *testing.T, s sample, lang mce.Lang, raw []byte)) {
	for _, s := range samples(t) {
		for _, lang := range mce.Languages() {
			t.Run(s.name+"."+string(lang), func(t *testing.T) {
				f(t, s, lang, fixtureStamp(t, s, lang).stamped(t, fixtureLetter(s.kind)))
			})
		}
	}
}
