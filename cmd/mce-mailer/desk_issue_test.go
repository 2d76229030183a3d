package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/majorcities/mce-mailer/demo/inbox"
)

// newsroom is a house with an issue that waits to be put before the editors, readers, and users of the desk, all with the role. approval is that of
// the series.
func newsroom(t *testing.T, approval, role string, users ...string) *house {
	t.Helper()
	h := newHouse(t)
	library, err := os.ReadFile("testdata/library.json")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "library.json")
	if err := os.WriteFile(path, []byte(strings.Replace(string(library), `"approval": "required"`, `"approval": "`+approval+`"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	h.do("content", "import", path)
	for i := range 3 {
		h.do("subscriber", "add", fmt.Sprintf("reader%d@example.org", i), "--confirmed", "--consent=yes")
	}
	for _, name := range users {
		h.do("user", "add", strings.ToLower(name)+"@mce.example", "--name="+name, "--role="+role)
	}
	h.do("issue", "assemble", "newsletter")
	h.serve()
	return h
}

// presses goes to a button or a link by Tab, and uses it; what comes then has the heading.
func (k keyboard) presses(what, heading string) {
	k.t.Helper()
	k.tabTo(what)
	k.leads(heading, chromedp.KeyEvent(kb.Enter))
}

// TestAnEditorSendsAnIssueByKeyboard: from the log-in to the report of what was sent, with nothing but a keyboard.
func TestAnEditorSendsAnIssueByKeyboard(t *testing.T) {
	k, h := newKeyboard(t), newsroom(t, "required", "approver", "Anna")
	k.logsIn(h, "anna@mce.example", "Anna")
	k.presses("A Issues", "Issues")
	const subject = "The first story"
	k.presses("A "+subject, subject)

	// What was left out comes in, and moves up; its place has the focus then.
	k.presses("BUTTON Put it in: The second story", subject)
	k.presses("BUTTON to", "The second story") // its own first button: up
	until(t, "the item has the focus", func() bool { return strings.HasPrefix(k.focused(), "LI Article The second story") })
	k.presses("BUTTON Hold for the next: The webinar", "The second story")
	k.says("#aside ~ .pieces", "an editor holds it for the next issue")
	k.tabTo("SUMMARY Preview text, opening note")
	k.types(" ")
	k.tabTo("TEXTAREA note-en")
	k.types("A word before.")
	k.presses("BUTTON Save", "The second story")
	k.presses("A Preview", "The second story")
	k.tabTo("SUMMARY Send a test")
	k.types(" ")
	k.presses("BUTTON Send the test", "The second story")
	if m := h.mails(1, func(m inbox.Mail) bool {
		return m.To[0] == "anna@mce.example" && strings.HasPrefix(m.Subject, "[Test] The second story")
	}); len(m) != 1 {
		t.Errorf("%d test mails", len(m))
	}
	k.presses("BUTTON Check and approve it", "The second story")
	k.presses("BUTTON Approve this issue", "The second story")
	k.says("#readers + p", "3 people would get it now")

	k.tabTo("INPUT when")
	k.types(" ") // now
	k.tabTo("BUTTON Send it to 3 people")
	k.run(chromedp.KeyEvent(kb.Enter)) // the page that comes goes on by itself
	sent := h.mails(3, func(m inbox.Mail) bool { return strings.HasPrefix(m.To[0], "reader") })
	until(t, "the issue is sent", func() bool { return strings.Contains(h.do("issue", "status", "1"), "sent") })
	_, raw, err := h.inbox.Get(sent[0].ID)
	if err != nil || !strings.Contains(string(raw), "A word before.") || strings.Contains(string(raw), "The webinar") {
		t.Errorf("%v\n%s", err, raw)
	}
	// The page has followed it by itself.
	until(t, "the page says so", func() bool { return k.shows("It went out on") })
	k.presses("A See the report", "The second story")
	k.says("#letters", "What became of the letters")
	k.says("main", "3 (100 %)")
}

// TestASecondPersonApprovesInAnotherBrowser: who had it last in hand cannot.
func TestASecondPersonApprovesInAnotherBrowser(t *testing.T) {
	anna, bruno := newKeyboard(t), newKeyboard(t)
	h := newsroom(t, "second", "approver", "Anna", "Bruno")
	const subject = "The first story"
	anna.logsIn(h, "anna@mce.example", "Anna")
	anna.leads(subject, chromedp.Navigate(h.public+"/desk/issues/1"))
	anna.presses("BUTTON Ready for approval", subject)
	anna.says(".standing", "must not be the one who changed it last")
	anna.presses("BUTTON Check it now", subject)
	anna.tabTo("BUTTON Approve this issue")
	anna.run(chromedp.KeyEvent(kb.Enter))
	anna.says(".faulty", "a second person has to approve it")

	bruno.logsIn(h, "bruno@mce.example", "Bruno")
	bruno.leads(subject, chromedp.Navigate(h.public+"/desk/issues/1/check"))
	bruno.presses("BUTTON Approve this issue", subject)
	bruno.says(".standing", "Bruno approved it.")

	// An edit of the other one's voids it, and says so to both.
	anna.leads(subject, chromedp.Navigate(h.public+"/desk/issues/1"))
	anna.presses("BUTTON Leave out: The webinar", subject)
	bruno.leads(subject, chromedp.Navigate(h.public+"/desk/issues/1"))
	bruno.says(".standing", "“The webinar” is not in it any more")
}

// TestItemsAreDragged: with a mouse, as far as a browser lets a test have one.
func TestItemsAreDragged(t *testing.T) {
	k, h := newKeyboard(t), newsroom(t, "required", "editor", "Anna")
	h.do("issue", "place", "1", "second", "--section=news")
	k.logsIn(h, "anna@mce.example", "Anna")
	k.leads("The first story", chromedp.Navigate(h.public+"/desk/issues/1"))
	const drag = `(() => {
		const items = [...document.querySelectorAll("[data-section=news] [data-item]")], data = new DataTransfer();
		const tell = (to, type) => to.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: data}));
		tell(items[1], "dragstart");
		if (tell(items[0], "dragover")) throw new Error("nothing can be dropped there");
		tell(items[0], "drop");
	})()`
	k.run(chromedp.Evaluate[chromedp.Void](drag))
	k.says(".said", "The item is in its place.")
	k.says("h1", "The second story")
}
