package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page/axetest"
	"github.com/majorcities/mce-mailer/templates/page/browsertest"
)

// browserLimit is more than any test here asks of one browser.
const browserLimit = 3 * time.Minute

// withoutScript starts a Chromium that runs no JavaScript of any page.
func withoutScript(t *testing.T) context.Context {
	t.Helper()
	ctx := browsertest.Start(t, browserLimit)
	off := emulation.SetScriptExecutionDisabledParams{Value: true}
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, off); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// loads does what makes the browser load a page, and checks what it then shows.
func loads(ctx context.Context, t *testing.T, title string, step chromedp.Action[chromedp.Void]) {
	t.Helper()
	r, err := chromedp.RunResponse(ctx, step)
	if err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.TextContent(chromedp.CSS("h1")))
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != http.StatusOK || !strings.Contains(got, title) {
		t.Errorf("status %d, heading %q, want %q", r.Status, got, title)
	}
}

func TestTheButtonsWorkWithoutScript(t *testing.T) {
	s, ctx := newSite(t, "https://example.org/mail"), withoutScript(t)
	anna, leave := s.reader("anna@example.org", "en")
	bruno, confirm := s.asked("bruno@example.org", "it")
	press := chromedp.Click(chromedp.CSS("main form button"))

	loads(ctx, t, "Unsubscribe a…@example.org?", chromedp.Navigate(s.url+"/mail"+leave))
	if got := s.story(anna); got != "active: imported" {
		t.Error(got)
	}
	loads(ctx, t, "You are unsubscribed", press)
	loads(ctx, t, "Our newsletters and mails", chromedp.Click(chromedp.CSS("header .wordmark")))
	if got := s.story(anna); got != "unsubscribed: imported withdrawn" {
		t.Error(got)
	}

	loads(ctx, t, "Conferma", chromedp.Navigate(s.url+"/mail"+confirm))
	loads(ctx, t, "confermata", press)
	if got := s.story(bruno); got != "active: asked confirmed" {
		t.Error(got)
	}
}

// shown stands between the browser and the server: an address below /pressed/ is asked for by POST, as the page's button would, and
// every page comes with status 200, because a browser's console counts any other as a complaint. Headers and content are the server's own.
func shown(t *testing.T, s *site) string {
	t.Helper()
	target, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			if rest, pressed := strings.CutPrefix(r.In.URL.Path, "/pressed"); pressed {
				r.Out.Method, r.Out.URL.Path = http.MethodPost, rest
			}
		},
		ModifyResponse: func(r *http.Response) error {
			r.StatusCode = http.StatusOK
			return nil
		},
	}
	return serveAside(t, proxy)
}

// serveAside serves something beside the site, as long as the test lasts.
func serveAside(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func TestLivePagesAreAccessible(t *testing.T) {
	s, browser := newSite(t, public), axetest.New(t)
	_, left := s.reader("left@example.org", "en")
	s.ask(http.MethodPost, left, nil)
	_, ended := s.asked("ended@example.org", "en")
	s.ask(http.MethodPost, "/leave/"+s.keys.Token(mce.ForLeaving, s.subscriber("ended@example.org").ID, 1), nil)
	_, confirmed := s.asked("confirmed@example.org", "en")
	s.ask(http.MethodPost, confirmed, nil)
	s.send()
	if err := s.store.UseKeys(t.Context(), s.keys); err != nil {
		t.Fatal(err)
	}
	s.choosable()
	cancelled := s.takes("cancelled@example.org")
	s.post(s.pathOf(cancelled) + "/cancel")
	at := shown(t, s)
	for _, lang := range []mce.Lang{"en", "it"} {
		_, leave := s.reader("leave@"+string(lang)+".example", lang)
		_, confirm := s.asked("confirm@"+string(lang)+".example", lang)
		self, _ := s.reader("self@"+string(lang)+".example", lang)
		s.registered(self.Email)
		me, moving := s.me(self, mce.SelfFor), s.moving(self, "new@"+string(lang)+".example")
		place, booking := s.pathOf(s.takes("place@"+string(lang)+".example")), s.booked("booked@"+string(lang)+".example")
		gone, _ := s.reader("gone@"+string(lang)+".example", lang)
		for _, c := range []struct{ name, path string }{
			{"own page", me},
			{"own page, over", s.me(self, 0)},
			{"data", me + "/data"},
			{"erase, not yet", "/pressed" + me + "/erase"},
			{"erase, asking", s.me(gone, mce.SelfFor) + "/erase"},
			{"erase, done", "/pressed" + s.me(gone, mce.SelfFor) + "/erase"},
			{"erase, already", s.me(gone, mce.SelfFor)},
			{"move, asking", moving},
			{"move, done", "/pressed" + moving},
			{"move, over", moving},
			{"home", "/"},
			{"help", "/help"},
			{"events", "/events"},
			{"event", "/events/prato-2023"},
			{"event, at fault", "/pressed/events/prato-2023"},
			{"registration", place},
			{"registration, at fault", "/pressed" + place},
			{"registration, cancelled", s.pathOf(cancelled)},
			{"cancel, asking", place + "/cancel"},
			{"cancel, done", "/pressed" + place + "/cancel"},
			{"cancel, already", s.pathOf(cancelled) + "/cancel"},
			{"booking", booking},
			{"forgotten", "/registration/" + s.keys.Token(mce.ForDelegate, 1<<40, 0)},
			{"archive", "/archive"},
			{"archived issue", "/archive/newsletter/1/" + string(lang)},
			{"archived series", "/archive/newsletter/" + string(lang)},
			{"privacy", "/privacy"},
			{"accessibility", "/accessibility"},
			{"error", "/nowhere"},
			{"leave, asking", leave},
			{"leave, done", "/pressed" + leave},
			{"leave, already", left},
			{"confirm, asking", confirm},
			{"confirm, done", "/pressed" + confirm},
			{"confirm, already", confirmed},
			{"confirm, ended", ended},
		} {
			t.Run(c.name+", "+string(lang), func(t *testing.T) {
				browser.Check(t, at+c.path+"?lang="+string(lang), axetest.View{Width: 320, Dark: true}, axetest.View{Width: 1280})
			})
		}
	}
}
