package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/demo/inbox"
)

// library is content that is news today, whenever today is.
func library(t testing.TB) string {
	t.Helper()
	at := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.RFC3339) }
	text := func(en, it string) map[string]string { return map[string]string{"en": en, "it": it} }
	lib := map[string]any{
		"topics": []any{
			map[string]any{"slug": "association-news", "name": text("News of the association", "Notizie dell'associazione")},
			map[string]any{"slug": "events", "name": text("Events", "Eventi")},
		},
		"articles": []any{map[string]any{
			"slug": "first", "title": text("The first story", "La prima storia"), "body": text("It *begins*.", "Si *comincia*."),
			"topics": []string{"association-news"}, "publish_at": at(-1),
		}},
		"events": []any{map[string]any{
			"slug": "conference", "kind": "conference", "state": "open", "title": text("The conference", "La conferenza"),
			"city": text("Prato", "Prato"), "time_zone": "Europe/Rome", "starts": at(30), "ends": at(32), "topics": []string{"events"},
			"contact": "host@example.org", "publish_at": at(-1),
		}},
		"series": []any{map[string]any{
			"slug": "newsletter", "name": text("MCE Newsletter", "Newsletter MCE"), "cron": "0 9 1 1 *", "time_zone": "Europe/Rome",
			"languages": []string{"en", "it"}, "minimum": 1, "approval": "required", "from": at(-10),
			"sections": []any{
				map[string]any{"slug": "news", "kind": "article", "quota": 3, "title": text("News", "Notizie")},
				map[string]any{"slug": "events", "kind": "event", "quota": 3, "title": text("Events", "Eventi")},
			},
		}},
	}
	b, err := json.Marshal(lib)
	if err != nil {
		t.Fatal(err)
	}
	return file(t, "content.json", string(b))
}

func file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnIssueGoesOut(t *testing.T) {
	h := newHouse(t)
	h.do("content", "import", library(t))
	h.do("subscriber", "import", file(t, "p.csv", people(40)), "--confirmed", "--consent=yes", "--source=test")
	h.serve()
	h.do("issue", "assemble", "newsletter")
	h.do("issue", "submit", "1")
	h.do("issue", "approve", "1")
	h.do("issue", "schedule", "1", "--at=now")
	mails := h.mails(40, all)

	seen := map[string]bool{}
	for _, m := range mails {
		if seen[m.To[0]] {
			t.Errorf("%s got it twice", m.To[0])
		}
		seen[m.To[0]] = true
	}
	_, raw, err := h.inbox.Get(mails[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := inbox.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if len(msg.Problems) > 0 {
		t.Error(msg.Problems)
	}
	if strings.Contains(string(raw), "zq") && strings.Contains(msg.HTML+msg.Text, "qz") {
		t.Error("a slot is left unfilled")
	}
	until(t, "the issue is sent", func() bool { return strings.Contains(h.do("issue", "status", "1"), "sent") })
	if status, _, stderr := h.try("issue", "schedule", "1", "--at=now"); status != 4 {
		t.Errorf("scheduled a second time: status %d, %s", status, stderr)
	}
	t.Run("one click leaves", func(t *testing.T) { leaveByOneClick(t, h, msg) })
}

func leaveByOneClick(t *testing.T, h *house, msg inbox.Message) {
	list := msg.Get("List-Unsubscribe")
	link := list[1:strings.Index(list, ">")]
	to := msg.Get("To")
	address := strings.Trim(to[strings.LastIndex(to, "<"):], "<>")
	state := func() string { return h.do("subscriber", "show", address) }

	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
		req, _ := http.NewRequest(method, link, nil)
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
	}
	if !strings.Contains(state(), "active") {
		t.Fatal("a scanner unsubscribed somebody")
	}
	for range 2 {
		r, err := http.Post(link, "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != http.StatusOK {
			t.Errorf("one-click: status %d", r.StatusCode)
		}
	}
	if s := state(); !strings.Contains(s, "unsubscribed") || strings.Count(s, "withdrawn") != 1 {
		t.Errorf("after two clicks:\n%s", s)
	}
}

func TestARegistrationIsConfirmedAtOnce(t *testing.T) {
	h := newHouse(t)
	h.do("content", "import", library(t))
	h.serve()
	h.do("registration", "add", "conference", "anna@example.org", "--name=Anna Rossi", "--language=it")
	m := h.mails(1, all)[0]
	_, raw, err := h.inbox.Get(m.ID)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := inbox.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(msg.Text, "Anna Rossi") || !strings.Contains(msg.HTML, "Anna Rossi") {
		t.Error("the greeting is missing")
	}
	if msg.Get("Reply-To") != "<host@example.org>" && msg.Get("Reply-To") != "host@example.org" {
		t.Errorf("Reply-To: %s", msg.Get("Reply-To"))
	}
}
