package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page/browsertest"
)

// words are the headings that a reader meets on the way, in a language.
type words struct {
	subscribe, mailbox, confirm, confirmed, choices, saved, leave, left, back, erase, erased string
}

func wordsOf(lang mce.Lang) words {
	if lang == "it" {
		return words{
			"Iscrizione alle nostre newsletter", "Controlli la Sua casella", "Conferm", "confermata", "Argomenti, lingua e frequenza",
			"Le Sue scelte sono salvate", "Annullare l’iscrizione", "annullata", "Iscrizione ripristinata",
			"Cancellazione dei Suoi dati", "I Suoi dati sono stati cancellati",
		}
	}
	return words{
		"Subscribe to our newsletters", "Please look into your mailbox", "Confirm your subscription", "Your subscription is confirmed",
		"Your topics, language and pace", "What you chose is saved", "Unsubscribe", "You are unsubscribed", "You are subscribed again", "Erase your data",
		"Your data has been erased",
	}
}

// A reader's whole way, in a browser that runs no script: subscribe, confirm, choose, leave, come back, and be forgotten.
func TestAReadersWay(t *testing.T) {
	for _, lang := range mce.Languages() {
		for _, width := range []int64{1280, 375} {
			t.Run(fmt.Sprintf("%s, %d px", lang, width), func(t *testing.T) {
				s, ctx := newSite(t, public), withoutScript(t)
				if _, err := chromedp.Run(ctx, chromedp.EmulateViewport(width, 800)); err != nil {
					t.Fatal(err)
				}
				walk(ctx, t, s, lang, press)
			})
		}
	}
}

// The same by the keyboard alone.
func TestAReadersWayByKeyboard(t *testing.T) {
	s, ctx := newSite(t, public), browsertest.Start(t, browserLimit)
	walk(ctx, t, s, "en", tabTo)
}

// hand reaches an element of the page and presses it.
type hand func(ctx context.Context, t *testing.T, css string) chromedp.Action[chromedp.Void]

func walk(ctx context.Context, t *testing.T, s *site, lang mce.Lang, hand hand) {
	t.Helper()
	const address = "anna@example.org"
	if err := s.store.UseKeys(t.Context(), s.keys); err != nil { // to erase
		t.Fatal(err)
	}
	say := wordsOf(lang)
	act := func(css string) { run(ctx, t, hand(ctx, t, css)) }

	loads(ctx, t, say.subscribe, chromedp.Navigate(s.url+"/subscribe?lang="+string(lang)))
	act("#email")
	run(ctx, t, chromedp.KeyEvent(address))
	act(`input[name=topics][value=events]`)
	act(`input[name=agree]`)
	loads(ctx, t, say.mailbox, hand(ctx, t, "form.entries .actions button"))
	s.grant()
	p := s.subscriber(address)

	loads(ctx, t, say.confirm, chromedp.Navigate(s.url+"/confirm/"+s.keys.Token(mce.ForConfirming, p.ID, s.record(p)[0].ID)))
	loads(ctx, t, say.confirmed, hand(ctx, t, "main form button"))

	token := s.keys.Token(mce.ForLeaving, p.ID, 0)
	loads(ctx, t, say.choices, chromedp.Navigate(s.url+"/choices/"+token))
	act(`input[name=topics][value=eu-projects]`)
	loads(ctx, t, say.choices, hand(ctx, t, "form.entries .actions button"))
	shows(ctx, t, ".outcome", say.saved)

	loads(ctx, t, say.leave, chromedp.Navigate(s.url+"/leave/"+token))
	loads(ctx, t, say.left, hand(ctx, t, "main form button"))
	loads(ctx, t, say.back, hand(ctx, t, "main form button"))

	if got := s.story(p); got != "active: asked confirmed changed withdrawn returned" {
		t.Error(got)
	}
	if got := s.subscriber(address); strings.Join(got.Topics, " ") != "eu-projects events" || got.Language != lang {
		t.Errorf("%+v", got)
	}

	loads(ctx, t, say.erase, chromedp.Navigate(s.url+s.me(p, mce.SelfFor)+"/erase"))
	loads(ctx, t, say.erased, hand(ctx, t, "main form button"))
	if n := s.count(`select count(*) from subscribers where id = $1 and state = 'erased' and email is null`, p.ID); n != 1 {
		t.Error("the person is still known")
	}
}

func run(ctx context.Context, t *testing.T, a chromedp.Action[chromedp.Void]) {
	t.Helper()
	if _, err := chromedp.Run(ctx, a); err != nil {
		t.Fatal(err)
	}
}

// shows checks the words of an element.
func shows(ctx context.Context, t *testing.T, css, want string) {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.TextContent(chromedp.CSS(css)))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got, want) {
		t.Errorf("%s says %q, want %q", css, got, want)
	}
}

// press is a hand with a mouse, or a finger.
func press(_ context.Context, _ *testing.T, css string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(css))
}

// tabTo goes to an element from the beginning of the page by Tab alone, as people without a mouse do, and presses it: a field needs no more
// than the way there, a box is ticked by the space bar, a button or a link pressed by Enter.
func tabTo(ctx context.Context, t *testing.T, css string) chromedp.Action[chromedp.Void] {
	t.Helper()
	for range 80 {
		run(ctx, t, chromedp.KeyEvent(kb.Tab))
		there, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.activeElement.matches(`+fmt.Sprintf("%q", css)+`) ?
			(document.activeElement === document.querySelector(`+fmt.Sprintf("%q", css)+`) ? document.activeElement.type || document.activeElement.localName : "") : ""`))
		if err != nil {
			t.Fatal(err)
		}
		switch there {
		case "":
		case "email", "text":
			return chromedp.KeyEvent("")
		case "checkbox":
			return chromedp.KeyEvent(" ")
		default:
			return chromedp.KeyEvent(kb.Enter)
		}
	}
	t.Fatalf("%s cannot be reached by Tab", css)
	return nil
}
