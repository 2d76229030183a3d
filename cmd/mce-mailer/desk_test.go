package main

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/majorcities/mce-mailer/demo/inbox"
	"github.com/majorcities/mce-mailer/templates/page/browsertest"
)

// keyboard is a person in front of a real browser who has no mouse.
type keyboard struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // the browser's
}

func newKeyboard(t *testing.T) keyboard {
	t.Helper()
	return keyboard{t, browsertest.Start(t, 2*time.Minute)}
}

func (k keyboard) run(a chromedp.Action[chromedp.Void]) {
	k.t.Helper()
	if _, err := chromedp.Run(k.ctx, a); err != nil {
		k.t.Fatal(err)
	}
}

// types writes where the focus is.
func (k keyboard) types(words string) {
	k.t.Helper()
	k.run(chromedp.KeyEvent(words))
}

// focused is the element that has the focus, as "A Users" or "INPUT email".
func (k keyboard) focused() string {
	k.t.Helper()
	const what = `(e => e.tagName + " " + (e.name || e.textContent.trim()))(document.activeElement)`
	got, err := chromedp.Run(k.ctx, chromedp.Evaluate[string](what))
	if err != nil {
		k.t.Fatal(err)
	}
	return got
}

// tabTo presses Tab until an element has the focus.
func (k keyboard) tabTo(want string) {
	k.t.Helper()
	for range 120 {
		k.types(kb.Tab)
		if strings.HasPrefix(k.focused(), want) {
			return
		}
	}
	k.t.Fatalf("%q cannot be reached by Tab", want)
}

// leads does what makes the browser load a page, and checks the heading that it then shows.
func (k keyboard) leads(heading string, step chromedp.Action[chromedp.Void]) {
	k.t.Helper()
	r, err := chromedp.RunResponse(k.ctx, step)
	if err != nil {
		k.t.Fatal(err)
	}
	k.says("h1", heading)
	if r.Status != 200 {
		k.t.Errorf("%s: status %d", heading, r.Status)
	}
}

func (k keyboard) says(css, words string) {
	k.t.Helper()
	got, err := chromedp.Run(k.ctx, chromedp.TextContent(chromedp.CSS(css)))
	if err != nil {
		k.t.Fatal(err)
	}
	if !strings.Contains(got, words) {
		k.t.Errorf("%s says %q, want %q", css, got, words)
	}
}

// shows reports whether the page says something, at whatever moment of its loading.
func (k keyboard) shows(words string) bool {
	said, err := chromedp.Run(k.ctx, chromedp.Evaluate[string](`document.querySelector("main")?.textContent || ""`))
	return err == nil && strings.Contains(said, words)
}

// logsIn goes the whole way of a user of the desk, by the link in their latest mail.
func (k keyboard) logsIn(h *house, email, name string) {
	k.t.Helper()
	enter := chromedp.KeyEvent(kb.Enter)
	to := func(m inbox.Mail) bool {
		return strings.Contains(strings.Join(m.To, " "), email) && strings.Contains(m.Subject, "link")
	}
	k.leads("Log in", chromedp.Navigate(h.public+"/desk"))
	k.tabTo("INPUT email")
	k.types(email)
	k.leads("Please look into your mailbox", enter)
	_, raw, err := h.inbox.Get(h.mails(1, to)[0].ID)
	if err != nil {
		k.t.Fatal(err)
	}
	msg, err := inbox.Parse(raw)
	if err != nil {
		k.t.Fatal(err)
	}
	k.leads("Log in", chromedp.Navigate(loginLink.FindString(msg.Text)))
	k.run(enter)
	until(k.t, "somebody is in", func() bool { return k.shows("Welcome, " + name + ".") })
	k.says(".said", "Welcome, "+name+".")
}

var loginLink = regexp.MustCompile(`http\S+/desk/login/\S+`)

// TestTheFirstAdminComesInByKeyboard: from the command line to a second user, through the real daemon, its mail and a real browser.
func TestTheFirstAdminComesInByKeyboard(t *testing.T) {
	k, h := newKeyboard(t), newHouse(t)
	h.do("user", "add", "anna@mce.example", "--name=Anna Rossi", "--role=admin")
	h.serve()
	enter := chromedp.KeyEvent(kb.Enter)

	k.leads("Log in", chromedp.Navigate(h.public+"/desk"))
	k.tabTo("INPUT email")
	k.types("anna@mce.example")
	k.leads("Please look into your mailbox", enter)
	mail := h.mails(1, all)[0]
	_, raw, err := h.inbox.Get(mail.ID)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := inbox.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if mail.Subject != "Your link to the editors’ desk of Major Cities of Europe" || !strings.Contains(msg.Text, "Dear Anna Rossi,") {
		t.Errorf("%s\n%s", mail.Subject, msg.Text)
	}
	k.leads("Log in", chromedp.Navigate(loginLink.FindString(msg.Text)))
	until(t, "the button has the focus", func() bool { return k.focused() == "BUTTON Log in" })
	k.leads("The first issue", enter)
	k.says(".said", "Welcome, Anna Rossi.")

	k.tabTo("A Users")
	k.leads("Users", enter)
	k.tabTo("A Add a user")
	k.leads("Add a user", enter)
	k.tabTo("INPUT name")
	k.types("Bob")
	k.tabTo("INPUT email")
	k.types("bob@mce.example")
	k.tabTo("INPUT role")
	k.types(kb.ArrowDown) // approver
	k.leads("Users", enter)
	k.says(".said", "Bob can log in now.")
	if out := h.do("user", "list"); !strings.Contains(out, "bob@mce.example") || !strings.Contains(out, "approver") {
		t.Error(out)
	}
	k.tabTo("BUTTON Log out")
	k.leads("Log in", enter)
	k.says(".said", "You are logged out.")
	k.leads("Log in", chromedp.Navigate(h.public+"/desk/users"))

	if n := len(h.inbox.Mails()); n != 1 {
		t.Errorf("%d mails", n)
	}
	if strings.Contains(h.log.String(), "/desk/login/") {
		t.Error("the log has a link")
	}
}
