package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/page/browsertest"
)

// naughty is the Big List of Naughty Strings, and a few of our own.
func naughty(t *testing.T) []string {
	t.Helper()
	// The test data lies beside the repository, in shared/corpus of some folder above.
	raw, err := os.ReadFile("../../shared/corpus/blns.json")
	for up := "../../.."; err != nil && len(up) < 30; up += "/.." {
		raw, err = os.ReadFile(up + "/shared/corpus/blns.json")
	}
	if err != nil {
		t.Skip("the corpus is absent: ", err)
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	return append(list, `"><img src=x onerror=alert(1)>`, "a\r\nBcc: x@y.example", "</title><script>alert(1)</script>", "\x00", "\xff\xfe", "{{.Site}}")
}

// aims reports whether a string has a sign that could do anything in HTML.
func aims(s string) bool { return strings.ContainsAny(s, `<>"'&`+"`") || strings.Contains(s, "script") }

// entry sends one hostile string in one entry of one form. A client of its own is not bounded with the others.
func (s *site) entry(n int, path string, f url.Values) answer {
	s.t.Helper()
	return s.ask(http.MethodPost, path, strings.NewReader(f.Encode()), "Content-Type", "application/x-www-form-urlencoded",
		"X-Forwarded-For", fmt.Sprintf("198.51.%d.%d", n>>8&255, n&255))
}

// Every hostile string, in every entry of every form: it is taken as it is or refused with a reason, and the page that says so has no
// element and no attribute that the page for a harmless string does not have.
func TestHostileEntriesAreWordsOnly(t *testing.T) {
	s := newSite(t, public)
	_, leave := s.reader("known@example.org", "en")
	choices := strings.Replace(leave, "/leave/", "/choices/", 1)
	usual := func(entries ...string) url.Values {
		f := url.Values{"email": {"somebody@example.org"}, "language": {"en"}, "topics": {"events"}, "agree": {"yes"}}
		for i := 0; i < len(entries); i += 2 {
			f.Set(entries[i], entries[i+1])
		}
		return f
	}
	place := s.pathOf(s.placed("place@example.org"))
	for n, hostile := range naughty(t) {
		own := fmt.Sprintf("reader%d@example.org", n)
		for _, c := range []struct {
			path string
			form url.Values
		}{
			{"/subscribe?lang=en", usual("email", hostile)},
			{"/subscribe?lang=en", usual("email", own, "name", hostile, "organisation", hostile)},
			{"/subscribe?lang=en", usual("country", hostile)},
			{"/subscribe?lang=en", usual("language", hostile)},
			{"/subscribe?lang=en", usual("topics", hostile)},
			{"/subscribe?lang=en", usual("pace", hostile)},
			{"/subscribe?lang=en", usual("name", hostile, "email", "anna@gmial.com")},
			{"/subscribe?lang=en", usual("sure", hostile, "better", hostile)},
			{"/subscribe?lang=" + url.QueryEscape(hostile) + "&contrast=" + url.QueryEscape(hostile), usual("agree", "")},
			{"/link?lang=en", usual("email", hostile, "sure", hostile)},
			{choices, usual("pause", hostile)},
			{choices, usual("topics", hostile)},
			{choices + "/pause", usual("months", hostile)},
			{"/leave/" + url.PathEscape(hostile), usual("reason", hostile)},
			{"/events/prato-2023?lang=en", usual("email", hostile, "name", hostile)},
			{"/events/prato-2023?lang=en", usual("name", hostile, "organisation", hostile, "country", hostile, "email", "anna@gmial.com")},
			{"/events/prato-2023?lang=en", usual("name", "Anna", "zone", hostile, "sessions", hostile)},
			{"/events/prato-2023?lang=en", usual("name", hostile, "email", own, "organisation", hostile, "newsletter", hostile)},
			{place, usual("name", hostile, "organisation", hostile, "country", hostile)},
			{place, usual("name", "Anna", "zone", hostile, "language", hostile, "sessions", hostile)},
		} {
			client := n
			if strings.HasPrefix(c.path, "/events/") {
				client += 1 << 12
			}
			a := s.entry(client, c.path, c.form)
			if a.StatusCode >= 500 {
				t.Fatalf("%q as %v to %s: status %d", hostile, c.form, c.path, a.StatusCode)
			}
			usualHeaders(t, a)
			if !aims(hostile) {
				continue // words without a sign that HTML knows
			}
			if found := active(t, a.body); found != "" {
				t.Errorf("%q as %v to %s: the page has %s", hostile, c.form, c.path, found)
			}
		}
		s.apiEntry(n, hostile)
	}
	s.grant()
	kept := 0
	for n, hostile := range naughty(t) {
		p, err := s.store.SubscriberByEmail(t.Context(), fmt.Sprintf("reader%d@example.org", n))
		if mce.ErrorCode(err) == mce.NotFound {
			continue // refused, as was checked
		}
		if want := strings.Join(strings.Fields(hostile), " "); p.Name != want || p.Organisation != want {
			t.Errorf("%q became %q and %q", hostile, p.Name, p.Organisation)
		}
		kept++
	}
	if kept < 400 {
		t.Errorf("only %d of the strings are taken as names", kept)
	}
}

// The same on one's own page, whose entries stand on the page of one's data, too.
func TestHostileDetailsAreWordsOnly(t *testing.T) {
	s, p, me := proven(t, "anna@example.org")
	kept := 0
	for n, hostile := range naughty(t) {
		saved := s.entry(n, me+"?lang=en", url.Values{"form": {"details"}, "name": {hostile}, "organisation": {hostile}})
		pages := []answer{
			saved,
			s.entry(n, me, url.Values{"form": {"details"}, "country": {hostile}}),
			s.entry(n, me, url.Values{"form": {"move"}, "email": {hostile}, "sure": {hostile}, "better": {hostile}}),
			s.entry(n, me, url.Values{"form": {hostile}}),
			s.get(me + "/data"), s.get(me + "/erase"),
		}
		for _, a := range pages {
			if a.StatusCode >= 500 {
				t.Fatalf("%q: status %d", hostile, a.StatusCode)
			}
			usualHeaders(t, a)
			if found := active(t, a.body); found != "" {
				t.Errorf("%q: the page has %s", hostile, found)
			}
		}
		if a := s.get(me + "/data.json"); !json.Valid([]byte(a.body)) {
			t.Errorf("%q: %s is not JSON", hostile, a.body)
		}
		if saved.StatusCode != http.StatusOK {
			saved.wants(t, http.StatusUnprocessableEntity, "Please check the name")
			continue
		}
		if got, want := s.subscriber(p.Email).Details, strings.Join(strings.Fields(hostile), " "); got.Name != want || got.Organisation != want {
			t.Errorf("%q became %q and %q", hostile, got.Name, got.Organisation)
		}
		kept++
	}
	if kept < 400 {
		t.Errorf("only %d of the strings are taken as names", kept)
	}
}

// apiEntry sends it through the interface.
func (s *site) apiEntry(n int, hostile string) {
	s.t.Helper()
	for _, field := range []string{"email", "name", "organisation", "country", "language", "pace"} {
		body := map[string]any{"email": "somebody@example.org", "language": "en", "topics": []string{"events"}, "agreed": true}
		body[field] = hostile
		raw, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		a := s.ask(http.MethodPost, "/api/v1/subscriptions", strings.NewReader(string(raw)), "Content-Type", "application/json", "X-Forwarded-For", fmt.Sprintf("203.0.%d.%d", n>>8&255, n&255))
		if a.StatusCode >= 500 || !json.Valid([]byte(a.body)) {
			s.t.Errorf("%s %q: status %d, %s", field, hostile, a.StatusCode, a.body)
		}
	}
}

// usualHeaders checks that an answer has no header that our pages do not have, and says nothing in one that was sent.
func usualHeaders(t *testing.T, a answer) {
	t.Helper()
	for name, values := range a.Header {
		switch name {
		case "Cache-Control", "Content-Length", "Content-Security-Policy", "Cross-Origin-Opener-Policy", "Date", "Referrer-Policy", "Strict-Transport-Security",
			"X-Content-Type-Options":
		case "Content-Language":
			if values[0] != "en" && values[0] != "it" {
				t.Errorf("%s: %q", name, values)
			}
		case "Content-Type":
			if values[0] != htmlType {
				t.Errorf("%s: %q", name, values)
			}
		case "Location": // of a path with dots that were taken away
			if values[0] != "/leave" && values[0] != "/leave/" && values[0] != "/" {
				t.Errorf("%s: %q", name, values)
			}
		default:
			t.Errorf("%s: %q", name, values)
		}
	}
}

// active is what of a page could run: a script, an attribute with one, a link to one, or an element that our pages never have.
func active(t *testing.T, body string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "img":
			if src := attribute(n, "src"); !strings.HasPrefix(src, "data:image/png;base64,") || attribute(n, "class") != "code" {
				return "<img>" // which is not the code for the desk
			}
		case "script", "svg", "iframe", "object", "embed", "base", "video", "audio", "math", "style":
			return "<" + n.Data + ">"
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") && a.Key != "value" {
				return "<" + n.Data + " " + a.Key + "=" + a.Val + ">"
			}
		}
	}
	return ""
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// The same with a real browser's eyes, scripts on and our policy taken away: no string opens a dialogue. Each kind of person's pages
// have a browser of their own.
func TestNoHostileEntryRunsInABrowser(t *testing.T) {
	s, _, _ := proven(t, "anna@example.org")
	list := slices.DeleteFunc(naughty(t), func(s string) bool { return !aims(s) })
	t.Run("of who subscribes", func(t *testing.T) {
		s.noneRuns(t, list, func(n int, hostile string, show func(answer)) {
			for _, path := range []string{"/subscribe?lang=en", "/link?lang=it"} {
				f := url.Values{"email": {hostile}, "name": {hostile}, "organisation": {hostile}, "sure": {hostile}, "topics": {"events"}, "language": {"en"}}
				show(s.entry(n, path, f))
			}
		})
	})
	t.Run("of a subscriber", func(t *testing.T) {
		// One's own data grow with each change of them: another reader takes over before their page is as long as a book.
		const each = 10
		var own []string
		for n := range len(list)/each + 1 {
			p, _ := s.reader(fmt.Sprintf("reader%d@example.org", n), "en")
			own = append(own, s.me(p, mce.SelfFor))
		}
		s.noneRuns(t, list, func(n int, hostile string, show func(answer)) {
			me := own[n/each]
			for _, form := range []string{"details", "move"} {
				show(s.entry(n, me, url.Values{"form": {form}, "name": {hostile}, "organisation": {hostile}, "email": {hostile}}))
			}
			show(s.get(me))
			show(s.get(me + "/data"))
		})
	})
	t.Run("of a delegate", func(t *testing.T) {
		booking := s.booked("booked@example.org")
		place := s.pathOf(s.registration("booked@example.org"))
		s.noneRuns(t, list, func(n int, hostile string, show func(answer)) {
			delegate := url.Values{"email": {hostile}, "name": {hostile}, "organisation": {hostile}, "country": {hostile}, "zone": {hostile}, "sessions": {hostile}}
			show(s.entry(n, "/events/prato-2023?lang=it", delegate))
			show(s.entry(n, place, delegate))
			delegate.Del("zone")
			delegate.Del("sessions")
			show(s.entry(n, place, delegate))
			for _, path := range []string{place, place + "/cancel", booking} {
				show(s.get(path))
			}
		})
	})
}

// noneRuns opens a page for each hostile string, with the answers that are shown one below the other, and fails where the string runs.
func (s *site) noneRuns(t *testing.T, list []string, answers func(n int, hostile string, show func(answer))) {
	t.Helper()
	// What the answers all have word for word, their style, is laid out by the browser once for each of them: left out.
	_, style, _ := strings.Cut(s.get("/subscribe?lang=en").body, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /entry/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("n"))
		if err != nil { // a picture that a string asks for
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		answers(n, list[n], func(a answer) { fmt.Fprint(w, strings.Replace(a.body, style, "", 1)) })
	})
	at := serveAside(t, mux)
	ctx := browsertest.Start(t, browserLimit)
	opened := make(chan string, 100)
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*page.EventJavascriptDialogOpening); ok {
			opened <- e.Message
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for n, hostile := range list {
		if _, err := chromedp.Run(ctx, chromedp.Navigate(fmt.Sprintf("%s/entry/%d", at, n))); err != nil {
			t.Fatalf("%q: %v", hostile, err)
		}
		select {
		case message := <-opened:
			t.Fatalf("%q runs: %s", hostile, message)
		default:
		}
	}
	// The eyes do see: a page that opens a dialogue is noticed.
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](`setTimeout(() => alert("seen"), 0)`)); err != nil {
		t.Fatal(err)
	}
	select {
	case <-opened:
	case <-time.After(20 * time.Second):
		t.Error("the browser would not have told of a dialogue")
	}
}
