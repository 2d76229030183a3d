package inbox

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/majorcities/mce-mailer/templates/page/browsertest"
)

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// recorder is a server that remembers what it was asked, one line "METHOD /path body referer=…" each.
type recorder struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func record(t *testing.T) *recorder {
	t.Helper()
	r := &recorder{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		if q.URL.Path != "/favicon.ico" { // browsers ask for it on their own
			r.asked = append(r.asked, fmt.Sprintf("%s %s %s referer=%s", q.Method, q.URL.Path, body, q.Referer()))
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// requests returns what was asked so far.
func (r *recorder) requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.asked)
}

// waitFor returns once a request was made that begins so.
func (r *recorder) waitFor(t *testing.T, start string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if slices.ContainsFunc(r.requests(), func(s string) bool { return strings.HasPrefix(s, start) }) {
			return
		}
	}
	t.Errorf("%q was never asked, only %q", start, r.requests())
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestHostileMailInChromium(t *testing.T) {
	ctx := browsertest.Start(t, 2*time.Minute)
	in, outside := open(t), record(t)
	raw := strings.ReplaceAll(hostile, "{server}", outside.URL)
	deliver(t, in, "zoe@city.example", raw)
	base := serve(t, in.Handler("/inbox")) + "/inbox"

	// The same HTML without our policy shows that the mail is dangerous and that the recorder would notice.
	_, unsafe, _ := strings.Cut(raw, "\n\n")
	naive := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, unsafe) }))
	do(t, ctx, chromedp.Navigate(naive))
	outside.waitFor(t, "GET /image")
	do(t, ctx, chromedp.Navigate("about:blank"))
	before := len(outside.requests())

	for _, path := range []string{"/", "/mail/00000001", "/mail/00000001/frame", "/mail/00000001/source", "/mail/00000001/headers"} {
		do(t, ctx, chromedp.Navigate(base+path), chromedp.Sleep(time.Second)) // time for what must not happen
		title, err := chromedp.Run(ctx, chromedp.Title())
		if err != nil {
			t.Fatal(err)
		}
		address, err := chromedp.Run(ctx, chromedp.Location())
		if err != nil {
			t.Fatal(err)
		}
		if asked := outside.requests()[before:]; title == "ran" || address != base+path || len(asked) > 0 {
			t.Errorf("%s: title %q, address %s, requests %q", path, title, address, asked)
		}
	}
}

func TestLinksAndOneClickInChromium(t *testing.T) {
	ctx := browsertest.Start(t, 2*time.Minute)
	in, outside := open(t), record(t)
	deliver(t, in, "zoe@city.example", "List-Unsubscribe: <"+outside.URL+"/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n"+
		"Content-Type: text/html\n\n<a href='"+outside.URL+"/clicked' target=_top style='display:block;height:600px'>link</a>")
	page := serve(t, in.Handler("/inbox")) + "/inbox/mail/00000001"

	do(t, ctx, chromedp.EmulateViewport(1280, 1200), chromedp.Navigate(page))
	for range 20 { // Chromium ignores clicks on a frame that it has not painted yet
		do(t, ctx, chromedp.MouseClickXY(640, 600), chromedp.Sleep(500*time.Millisecond))
		if len(outside.requests()) > 0 {
			break
		}
	}
	outside.waitFor(t, "GET /clicked  referer=")
	do(t, ctx, chromedp.Click(chromedp.CSS("form button")))
	outside.waitFor(t, "POST /u List-Unsubscribe=One-Click referer=")
	if address, err := chromedp.Run(ctx, chromedp.Location()); err != nil || address != page {
		t.Errorf("the mail's page went to %s, %v", address, err)
	}
}

// TestScreensReflow holds every page to WCAG 2.2 §1.4.10: nothing scrolls sideways at 320 pixels. Where
// INBOX_SHOTS names a folder, it also takes pictures there, to be looked at.
func TestScreensReflow(t *testing.T) {
	ctx := browsertest.Start(t, 2*time.Minute)
	in := demo(t)
	base := serve(t, in.Handler("/inbox")) + "/inbox"
	pages := map[string]string{
		"list": "/", "search": "/?q=nobody", "html": "/mail/00000005", "phone": "/mail/00000005/html?width=phone&colours=dark", "text": "/mail/00000005/text",
		"headers": "/mail/00000005/headers", "source": "/mail/00000005/source", "attachments": "/mail/00000005/attachments",
		"broken": "/mail/00000004", "missing": "/mail/0",
	}
	for name, path := range pages {
		do(t, ctx, chromedp.EmulateViewport(320, 800), chromedp.Navigate(base+path))
		if wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)); err != nil || wide > 320 {
			t.Errorf("%s is %d wide at 320, %v", name, wide, err)
		}
		if dir := os.Getenv("INBOX_SHOTS"); dir != "" {
			shoot(t, ctx, filepath.Join(dir, name))
		}
	}
}

func shoot(t *testing.T, ctx context.Context, path string) {
	t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
			t.Fatal(err)
		}
		for _, width := range []int64{1280, 375} {
			do(t, ctx, chromedp.EmulateViewport(width, 1300), chromedp.Sleep(200*time.Millisecond)) // time to paint the frame
			picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(fmt.Sprintf("%s-%d-%s.png", path, width, scheme), picture, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// demo is an inbox as it may look during a demonstration.
func demo(t *testing.T) *Inbox {
	t.Helper()
	now := noon
	in := openAt(t, t.TempDir(), func() time.Time { return now })
	const html = `<!doctype html><html lang="en"><head><meta name="color-scheme" content="light dark"><style>
body { font: 16px/1.5 sans-serif; margin: 0; padding: 24px } h1 { color: #003a70; font-size: 22px } p { max-width: 40em }
@media (prefers-color-scheme: dark) { h1 { color: #93bfec } }</style></head><body>
<h1>News of the Major Cities</h1><p>Dear Zoë,</p><p>the programme of this year's conference in Šibenik stands: three days on
digital public services, with <a href="https://mce.example/programme">all sessions on one page</a>.</p>
<p><img alt="A picture from elsewhere" src="https://mce.example/remote.png"></p><p>Your editors</p></body></html>`
	send := func(later time.Duration, to, raw string) {
		now = now.Add(later)
		deliver(t, in, to, raw)
	}
	send(0, "office@mce.example", "From: Zoë Müller <zoe@city.example>\nSubject: Re: Your place in Šibenik\n\nThank you!")
	send(3*time.Hour, "a.delegate.with.a.very.long.address@department.of.digital.services.some-city.example",
		"From: MCE <news@mce.example>\nSubject: Please confirm your subscription\n\nhttps://mce.example/confirm")
	send(20*time.Hour, "jean@ville.example", "From: MCE <news@mce.example>\nSubject: A subject that is long enough to need a second line on a narrow "+
		"screen, because editors write such subjects\n\nx")
	send(time.Hour, "ana@grad.example", "From: MCE <news@mce.example>\nSubject: A mail that is broken\nno field\n\nbody")
	body := invitation[strings.Index(invitation, "<p>Dobro"):]
	body = body[:strings.Index(body, "\n--a")]
	letter := strings.Replace(invitation, body, html, 1)
	letter = strings.Replace(letter, "charset=iso-8859-2\nContent-Transfer-Encoding: quoted-printable", "charset=utf-8", 1)
	send(17*time.Minute, "zoe@city.example", letter)
	return in
}
