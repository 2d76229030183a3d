package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
	"github.com/majorcities/mce-mailer/templates/letter"
)

// form is a wish as the page sends it.
func form(email string, more ...string) url.Values {
	f := url.Values{"email": {email}, "name": {"Anna Rossi"}, "language": {"it"}, "topics": {"events"}, "agree": {"yes"}}
	for i := 0; i < len(more); i += 2 {
		f.Set(more[i], more[i+1])
		if more[i+1] == "" {
			f.Del(more[i])
		}
	}
	return f
}

func (s *site) wish(f url.Values) answer {
	return s.ask(http.MethodPost, "/subscribe", strings.NewReader(f.Encode()), "Content-Type", "application/x-www-form-urlencoded")
}

// granted makes the letters that grant wishes.
type granted struct{ *letter.Letters }

func (g granted) OptIn(p mce.Subscriber) (mce.Edition, error) {
	return g.Letters.OptIn(p.Language, nil)
}

// grant looks at the wishes, as the scheduler does.
func (s *site) grant() {
	s.t.Helper()
	for more := true; more; {
		var err error
		if more, err = s.store.GrantWish(s.t.Context(), granted{s.letters}, "mce.example"); err != nil {
			s.t.Fatal(err)
		}
	}
}

func TestAWishIsAnsweredTheSameForEverybody(t *testing.T) {
	s := newSite(t, public)
	s.reader("known@example.org", "en")
	s.asked("asked@example.org", "en")
	db := pgtest.DB(t, s.database)
	if _, err := db.ExecContext(t.Context(), `insert into suppressions (email, reason, source, at) values ('gone@example.org', 'bounced', 'test', now())`); err != nil {
		t.Fatal(err)
	}
	var first answer
	for i, email := range []string{"new@example.org", "known@example.org", "asked@example.org", "gone@example.org", "KNOWN@example.org"} {
		a := s.wish(form(email))
		a.wants(t, http.StatusOK, "Please look into your mailbox")
		if i == 0 {
			first = a
		}
		if a.body != first.body || a.StatusCode != first.StatusCode || fmt.Sprint(a.Header["Content-Length"]) != fmt.Sprint(first.Header["Content-Length"]) {
			t.Errorf("%s is answered otherwise", email)
		}
	}
	s.grant()
	if got := s.story(s.subscriber("new@example.org")); got != "pending: asked" {
		t.Error(got)
	}
	p := s.subscriber("new@example.org")
	if p.Language != "it" || p.Name != "Anna Rossi" || fmt.Sprint(p.Topics) != "[events]" {
		t.Errorf("%+v", p)
	}
	c := s.record(p)[0]
	if !strings.HasPrefix(c.Wording, "I want to receive") || c.Version != mce.ConsentVersion || c.Source != "subscribe page" {
		t.Errorf("%+v", c)
	}
	if got := s.story(s.subscriber("known@example.org")); got != "active: imported" {
		t.Error(got)
	}
}

func TestAWishThatCannotBeTakenIsSaidBesideItsEntry(t *testing.T) {
	s := newSite(t, public)
	for _, c := range []struct {
		form url.Values
		says string
	}{
		{form("anna@"), "Please check the address."},
		{form("anna@example.org", "name", "a\x00b"), "Please check the name."},
		{form("anna@example.org", "language", "xx"), "Please choose one of the languages."},
		{form("anna@example.org", "topics", ""), "Please choose at least one topic."},
		{form("anna@example.org", "topics", "nothing"), "Please choose at least one topic."},
		{form("anna@example.org", "agree", ""), "Please tick that you agree"},
		{form("anna@example.org", "version", "1999-12"), "Please tick that you agree"}, // to other words
		{form("anna@gmial.com"), "Did you mean"},
	} {
		a := s.wish(c.form)
		a.wants(t, http.StatusUnprocessableEntity, c.says, `role="alert"`)
		if email := c.form.Get("email"); !strings.Contains(a.body, `value="`+email+`"`) {
			t.Errorf("%s: what was entered is lost", email)
		}
	}
	s.grant()
	if all, err := s.store.Subscribers(t.Context(), mce.SubscriberQuery{}); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestASuggestionIsTakenOrLeft(t *testing.T) {
	s := newSite(t, public)
	s.wish(form("anna@gmial.com", "better", "anna@gmail.com")).wants(t, http.StatusOK, "Please look into your mailbox")
	s.wish(form("bruno@gmial.com", "sure", "bruno@gmial.com")).wants(t, http.StatusOK, "Please look into your mailbox")
	s.grant()
	for _, email := range []string{"anna@gmail.com", "bruno@gmial.com"} {
		if got := s.story(s.subscriber(email)); got != "pending: asked" {
			t.Error(got)
		}
	}
}

func TestOneClientCannotWishForever(t *testing.T) {
	s := newSite(t, public)
	status := map[int]int{}
	for i := range 30 {
		status[s.wish(form(fmt.Sprintf("reader%d@example.org", i))).StatusCode]++
	}
	if status[http.StatusOK] != 10 || status[http.StatusTooManyRequests] != 20 {
		t.Errorf("%v", status)
	}
	a := s.ask(http.MethodPost, "/subscribe", strings.NewReader(form("other@example.org").Encode()),
		"Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-For", "203.0.113.9, 198.51.100.7")
	a.wants(t, http.StatusOK, "Please look into your mailbox")
}

// Of IPv6 a household has many addresses.
func TestOneHouseholdIsOneClient(t *testing.T) {
	s := newSite(t, public)
	wish := func(i int, from string) int {
		return s.ask(http.MethodPost, "/subscribe", strings.NewReader(form(fmt.Sprintf("reader%d@example.org", i)).Encode()),
			"Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-For", from).StatusCode
	}
	for i := range 12 {
		want := http.StatusOK
		if i >= 10 {
			want = http.StatusTooManyRequests
		}
		if got := wish(i, fmt.Sprintf("2001:db8:0:1:%d::7", i)); got != want {
			t.Errorf("wish %d: status %d", i, got)
		}
	}
	if got := wish(12, "2001:db8:0:2::7"); got != http.StatusOK {
		t.Errorf("the neighbours: status %d", got)
	}
}

// The form that docs/operations.md gives to other sites.
func TestTheFormOfTheDocsWorks(t *testing.T) {
	s := newSite(t, public)
	docs, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(docs, []byte("<form "))
	root, err := html.Parse(bytes.NewReader(docs[at : at+bytes.Index(docs[at:], []byte("</form>"))]))
	if err != nil {
		t.Fatal(err)
	}
	f, action := url.Values{}, ""
	for n := range root.Descendants() {
		a := map[string]string{}
		for _, attr := range n.Attr {
			a[attr.Key] = attr.Val
		}
		switch n.Data {
		case "form":
			action = strings.TrimPrefix(a["action"], public)
		case "input":
			f.Add(a["name"], a["value"])
		}
	}
	f.Set("email", "anna@example.org")
	s.ask(http.MethodPost, action, strings.NewReader(f.Encode()), "Content-Type", "application/x-www-form-urlencoded", "Accept-Language", "it",
		"Origin", "https://www.example.org").wants(t, http.StatusOK, "Please look into your mailbox")
	s.grant()
	if c := s.record(s.subscriber("anna@example.org"))[0]; !strings.HasPrefix(c.Wording, "I want to receive") || c.Version != f.Get("version") {
		t.Errorf("%+v", c)
	}
}
