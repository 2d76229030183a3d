package desk_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page/browsertest"
)

// window is a real browser in which a user is logged in.
type window struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // the browser's
	h   *house
}

func (h *house) window(t *testing.T, u mce.User) window {
	t.Helper()
	ctx := browsertest.Start(t, 3*time.Minute, chromedp.Flag("ignore-certificate-errors", true)) // the test's own
	w := window{t, ctx, h}
	secret := h.browser().plant(u)
	_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{
		Name: "__Host-mce_session", Value: secret, URL: h.server.URL, Path: "/", Secure: new(true), HTTPOnly: new(true),
	})
	w.must(err)
	return w
}

func (w window) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w window) opens(path string) {
	w.t.Helper()
	w.must(chromedp.Do(w.ctx, chromedp.Navigate(w.h.server.URL+path)))
}

func (w window) types(keys string) {
	w.t.Helper()
	w.must(chromedp.Do(w.ctx, chromedp.KeyEvent(keys)))
}

// tells is the value of an expression in the page.
func (w window) tells(expression string) string {
	w.t.Helper()
	got, err := chromedp.Run(w.ctx, chromedp.Evaluate[string]("String("+expression+")"))
	w.must(err)
	return got
}

// until waits for an expression in the page to be true.
func (w window) until(expression string) {
	w.t.Helper()
	const wait = `new Promise((yes, no) => { const end = Date.now() + 20000; (function look() { if (%) yes("true"); else if (Date.now() > end) no("never"); else requestAnimationFrame(look) })() })`
	if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](strings.Replace(wait, "%", expression, 1), chromedp.EvalAwaitPromise)); err != nil {
		w.t.Fatalf("%s: %v", expression, err)
	}
}

// tabTo presses Tab until what a selector names has the focus.
func (w window) tabTo(css string) {
	w.t.Helper()
	for range 60 {
		w.types(kb.Tab)
		if w.tells("document.activeElement.matches(`"+css+"`)") == "true" {
			return
		}
	}
	w.t.Fatalf("%s cannot be reached by Tab", css)
}

// TestAnArticleIsTypedByKeyboard: toolbar, preview, and what is left when the browser is closed in the middle of it.
func TestAnArticleIsTypedByKeyboard(t *testing.T) {
	h := newHouse(t)
	anna := h.user("Anna", mce.Editor)
	w := h.window(t, anna)
	w.opens("/desk/content/articles/new")
	w.tabTo("#title")
	w.types("A bridge")
	w.tabTo("[data-mark=bold]")
	w.types(kb.Enter)
	if got := w.tells("document.activeElement.id"); got != "body" {
		t.Errorf("after the toolbar the focus is on %s", got)
	}
	w.types("long <script>alert(1)</script>")
	w.until(`document.querySelector(".shown strong")?.textContent.includes("long")`)
	if got := w.tells("document.querySelectorAll('.shown script').length + ' ' + document.querySelector('#body').value"); got != "0 **long <script>alert(1)</script>**" {
		t.Error(got)
	}
	w.until(`document.querySelector(".kept").textContent.startsWith("Draft kept at ")`)
	w.must(chromedp.Cancel(w.ctx)) // the browser is gone

	w = h.window(t, anna)
	w.opens("/desk/content/articles/new")
	if got := w.tells("document.querySelector('#title').value + document.querySelector('#body').value"); got != "A bridge**long <script>alert(1)</script>**" {
		t.Errorf("what is left is %q", got)
	}
	// What is typed last is kept when the page is left, however soon.
	w.tabTo("#title")
	w.types(kb.End)
	w.types(" in Prato")
	w.opens("/desk/content/articles")
	w.opens("/desk/content/articles/new")
	w.until(`document.querySelector("#title")`)
	if got := w.tells("document.querySelector('#title').value"); got != "A bridge in Prato" {
		t.Errorf("what is left is %q", got)
	}
	w.tabTo(".bar button")
	_, err := chromedp.RunResponse(w.ctx, chromedp.KeyEvent(kb.Enter))
	w.must(err)
	if got := w.tells(`document.querySelector(".said").textContent`); !strings.Contains(got, "is saved") {
		t.Error(got)
	}
	if n := h.count(`select count(*) from articles where title ->> 'en' = 'A bridge in Prato'`); n != 1 {
		t.Errorf("%d articles", n)
	}
	if n := h.count(`select count(*) from content_drafts`); n != 0 {
		t.Error("a draft is left")
	}
}

// rewrites types other words into an entry.
func (w window) rewrites(id, words string) {
	w.t.Helper()
	w.tells(`document.getElementById("` + id + `").select()`)
	w.types(words)
}

// presses gives a button the focus, presses Enter, and waits for the page that follows.
func (w window) presses(css string) {
	w.t.Helper()
	w.tells("document.querySelector(`" + css + "`).focus()")
	_, err := chromedp.RunResponse(w.ctx, chromedp.KeyEvent(kb.Enter))
	w.must(err)
}

// TestTwoBrowsersOneArticle: who saves last is shown the difference. What they wrote outlives their browser, and what the other wrote stays in the history.
func TestTwoBrowsersOneArticle(t *testing.T) {
	h := newHouse(t)
	anna, bob := h.user("Anna", mce.Editor), h.user("Bob", mce.Editor)
	first, second := h.window(t, anna), h.window(t, bob)
	first.opens(firstArticle)
	second.opens(firstArticle)
	second.rewrites("title", "Bob's title")
	second.rewrites("title_it", "Il titolo di Bob")
	first.rewrites("title", "Anna's title")
	first.presses(".bar button[value=save]")
	if got := first.tells(`document.querySelector(".said").textContent`); !strings.Contains(got, "is saved") {
		t.Fatal(got)
	}
	const clash = `document.querySelector("main").innerText`
	second.presses(".bar button[value=save]")
	for _, want := range []string{"Somebody else was faster", "Anna changed this on", "Bob's title", "Anna's title", "Il titolo di Bob"} {
		if got := second.tells(clash); !strings.Contains(got, want) {
			t.Errorf("%q is missing in %s", want, got)
		}
	}
	second.must(chromedp.Cancel(second.ctx))

	second = h.window(t, bob)
	second.opens(firstArticle)
	if got := second.tells(`document.querySelector("#title").value + ", " + document.querySelector("#title_it").value`); got != "Bob's title, Il titolo di Bob" {
		t.Errorf("what is left is %s", got)
	}
	second.presses(".bar button[value=save]")
	second.tells("document.querySelector(`[name='take:title'][value=theirs]`).click()")
	second.presses("button[value=take]")
	second.presses(".bar button[value=save]")
	if got := second.tells(`document.querySelector("#title").value + ", " + document.querySelector("#title_it").value`); got != "Anna's title, Il titolo di Bob" {
		t.Errorf("what is saved is %s", got)
	}
	second.opens(firstArticle + "/history")
	for _, want := range []string{"Version 1", "Version 2", "Version 3", "Anna", "Bob"} {
		if got := second.tells(clash); !strings.Contains(got, want) {
			t.Errorf("%q is missing in the history", want)
		}
	}
	if n := h.count(`select count(*) from content_drafts`); n != 0 {
		t.Errorf("%d drafts are left", n)
	}
}

// TestTheToolbarMarksWhatIsSelected in each of its ways.
func TestTheToolbarMarksWhatIsSelected(t *testing.T) {
	h := newHouse(t)
	w := h.window(t, h.user("Anna", mce.Editor))
	w.opens("/desk/content/articles/new")
	for _, c := range []struct{ text, from, to, mark, want string }{
		{"a word here", "2", "6", "bold", "a **word** here"},
		{"a word here", "2", "6", "italic", "a _word_ here"},
		{"a word here", "2", "6", "link", "a [word](https://) here"},
		{"one\ntwo", "0", "7", "list", "- one\n- two"},
		{"one\ntwo", "0", "7", "numbers", "1. one\n2. two"},
		{"one\n- two", "5", "5", "heading", "one\n## two"},
	} {
		w.tells(`(a => { a.value = ` + "`" + c.text + "`" + `; a.setSelectionRange(` + c.from + `, ` + c.to + `); document.querySelector(".sides:has(#body) [data-mark=` + c.mark + `]").click(); })(document.querySelector("#body"))`)
		if got := w.tells(`document.querySelector("#body").value`); got != c.want {
			t.Errorf("%s of %q: %q", c.mark, c.text, got)
		}
	}
}

// TestHostileWordsAreWordsOnly: each string of the corpus in every entry of every form is kept as it is or refused with a reason, and neither the
// forms nor the lists, history or previews have an element or attribute of it.
func TestHostileWordsAreWordsOnly(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Editor))
	forms := []string{firstArticle, "/desk/content/events/1", "/desk/content/resources/1"}
	saved := 0
	for n, hostile := range naughty(t) {
		for _, path := range forms {
			form := b.fills(path)
			for name := range form {
				switch name {
				case "title", "title_it", "body", "body_it", "motto", "motto_it", "city", "city_it", "venue", "venue_it", "address", "image_alt", "image_alt_it":
					form.Set(name, "x"+hostile)
				}
			}
			pages := []answer{b.ask("POST", path, form)}
			if pages[0].StatusCode == http.StatusSeeOther {
				saved++
			}
			form = b.get(path).entries(t)
			for name := range form {
				if name != "token" && name != "version" {
					form.Set(name, hostile)
				}
			}
			form.Set("session/"+hostile+"/title", hostile)
			buttons := []string{"save", "preview", "add", "remove:" + hostile, "take", hostile}
			if !strings.ContainsAny(hostile, "<>\"'&`\x00/") && utf8.ValidString(hostile) {
				buttons = buttons[:1] // words without a sign that could do anything
			}
			for _, do := range buttons {
				form.Set("do", do)
				pages = append(pages, b.ask("POST", path, form))
			}
			form.Set("version", "1")
			form.Set("do", "save")
			pages = append(pages, b.ask("POST", path, form), b.get(path), b.get(path+"/history"))
			for i, a := range pages {
				if a.StatusCode >= 500 {
					t.Fatalf("%q to %s (%d): status %d\n%s", hostile, path, i, a.StatusCode, h.log.String())
				}
				if found := active(t, a.body); found != "" {
					t.Fatalf("%q to %s (%d): the page has %s", hostile, path, i, found)
				}
			}
			b.press("/desk/me", path+"/draft", "do", "drop").leads(t, path)
		}
		if n%40 == 0 {
			for _, list := range []string{"articles", "events", "resources"} {
				if found := active(t, b.get("/desk/content/"+list).body); found != "" {
					t.Fatalf("%q: the list has %s", hostile, found)
				}
			}
		}
	}
	if saved < 1000 {
		t.Errorf("only %d pieces are saved", saved)
	}
}

// TestNothingRunsInABrowser: what is kept of the worst strings, where a script of ours puts HTML into the page.
func TestNothingRunsInABrowser(t *testing.T) {
	h := newHouse(t)
	anna := h.user("Anna", mce.Editor)
	b, w := h.as(anna), h.window(t, anna)
	asked := make(chan string, 1)
	w.must(chromedp.Listen(w.ctx, func(e any) {
		if d, ok := e.(*page.EventJavascriptDialogOpening); ok {
			select {
			case asked <- d.Message:
			default:
			}
		}
	}))
	var all []string
	for _, hostile := range naughty(t) {
		if strings.ContainsAny(hostile, "<>") || strings.Contains(hostile, "script") {
			all = append(all, hostile)
		}
	}
	for len(all) > 0 {
		some := all[:min(60, len(all))]
		all = all[len(some):]
		b.saves(firstArticle, "title", some[0]+some[len(some)/2], "body", strings.Join(some, "\n\n")).leads(t, firstArticle)
		w.opens(firstArticle)
		w.until(`document.querySelector(".shown").innerHTML !== ""`)
		for _, path := range []string{"/desk/content/articles", firstArticle + "/history"} {
			w.opens(path)
		}
		select {
		case said := <-asked:
			t.Fatalf("a script ran and said %q", said)
		default:
		}
	}
}

// TestWhatIsEnteredIsShown: moments in words, the end of an event with its beginning, and a picture before it is sent.
func TestWhatIsEnteredIsShown(t *testing.T) {
	h := newHouse(t)
	w := h.window(t, h.user("Anna", mce.Editor))
	w.opens("/desk/content/events/new")
	enters := func(name, moment string) {
		t.Helper()
		w.tells(`(e => { e.value = "` + moment + `"; e.dispatchEvent(new Event("input", {bubbles: true})); })(document.getElementsByName("` + name + `")[0])`)
	}
	said := func(name string) string {
		return w.tells(`document.getElementsByName("` + name + `")[0].nextElementSibling.textContent`)
	}
	enters("starts", "2027-05-12T09:00")
	if starts, ends := said("starts"), said("ends"); !strings.Contains(starts, "Wednesday, 12 May 2027") || !strings.Contains(ends, "10:00") {
		t.Errorf("%q, %q", starts, ends)
	}
	enters("ends", "2027-05-14T17:00")
	enters("starts", "2027-05-19T09:00")
	if got := w.tells(`document.getElementsByName("ends")[0].value`); got != "2027-05-21T17:00" {
		t.Errorf("it ends at %s when it is moved by a week", got)
	}
	w.opens("/desk/content/events/new")
	enters("ends", "2027-05-14T17:00")
	enters("starts", "2027-05-12T09:00")
	if got := w.tells(`document.getElementsByName("ends")[0].value`); got != "2027-05-14T17:00" {
		t.Errorf("an end that was entered first became %s", got)
	}
	w.opens("/desk/content/articles/new")
	picture := filepath.Join(t.TempDir(), "a.png")
	w.must(os.WriteFile(picture, paint(t, 1, 60, 40), 0o600))
	w.must(chromedp.Do(w.ctx, chromedp.SetUploadFiles(chromedp.CSS("[name=image_file]"), []string{picture})))
	w.until(`document.querySelector("[name=image_file] + img.chosen")?.naturalWidth === 60`)
}
