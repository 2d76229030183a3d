package letter_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/letter"
)

func TestGreeting(t *testing.T) {
	l := newLetters(t)
	for _, c := range []struct {
		lang       mce.Lang
		name, want string
	}{
		{"en", "Anna Rossi", "Dear Anna Rossi,"},
		{"en", "", "Hello,"},
		{"en", " \t\n", "Hello,"},
		{"it", "Anna Rossi", "Gentile Anna Rossi,"},
		{"it", "", "Buongiorno,"},
		{"xx", "Anna", "Dear Anna,"},
		{"en", "{{.Name}} <b>&", "Dear {{.Name}} <b>&,"},
		{"en", "Anna\r\nBcc: all", "Dear Anna Bcc: all,"},
	} {
		if got := l.Greeting(c.lang, c.name); got != c.want {
			t.Errorf("Greeting(%q, %q) = %q, want %q", c.lang, c.name, got, c.want)
		}
	}
}

func TestLook(t *testing.T) {
	other := site()
	other.Postal = "elsewhere"
	moved, err := letter.New(other)
	if err != nil {
		t.Fatal(err)
	}
	look := newLetters(t).Look()
	if look != newLetters(t).Look() || len(look) != 16 {
		t.Errorf("Look is not steady: %q", look)
	}
	if look == moved.Look() {
		t.Error("another address gives the same Look")
	}
}

// TestSections: the order is the series', empty ones vanish, and items of a section that was taken away come last.
func TestSections(t *testing.T) {
	d := draft()
	d.Items[0].Section = "gone"
	e, err := newLetters(t).Newsletter(d, "en")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range elements(parse(t, e.HTML), "h2") {
		got = append(got, content(n))
	}
	if want := []string{"Events", "News of the association", "Knowledge base", "More"}; !slices.Equal(got, want) {
		t.Errorf("sections %q, want %q", got, want)
	}
	if strings.Contains(e.HTML+e.Text, "Nothing here") {
		t.Error("the empty section is there")
	}
	if !strings.Contains(e.Text, "## More\n\n### Prato hosts") {
		t.Errorf("the item without a section is lost:\n%s", e.Text)
	}
}

func TestNewsletterCarriesItsIssue(t *testing.T) {
	l := newLetters(t)
	e, err := l.Newsletter(draft(), "it")
	if err != nil {
		t.Fatal(err)
	}
	if e.Kind != mce.Newsletter || e.ListID != "news" || e.Number != 12 || e.IssueID != 7 || e.Subject != "Prato chiama, e tre cose da leggere" {
		t.Errorf("edition %+v", e)
	}
	if strings.Contains(e.HTML+e.Text, "meet.majorcities.example") {
		t.Error("the link into the webinar is public")
	}
	empty := draft()
	empty.Items = []mce.Item{{ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: 9}}}
	if _, err := l.Newsletter(empty, "en"); mce.ErrorCode(err) != mce.Conflict {
		t.Errorf("an item without content gives %v", err)
	}
}

func TestArchiveIsNotPersonal(t *testing.T) {
	e, err := newLetters(t).Archive(draft(), "en")
	if err != nil {
		t.Fatal(err)
	}
	again, err := newLetters(t).Archive(draft(), "en")
	if err != nil || e.HTML != again.HTML {
		t.Errorf("two renderings of the archive differ (%v)", err)
	}
	for _, bad := range []string{"/leave/", "Dear", "Hello", "/archive/"} {
		if strings.Contains(e.HTML+e.Text, bad) {
			t.Errorf("contains %q", bad)
		}
	}
}

func TestConfirmation(t *testing.T) {
	e, err := newLetters(t).Confirmation(webinar(), registration("it"), at("2023-09-01T12:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	if e.Lang != "it" || e.Method != "REQUEST" || !strings.HasPrefix(e.Calendar, "BEGIN:VCALENDAR\r\n") {
		t.Errorf("edition %+v", e)
	}
	if !strings.Contains(e.Text, "Partecipa online: https://meet.majorcities.example/david?room=1&lang=en") {
		t.Errorf("no way into the webinar:\n%s", e.Text)
	}
	if strings.Contains(e.Text, "codice") {
		t.Error("a code for a desk that does not exist")
	}
	hall, err := newLetters(t).Confirmation(prato(), registration("en"), at("2023-09-01T12:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	if hall.ReplyTo != "mce2023@comune.prato.example" {
		t.Errorf("Reply-To %q", hall.ReplyTo)
	}
	broken := registration("en")
	broken.Email = "nobody"
	if _, err := newLetters(t).Confirmation(prato(), broken, at("2023-09-01T12:00:00Z")); err == nil {
		t.Error("an invitation for nobody")
	}
}

// TestPlaceholders: each stands for the event's own, in the language of the text around it, and is never read as Markdown.
func TestPlaceholders(t *testing.T) {
	sly := prato()
	sly.Title = en("**Bold** [link](https://evil.example) <b>{city}</b>")
	bare := webinar()
	foreign := weekBefore()
	delete(foreign.Body, "it")
	inLink := weekBefore()
	inLink.Body = en("[{title}](https://example.org/{title}?q={title}) {unknown}")
	for _, c := range []struct {
		name string
		rule mce.ReminderRule
		e    mce.Event
		lang mce.Lang
		want []string
	}{
		{"English", weekBefore(), prato(), "en", []string{"seeing you in *Prato*.", "Annual conference 2023 in Prato begins on Wednesday 25 October 2023, 09:00 (CEST, UTC+2)."}},
		{"Italian", weekBefore(), prato(), "it", []string{"a *Prato*.", "inizia mercoledì 25 ottobre 2023, 09:00 (CEST, UTC+2)."}},
		{"English in an Italian mail", foreign, prato(), "it", []string{"Annual conference 2023 in Prato begins on Wednesday 25 October"}},
		{"no city", weekBefore(), bare, "en", []string{"seeing you in *online*."}},
		{"Markdown in a title", weekBefore(), sly, "en", []string{"**Bold** [link](https://evil.example) <b>{city}</b> begins on"}},
		{"in a link", inLink, sly, "en", []string{"**Bold** [link](https://evil.example) <b>{city}</b> <https://example.org/%7Btitle%7D?q=%7Btitle%7D> {unknown}"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := newLetters(t).Reminder(c.rule, c.e, mce.Enclosures{}, c.lang)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(e.Text, want) {
					t.Errorf("no %q in\n%s", want, e.Text)
				}
			}
			checkLinks(t, parse(t, e.HTML))
		})
	}
}

func TestReminderShows(t *testing.T) {
	l := newLetters(t)
	for _, c := range []struct {
		show   []mce.Show
		anchor mce.Anchor
		want   map[string]bool
	}{
		{nil, mce.AtStart, map[string]bool{"When:": false, "## Programme": false, "## Handouts": false, "Your code": true}},
		{[]mce.Show{mce.ShowFacts}, mce.AtStart, map[string]bool{"When:": true, "## Programme": false, "## Handouts": false}},
		{[]mce.Show{mce.ShowProgramme}, mce.AtStart, map[string]bool{"When:": false, "## Programme": true}},
		{[]mce.Show{mce.ShowHandouts}, mce.AtEnd, map[string]bool{"## Handouts": true, "Your code": false}},
	} {
		rule := weekBefore()
		rule.Show, rule.Anchor = c.show, c.anchor
		e, err := l.Reminder(rule, prato(), mce.Enclosures{Handouts: handouts()}, "en")
		if err != nil {
			t.Fatal(err)
		}
		for part, want := range c.want {
			if strings.Contains(e.Text, part) != want {
				t.Errorf("show %v: %q is there: %v", c.show, part, !want)
			}
		}
	}
	e, err := l.Reminder(weekBefore(), prato(), mce.Enclosures{}, "en")
	if err != nil {
		t.Fatal(err)
	}
	if want := at("2023-10-20T09:00:00+02:00"); !e.Latest.Equal(want) || e.Subject != "In 7 days: Annual conference 2023 in Prato" {
		t.Errorf("latest %v, want %v; subject %q", e.Latest, want, e.Subject)
	}
	broken := weekBefore()
	broken.At = "noon"
	if _, err := l.Reminder(broken, prato(), mce.Enclosures{}, "en"); mce.ErrorCode(err) != mce.Invalid {
		t.Errorf("a rule at noon gives %v", err)
	}
}

// TestOptInPromotesNothing: the only links are to confirm and to write to people.
// An invitation is a letter to many: it can be left, belongs to a list, and shows of the event what everybody may see.
func TestAnInvitationIsForReaders(t *testing.T) {
	l, e := newLetters(t), webinar()
	e.Address = "Behind the door"
	got, err := l.Reminder(invite(), e, mce.Enclosures{}, "en")
	if err != nil {
		t.Fatal(err)
	}
	if got.Kind != mce.Invitation || got.ListID != "invitations" || got.Number != 2 || got.Latest.IsZero() {
		t.Errorf("kind %s, list %q, number %d, latest %s", got.Kind, got.ListID, got.Number, got.Latest)
	}
	e.State = mce.EventAnnounced
	if early, err := l.Reminder(invite(), e, mce.Enclosures{}, "en"); err != nil || strings.Contains(early.Text, "register") || !strings.Contains(early.Text, "/events/webinar-cyber") {
		t.Errorf("before registration opens: %v\n%s", err, early.Text)
	}
	for _, part := range []string{got.HTML, got.Text} {
		for _, secret := range []string{"meet.majorcities.example", "Behind the door", mce.SlotMark(got.Nonce, mce.SlotCode)} {
			if strings.Contains(part, secret) {
				t.Errorf("it tells %q", secret)
			}
		}
		for _, way := range []string{"/leave/", "/choices/"} {
			if !strings.Contains(part, way+mce.SlotMark(got.Nonce, mce.SlotToken)) {
				t.Errorf("it does not lead to %s", way)
			}
		}
	}
}

func TestOptInPromotesNothing(t *testing.T) {
	e, err := newLetters(t).OptIn("en", topics())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(elements(parse(t, e.HTML), "a")); n != 2 {
		t.Errorf("%d links", n)
	}
	unknown, err := newLetters(t).OptIn("xx", nil)
	if err != nil || unknown.Lang != mce.English {
		t.Errorf("a language that we lack gives %q, %v", unknown.Lang, err)
	}
}

// TestWhatNobodyMayHaveAskedForPromotesNothing: who asked for the link or the move is not known. Only the button, and whom to write to.
func TestWhatNobodyMayHaveAskedForPromotesNothing(t *testing.T) {
	l := newLetters(t)
	link, err := l.Link("it")
	if err != nil {
		t.Fatal(err)
	}
	move, err := l.Move(reader())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []mce.Edition{link, move} {
		if n := len(elements(parse(t, e.HTML), "a")); n != 2 || e.Lang != "it" {
			t.Errorf("%s in %q: %d links", e.Kind, e.Lang, n)
		}
		if strings.Contains(e.HTML+e.Text, "/leave/") {
			t.Errorf("%s can be left", e.Kind)
		}
	}
	if all := move.Subject + move.HTML + move.Text; strings.Contains(all, "anna.rossi") || !strings.Contains(all, "a…@comune.example") {
		t.Error("a stranger reads the old address")
	}
}

func TestAWelcomeSaysWhatWasChosenAndShowsTheLatestIssue(t *testing.T) {
	l := newLetters(t)
	for name, c := range map[string]struct {
		choices     mce.Choices
		latest      *mce.Draft
		says, hides []string
	}{
		"each issue": {mce.Choices{Pace: mce.EachIssue}, latest(),
			[]string{"with each issue", "number 12 of Thursday 5 October 2023", "## Events", "### Prato hosts", "/archive/news/12/en"}, []string{"once a month", "Knowledge base"}},
		"monthly":         {mce.Choices{Pace: mce.Monthly}, latest(), []string{"once a month", "number 12"}, []string{"with each issue"}},
		"none sent":       {mce.Choices{}, nil, []string{"will be your first"}, []string{"## ", "/archive/", "number"}},
		"nothing for one": {mce.Choices{}, &mce.Draft{Issue: mce.Issue{Number: 3}}, []string{"will be your first"}, []string{"/archive/", "number 3"}},
	} {
		e, err := l.Welcome("en", c.choices, c.latest)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range append(c.says, "take a pause", "/choices/", "/leave/") {
			if !strings.Contains(e.Text, s) {
				t.Errorf("%s: no %q in\n%s", name, s, e.Text)
			}
		}
		for _, s := range c.hides {
			if strings.Contains(e.Text, s) {
				t.Errorf("%s: %q is in\n%s", name, s, e.Text)
			}
		}
		if e.Kind != mce.Welcome || e.ListID != "" {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// TestConcurrent is for the race detector: hermes writes to what it renders with. The sources are read only.
func TestConcurrent(t *testing.T) {
	l := newLetters(t)
	d := draft()
	before, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			if _, err := l.Newsletter(d, mce.Languages()[i%2]); err != nil {
				t.Error(err)
			}
			for _, s := range samples() {
				if _, err := s.render(l, mce.Languages()[i%2]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if after, _ := json.Marshal(d); string(after) != string(before) {
		t.Error("rendering changed the draft")
	}
}

func BenchmarkNewsletter(b *testing.B) {
	l, d := newLetters(b), draft()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Newsletter(d, "en"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGreeting(b *testing.B) {
	l := newLetters(b)
	for b.Loop() {
		l.Greeting("it", "Anna Rossi")
	}
}

func TestACertificateIsInTheDelegatesLanguage(t *testing.T) {
	e := prato()
	e.Sessions = append(e.Sessions, mce.Session{Slug: "at-once", Title: en("At once"), Starts: e.Sessions[1].Starts, Ends: e.Sessions[1].Ends.Add(-time.Minute)})
	for lang, want := range map[mce.Lang]string{"en": "certificate-2023-prato.pdf", "it": "attestato-2023-prato.pdf"} {
		got, err := newLetters(t).Certificate(thanks(), e, enclosed(), registration(lang), at("2023-10-30T09:00:00Z"))
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Files) != 1 || got.Files[0].Name != want || got.Files[0].Type != "application/pdf" || got.Files[0].CID != "" || !bytes.HasPrefix(got.Files[0].Content, []byte("%PDF-")) {
			t.Errorf("%+v", got.Files)
		}
		if got.Kind != mce.Certificate || got.Lang != lang || !slices.Equal(got.Handouts, []int64{1, 2}) {
			t.Errorf("kind %s in %s, tells of %v", got.Kind, got.Lang, got.Handouts)
		}
	}
}

func TestFeedbackAndTheNextEventAreShownWhereThereAreAny(t *testing.T) {
	e := prato()
	for _, c := range []struct {
		feedback      string
		with          mce.Enclosures
		button, lacks string
	}{
		{"https://forms.example/prato", enclosed(), "https://forms.example/prato", ""},
		{"", mce.Enclosures{}, e.Link, "Save the date"},
	} {
		e.Feedback = c.feedback
		got, err := newLetters(t).Reminder(mce.ReminderRule{Anchor: mce.AtEnd, At: "09:00", Useful: 1, Subject: en("S"), Body: en("B"),
			Show: []mce.Show{mce.ShowFeedback, mce.ShowNext}}, e, c.with, "en")
		if err != nil || !strings.Contains(got.Text, c.button) || strings.Contains(got.Text, "Save the date") == (c.lacks != "") || len(got.Handouts) > 0 {
			t.Errorf("%v\n%s", err, got.Text)
		}
	}
}
