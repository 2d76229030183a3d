package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page/browsertest"
)

// stops are the headings that a delegate meets on the way, in a language.
type stops struct {
	events, conference, mailbox, registration, saved, cancel, cancelled string
}

func stopsOf(lang mce.Lang) stops {
	if lang == "it" {
		return stops{
			"Eventi", "Conferenza annuale 2023", "Controlli la Sua casella", "La Sua registrazione", "I dati sono stati salvati", "Annullare questa registrazione?",
			"La registrazione è annullata",
		}
	}
	return stops{
		"Events", "Annual Conference 2023", "Please look into your mailbox", "Your registration", "It is saved.", "Cancel this registration?", "The registration is cancelled",
	}
}

// A delegate's whole way, in a browser that runs no script: find the event, register, choose otherwise, and cancel.
func TestADelegatesWay(t *testing.T) {
	for _, lang := range mce.Languages() {
		for _, width := range []int64{1280, 375} {
			t.Run(fmt.Sprintf("%s, %d px", lang, width), func(t *testing.T) {
				s, ctx := newSite(t, public), withoutScript(t)
				if _, err := chromedp.Run(ctx, chromedp.EmulateViewport(width, 800)); err != nil {
					t.Fatal(err)
				}
				walkAsDelegate(ctx, t, s, lang, press)
			})
		}
	}
}

// The same by the keyboard alone.
func TestADelegatesWayByKeyboard(t *testing.T) {
	s, ctx := newSite(t, public), browsertest.Start(t, browserLimit)
	walkAsDelegate(ctx, t, s, "en", tabTo)
}

func walkAsDelegate(ctx context.Context, t *testing.T, s *site, lang mce.Lang, hand hand) {
	t.Helper()
	const address = "anna@example.org"
	s.choosable()
	say := stopsOf(lang)
	act := func(css string) { run(ctx, t, hand(ctx, t, css)) }
	enter := func(css, words string) {
		act(css)
		run(ctx, t, chromedp.KeyEvent(words))
	}

	loads(ctx, t, say.events, chromedp.Navigate(s.url+"/events?lang="+string(lang)))
	loads(ctx, t, say.conference, hand(ctx, t, `a[href^="/events/prato-2023"]`))
	enter("#email", address)
	enter("#name", "Anna Rossi")
	act(`input[name=sessions][value=data-governance]`)
	loads(ctx, t, say.mailbox, hand(ctx, t, "form.entries .actions button"))
	r := s.registration(address)
	if r.State != mce.Registered || r.Language != lang || strings.Join(r.Sessions, " ") != "data-governance" {
		t.Errorf("%+v", r)
	}

	loads(ctx, t, say.registration, chromedp.Navigate(s.url+s.pathOf(r)))
	act(`input[name=sessions][value=data-governance]`)
	act(`input[name=sessions][value=digital-twins]`)
	loads(ctx, t, say.registration, hand(ctx, t, "form.entries .actions button"))
	shows(ctx, t, ".outcome", say.saved)
	if r = s.registration(address); strings.Join(r.Sessions, " ") != "digital-twins" || s.lettersTo(r, mce.ChangeOf) != 1 {
		t.Errorf("%+v", r)
	}

	loads(ctx, t, say.cancel, hand(ctx, t, `a[href*="/cancel?"]`))
	loads(ctx, t, say.cancelled, hand(ctx, t, "main form button"))
	if r = s.registration(address); r.State != mce.Withdrawn || s.lettersTo(r, mce.Cancellation) != 1 {
		t.Errorf("%+v", r)
	}
	if n := s.count(`select count(*) from subscribers`) + s.count(`select count(*) from wishes`); n != 0 {
		t.Error("who only registers is asked about newsletters")
	}
}
