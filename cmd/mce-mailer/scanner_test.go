package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/demo/inbox"
	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/letter"
)

// Mail scanners fetch every link of every mail, several times, with whatever method; only people press buttons.
func TestScannersChangeNothing(t *testing.T) {
	h := newHouse(t)
	links := map[string]bool{}
	for _, m := range h.correspondence() {
		for _, link := range linksOf(h.letter(func(other inbox.Mail) bool { return other.ID == m.ID }), h.public) {
			links[link] = true
		}
	}
	for _, page := range []string{"/leave/", "/choices/", "/confirm/", "/me/", "/move/"} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(links)), func(l string) bool { return strings.HasPrefix(l, h.public+page) }) {
			t.Errorf("no mail leads to %s", page)
		}
	}
	before := h.everything()
	for range 3 {
		for link := range links {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
				if status := h.fetch(method, link); status >= 500 || method == http.MethodGet && status != http.StatusOK {
					t.Errorf("%s %s: status %d", method, link, status)
				}
			}
		}
	}
	after := h.everything()
	for table, rows := range after {
		if rows != before[table] {
			t.Errorf("scanning changed the table %s", table)
		}
	}
}

// Whoever reads the database or the log finds no token that any mail carried, also after all of them were used.
func TestNoTokenIsStoredOrLogged(t *testing.T) {
	h := newHouse(t)
	h.flags = append(h.flags, "--return-path=bounces+*@mce.example", "--log-level=debug")
	tokens, links := map[string]bool{}, map[string]bool{}
	for _, m := range h.correspondence() {
		msg := h.letter(func(other inbox.Mail) bool { return other.ID == m.ID })
		id, _, _ := strings.Cut(m.MessageID, "@")
		from, _, _ := strings.Cut(strings.TrimPrefix(m.From, "bounces+"), "@")
		tokens[id], tokens[from] = true, true
		for _, link := range linksOf(msg, h.public) {
			if found := tokenForm.FindStringSubmatch(strings.TrimPrefix(link, h.public)); found != nil {
				tokens[found[1]], links[link] = true, true
			}
		}
	}
	if len(tokens) < 8+7 { // each mail has a return token, all but the delegate's a link of its own
		t.Fatalf("%d tokens in the mails", len(tokens))
	}
	for link := range links {
		for _, more := range []string{"", "/link", "/undo", "/data", "/erase"} {
			h.fetch(http.MethodGet, link+more)
			h.fetch(http.MethodPost, link+more)
			h.fetch(http.MethodPost, link[:len(link)-1]+more) // cut off
		}
	}
	h.sql(`alter table consents rename to elsewhere`) // what fails is logged
	for link := range links {
		h.fetch(http.MethodGet, link)
		h.fetch(http.MethodPost, link)
	}
	h.sql(`alter table elsewhere rename to consents`)
	tables := h.everything()
	for token := range tokens {
		for table := range tables {
			if n := h.count(fmt.Sprintf(`select count(*) from %q t where position('%s' in t::text) > 0`, table, token)); n > 0 {
				t.Errorf("the token %s stands in %s", token, table)
			}
		}
		if strings.Contains(h.log.String(), token) {
			t.Errorf("the token %s stands in the log", token)
		}
	}
	if !strings.Contains(h.log.String(), "/leave/{token}") {
		t.Error("the log says nothing of the pages that failed")
	}
}

var tokenForm = regexp.MustCompile(`^/(?:leave|choices|confirm|me|move)/([A-Za-z0-9_-]+)$`)

// correspondence makes the program send one mail of each kind at least, and gives all of them once they have arrived.
func (h *house) correspondence() []inbox.Mail {
	h.t.Helper()
	h.do("content", "import", library(h.t))
	h.do("subscriber", "import", file(h.t, "p.csv", people(2)), "--confirmed", "--consent=yes", "--source=test")
	h.serve()
	for _, verb := range []string{"assemble newsletter", "submit 1", "approve 1", "schedule 1 --at=now"} {
		h.do(append([]string{"issue"}, strings.Fields(verb)...)...)
	}
	h.mails(2, all)
	h.do("registration", "add", "conference", "delegate@example.org", "--name=Dora Delegate")
	for _, email := range []string{"new@example.org", "joined@example.org"} {
		h.post("/subscribe?lang=en", url.Values{"email": {email}, "language": {"en"}, "topics": {"events"}, "agree": {"yes"}})
	}
	h.press(h.letter(func(m inbox.Mail) bool {
		return m.To[0] == "joined@example.org" && strings.Contains(m.Subject, "confirm")
	}), "/confirm/")
	h.post("/link?lang=en", url.Values{"email": {"reader1@example.org"}})
	h.move("reader0@example.org", "moved@example.org")
	h.mails(8, all) // two newsletters, a confirmation, two questions, a welcome, a link, a move
	until(h.t, "nothing is on its way", func() bool {
		return h.count("select count(*) from express") == 0 && h.count("select count(*) from issues where state <> 'sent'") == 0
	})
	return h.mails(8, all)
}

// letter is a mail that has arrived, taken apart.
func (h *house) letter(match func(inbox.Mail) bool) inbox.Message {
	h.t.Helper()
	_, raw, err := h.inbox.Get(h.mails(1, match)[0].ID)
	if err != nil {
		h.t.Fatal(err)
	}
	msg, err := inbox.Parse(raw)
	if err != nil {
		h.t.Fatal(err)
	}
	return msg
}

var webAddress = regexp.MustCompile(`https?://[^\s"'<>]+`)

// linksOf are the links to our own pages that a mail has anywhere: in its HTML, its text and its headers.
func linksOf(msg inbox.Message, public string) []string {
	var out []string
	for _, part := range []string{strings.ReplaceAll(msg.HTML, "&amp;", "&"), msg.Text, msg.Get("List-Unsubscribe"), msg.Get("List-Help"), msg.Get("List-Archive")} {
		for _, link := range webAddress.FindAllString(part, -1) {
			if strings.HasPrefix(link, public) {
				out = append(out, link)
			}
		}
	}
	return out
}

// press POSTs to the link of a mail that leads to a page, as its button does.
func (h *house) press(msg inbox.Message, page string) {
	h.t.Helper()
	for _, link := range linksOf(msg, h.public+page) {
		h.post(strings.TrimPrefix(link, h.public), nil)
		return
	}
	h.t.Fatalf("the mail has no link to %s", page)
}

func (h *house) post(path string, form url.Values) {
	h.t.Helper()
	r, err := http.PostForm(h.public+path, form)
	if err != nil {
		h.t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		h.t.Fatalf("POST %s: status %d", path, r.StatusCode)
	}
}

func (h *house) fetch(method, link string) int {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, link, http.NoBody)
	if err != nil {
		h.t.Fatal(err)
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer r.Body.Close()
	return r.StatusCode
}

// move asks for a new address, as the own page does.
func (h *house) move(from, to string) {
	h.t.Helper()
	letters, err := letter.New(mce.Site{Name: "MCE", PublicURL: h.public, From: "news@mce.example", ReplyTo: "news@mce.example"})
	if err != nil {
		h.t.Fatal(err)
	}
	p, err := h.store.SubscriberByEmail(h.t.Context(), from)
	if err != nil {
		h.t.Fatal(err)
	}
	if asked, err := h.store.AskToMove(h.t.Context(), p.ID, to, letters.Move, "mce.example", h.clock.Now()); err != nil || !asked {
		h.t.Fatal(asked, err)
	}
}

func (h *house) sql(statement string) {
	h.t.Helper()
	if _, err := h.db.ExecContext(h.t.Context(), statement); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) count(query string) (n int) {
	h.t.Helper()
	if err := h.db.QueryRowContext(h.t.Context(), query).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// everything is a hash of each table.
func (h *house) everything() map[string]string {
	h.t.Helper()
	rows, err := h.db.QueryContext(h.t.Context(), `select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			h.t.Fatal(err)
		}
		out[table] = ""
	}
	if err := rows.Err(); err != nil {
		h.t.Fatal(err)
	}
	for table := range out {
		var hash string
		query := fmt.Sprintf(`select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from %q t`, table)
		if err := h.db.QueryRowContext(h.t.Context(), query).Scan(&hash); err != nil {
			h.t.Fatal(err)
		}
		out[table] = hash
	}
	return out
}
