package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/majorcities/mce-mailer/demo/inbox"
)

// conferenceLibrary has a conference that begins at 9:00 in Prato on a day, without a programme.
const conferenceLibrary = `{
	"events": [{"slug": "conference", "kind": "conference", "state": "open", "title": {"en": "The conference", "it": "La conferenza"}, "city": {"en": "Prato"},
		"time_zone": "Europe/Rome", "contact": "host@example.org", "starts": "%s", "ends": "%s", "topics": [], "publish_at": "2020-01-01T09:00:00Z"}],
	"series": [{"slug": "newsletter", "name": {"en": "MCE Newsletter", "it": "Newsletter MCE"}, "cron": "0 9 1 1 *", "time_zone": "Europe/Rome",
		"languages": ["en", "it"], "minimum": 1, "approval": "required", "from": "2019-01-01T00:00:00Z",
		"sections": [{"slug": "events", "kind": "event", "quota": 1, "title": {"en": "Events", "it": "Eventi"}}]}],
	"reminders": [{"slug": "a-week-before", "kinds": ["conference"], "anchor": "start", "days": -7, "at": "09:00", "useful_hours": 48,
		"subject": {"en": "{title} begins in a week"}, "body": {"en": "See you in {city}."}}]
}`

// TestAConferenceIsMovedByKeyboard: an editor moves it by a week, sees what that does to the plan, lets the delegates be told, and approves anew what
// the newsletter says of it.
func TestAConferenceIsMovedByKeyboard(t *testing.T) {
	k, h := newKeyboard(t), newHouse(t)
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	in := time.Now().In(rome).AddDate(0, 0, 25)
	starts := time.Date(in.Year(), in.Month(), in.Day(), 9, 0, 0, 0, rome)
	ends, week := starts.AddDate(0, 0, 2), func(at time.Time) time.Time { return at.AddDate(0, 0, 7) }
	library := filepath.Join(t.TempDir(), "library.json")
	if err := os.WriteFile(library, fmt.Appendf(nil, conferenceLibrary, starts.Format(time.RFC3339), ends.Format(time.RFC3339)), 0o600); err != nil {
		t.Fatal(err)
	}
	h.do("content", "import", library)
	h.do("user", "add", "anna@mce.example", "--name=Anna", "--role=approver")
	h.do("subscriber", "add", "reader@example.org", "--confirmed", "--consent=yes")
	h.serve()
	for _, who := range []string{"ada", "bea"} {
		h.do("registration", "add", "conference", who+"@example.org", "--name="+who)
	}
	h.do("issue", "assemble", "newsletter")
	h.do("issue", "submit", "1")
	h.do("issue", "approve", "1")

	k.logsIn(h, "anna@mce.example", "Anna")
	const reminder, day = "The conference begins in a week", "2 January 2006"
	until(t, "Home has looked ahead", func() bool { return k.shows(reminder) }) // it comes by itself
	k.says("main", starts.AddDate(0, 0, -7).Format(day))

	// It is moved: dates are typed, month and day, into the entries of the form.
	const title = "The conference"
	k.presses("A Events", "Events")
	k.presses("A "+title, title)
	k.says("main", "Everybody knows what stands.")
	k.presses("A Edit its words", title)
	k.tabTo("INPUT starts")
	k.types(week(starts).Format("01022006"))
	k.tabTo("INPUT ends")
	k.types(week(ends).Format("01022006"))
	k.leads(title, chromedp.KeyEvent(kb.Enter)) // as its button "Save"
	k.says("#news ~ .standing", "2 people will read")
	k.says("#news ~ .standing li", week(starts).Format("Monday 2"))

	// Home says what that did: the reminder moves, and the newsletter needs another approval.
	home := func(words string) {
		t.Helper()
		until(t, "home says "+words, func() bool {
			k.run(chromedp.Navigate(h.public + "/desk/"))
			got, err := chromedp.Run(k.ctx, chromedp.TextContent(chromedp.CSS("main")))
			return err == nil && strings.Contains(got, words)
		})
	}
	home("Moves from")
	k.says(".shifts", reminder)
	k.says(".shifts", week(starts).AddDate(0, 0, -7).Format(day))
	home("“The conference” has other words")

	// The delegates are told at once, because somebody lets it go; the reader of the newsletter is not written to.
	k.presses("A Events", "Events")
	k.presses("A "+title, title)
	k.presses("BUTTON Tell 2 people now", title)
	k.says(".said", "People are told within a minute.")
	for _, m := range h.mails(2, func(m inbox.Mail) bool { return strings.Contains(m.Subject, "hange") }) {
		_, raw, err := h.inbox.Get(m.ID)
		if err != nil {
			t.Fatal(err)
		}
		mail, err := inbox.Parse(raw)
		if err != nil || !strings.Contains(mail.Text, week(starts).Format("Monday 2")) || strings.Contains(m.To[0], "reader") {
			t.Errorf("%s to %v: %v\n%s", m.Subject, m.To, err, mail.Text)
		}
	}
	k.leads(title, chromedp.Navigate(h.public+"/desk/events/1"))
	k.says("main", "Everybody knows what stands.")

	// And what the newsletter says now is approved.
	k.presses("A Home", "What will go out")
	k.presses("A Check and approve it", title)
	k.presses("BUTTON Check it now", title)
	k.presses("BUTTON Approve", title)
	k.says(".standing", "Anna approved it.")
}
