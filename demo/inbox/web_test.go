package inbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// visit asks for a page below /inbox and returns the answer with its body.
func visit(t *testing.T, in *Inbox, method, path string) (*http.Response, string) {
	t.Helper()
	w := httptest.NewRecorder()
	in.Handler("/inbox/").ServeHTTP(w, httptest.NewRequest(method, "/inbox"+path, nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

// see visits a page that must be there and hold each of the texts.
func see(t *testing.T, in *Inbox, path string, texts ...string) string {
	t.Helper()
	res, body := visit(t, in, http.MethodGet, path)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, res.Status)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("%s does not hold %q:\n%s", path, text, body)
		}
	}
	return body
}

func deliver(t *testing.T, in *Inbox, to, raw string) {
	t.Helper()
	if err := in.keep("bounces@mce.example", []string{to}, []byte(raw)); err != nil {
		t.Fatal(err)
	}
}

func TestListPage(t *testing.T) {
	now := noon
	in := openAt(t, t.TempDir(), func() time.Time { return now })
	see(t, in, "/", "Nothing here yet", in.Addr())

	deliver(t, in, "zoe@city.example", invitation)
	now = noon.Add(24 * time.Hour)
	for i := range mailsPerPage {
		deliver(t, in, fmt.Sprintf("reader%d@city.example", i), fmt.Sprintf("Subject: Issue %d\n\nx", i))
	}
	first := see(t, in, "/", "51 mails", "Wednesday 9 June 2027", "Issue 49", "Page 1 of 2", `href="/inbox/?page=2"`, "from bounces@mce.example")
	if strings.Contains(first, "Tuesday 8 June 2027") || strings.Contains(first, "http-equiv") {
		t.Error("page 1 shows the oldest mail, or reloads unasked")
	}
	see(t, in, "/?page=2", "Tuesday 8 June 2027", "Your place in Šibenik", "2 attachments", "12:00", "zoe@city.example", `href="/inbox/"`)
	see(t, in, "/?page=99", "Page 2 of 2")
	see(t, in, "/?page=x&live=1", "Page 1 of 2", `http-equiv="refresh" content="5"`, `href="/inbox/?live=1&amp;page=2"`)
	see(t, in, "/?q=%C5%A0IBENIK", "1 of 51", "Your place in Šibenik")
	see(t, in, "/?q=READER7@", "1 of 51", "Issue 7")
	see(t, in, "/?q=%3Cscript%3E", "No mail with “&lt;script&gt;”")
}

func TestMailPage(t *testing.T) {
	in := open(t)
	deliver(t, in, "a@city.example", "Subject: older\n\nplain https://mce.example/x.")
	deliver(t, in, "zoe@city.example", invitation)
	deliver(t, in, "c@city.example", "Subject: newer\n\nx")

	see(t, in, "/mail/00000002", "<h1>Your place in Šibenik</h1>", "MCE conference &lt;conference@mce.example&gt;",
		"&lt;bounces@mce.example&gt; to &lt;zoe@city.example&gt;", "Tuesday 8 June 2027, 12:00 &#43;02:00",
		`href="/inbox/mail/00000001">Older`, `href="/inbox/mail/00000003">← Newer`, `src="/inbox/mail/00000002/frame"`,
		`aria-current="page">HTML`, "Attachments (3)", "Remote content and scripts are blocked",
		`action="http://localhost:8025/u/a,b"`, `href="http://localhost:8025/u/a,b"`)
	see(t, in, "/mail/00000002/html?width=phone&colours=dark", `class="phone dark"`, `href="?width=phone">Light`, `href="?colours=dark">Desktop`)
	see(t, in, "/mail/00000002/text", "Dobro došli", `<a href="https://mce.example/programme" target="_blank" rel="noopener noreferrer">`)
	see(t, in, "/mail/00000002/headers", "Message-ID", "MIME-Version", "List-Unsubscribe=One-Click")
	see(t, in, "/mail/00000002/source", "Content-Type: multipart/mixed; boundary=m")
	see(t, in, "/mail/00000002/attachments", "Saturday 12 June 2027, 09:00 Europe/Zagreb", "Programška.pdf",
		`href="/inbox/mail/00000002/attachments/3"`, "BEGIN:VCALENDAR")
	see(t, in, "/mail/00000001", `aria-current="page">Text`, `<a href="https://mce.example/x"`)
	see(t, in, "/mail/00000002/frame", "<p>Dobro došli", `src="data:image/png;base64,iVBOR`)
}

func TestBrokenMailIsShownAsSource(t *testing.T) {
	in := open(t)
	deliver(t, in, "a@city.example", "Subject: broken\nno field\n\n<b>body</b>")
	see(t, in, "/", "unreadable", "broken")
	see(t, in, "/mail/00000001", "can be shown as source only:</strong> unreadable header: malformed MIME header line: no field</p>", "&lt;b&gt;body")
	see(t, in, "/mail/00000001/headers", "broken")
	deliver(t, in, "a@city.example", "Subject: odd\nContent-Type: text/plain; charset=x-martian\n\nbody")
	see(t, in, "/mail/00000002", "not quite right", "x-martian", "body")
	if res, _ := visit(t, in, http.MethodGet, "/mail/00000001/text"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a view that a mail does not have: %s", res.Status)
	}
}

func TestDownloads(t *testing.T) {
	in := open(t)
	deliver(t, in, "zoe@city.example", invitation)
	for path, want := range map[string][3]string{
		"/mail/00000001/attachments/3": {"application/pdf", "attachment; filename*=utf-8''Program%C5%A1ka.pdf", "%PDF"},
		"/mail/00000001/raw":           {"message/rfc822", "attachment; filename=00000001.eml", invitation},
	} {
		res, body := visit(t, in, http.MethodGet, path)
		got := [3]string{res.Header.Get("Content-Type"), res.Header.Get("Content-Disposition"), body}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		if policy := res.Header.Get("Content-Security-Policy"); policy != "default-src 'none'; sandbox" {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
}

func TestAPI(t *testing.T) {
	in := open(t)
	if _, body := visit(t, in, http.MethodGet, "/api/mails"); body != "[]" {
		t.Errorf("empty inbox: %s", body)
	}
	deliver(t, in, "zoe@city.example", invitation)
	deliver(t, in, "b@city.example", "Subject: other\n\n")
	res, body := visit(t, in, http.MethodGet, "/api/mails?q=zoe")
	var got []map[string]any
	if err := json.Unmarshal([]byte(body), &got); err != nil || res.Header.Get("Content-Type") != "application/json" {
		t.Fatal(err, res.Header)
	}
	want := []map[string]any{{
		"id": "00000001", "subject": "Your place in Šibenik", "message_id": "letter-7@mce.example",
		"received": "2027-06-08T12:00:00+02:00",
		"envelope": map[string]any{"from": "bounces@mce.example", "to": []any{"zoe@city.example"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestErrors(t *testing.T) {
	in := open(t)
	deliver(t, in, "a@city.example", "Subject: x\n\ny")
	for path, want := range map[string]int{
		"": http.StatusTemporaryRedirect, "/style.css": 200, "/nothing": 404, "/mail/2": 404, "/mail/..%2f00000001": 404,
		"/mail/00000001/frame": 404, "/mail/00000001/attachments/1": 404, "/mail/00000001/attachments/x": 404,
		"/mail/2/raw": 404, "/mail/2/frame": 404, "/mail/2/attachments/1": 404,
	} {
		if res, _ := visit(t, in, http.MethodGet, path); res.StatusCode != want {
			t.Errorf("%q: %s, want %d", path, res.Status, want)
		}
	}
	if res, _ := visit(t, in, http.MethodPost, "/"); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %s", res.Status)
	}
	if err := os.WriteFile(in.path("00000001"), []byte("somebody else's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if res, body := visit(t, in, http.MethodGet, "/mail/00000001"); res.StatusCode != http.StatusInternalServerError || strings.Contains(body, in.dir) {
		t.Errorf("unreadable file: %s\n%s", res.Status, body)
	}
}

func TestSecurityHeaders(t *testing.T) {
	in := open(t)
	deliver(t, in, "zoe@city.example", invitation)
	for path, policy := range map[string]string{
		"/":                    pagePolicy(""),
		"/nothing":             pagePolicy(""),
		"/mail/00000001":       pagePolicy("http://localhost:8025"),
		"/mail/00000001/frame": framePolicy,
	} {
		res, body := visit(t, in, http.MethodGet, path)
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cache-Control": "no-store",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if strings.Contains(body, "<script") {
			t.Errorf("%s has a script", path)
		}
	}
}

func TestRootHandler(t *testing.T) {
	in := open(t)
	for _, base := range []string{"", "/"} {
		w := httptest.NewRecorder()
		in.Handler(base).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `href="/style.css"`) {
			t.Errorf("base %q: %d", base, w.Code)
		}
	}
}
