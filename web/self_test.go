package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

// proven is a site whose record of consent is sealed, and a reader with the link to their own page, as a path.
func proven(t testing.TB, email string) (s *site, p mce.Subscriber, me string) {
	t.Helper()
	s = newSite(t, public)
	if err := s.store.UseKeys(t.Context(), s.keys); err != nil {
		t.Fatal(err)
	}
	p, _ = s.reader(email, "en")
	return s, p, s.me(p, mce.SelfFor)
}

// me is the link to somebody's own page that is good for so long.
func (s *site) me(p mce.Subscriber, left time.Duration) string {
	return "/me/" + s.keys.Token(mce.ForSelf, p.ID, frozen{}.Now().Add(left).Unix())
}

// count is a number of the database's.
func (s *site) count(query string, args ...any) (n int) {
	s.t.Helper()
	if err := pgtest.DB(s.t, s.database).QueryRowContext(s.t.Context(), query, args...).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// lacks checks that a page says nothing of the kind.
func (a answer) lacks(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(strings.ToLower(a.body), strings.ToLower(w)) {
			t.Errorf("the page says %q:\n%s", w, a.body)
		}
	}
}

func TestOnesOwnPageShowsTheAddressAndLeadsToAllThatIsOnesOwn(t *testing.T) {
	s, p, me := proven(t, "anna@example.org")
	leave := s.keys.Token(mce.ForLeaving, p.ID, 0)
	a := s.get(me)
	a.wants(t, http.StatusOK, "Your page", "anna@example.org", `value="Anna Rossi"`, `<option value="IT">Italy</option>`, "/choices/"+leave, "/leave/"+leave,
		me+"/data?lang=en", me+"/data.json?lang=en", me+"/erase?lang=en", `<meta name="robots" content="noindex">`)
	guards(t, a, pagePolicy)
	s.get(me+"?lang=it&contrast=dark").wants(t, http.StatusOK, "La Sua pagina", `<option value="GR">Grecia</option>`, me+"/data?contrast=dark&amp;lang=it")
}

func TestALinkToOnesOwnPageIsGoodForADayAndForOnePerson(t *testing.T) {
	s, anna, me := proven(t, "anna@example.org")
	bruno, _ := s.reader("bruno@example.org", "en")
	paths := []string{"", "/data", "/data.json", "/erase"}
	for _, sub := range paths {
		s.get(s.me(anna, time.Second)+sub).wants(t, http.StatusOK, "anna@example.org")
		s.get(s.me(bruno, time.Second)+sub).lacks(t, "anna@example.org")
		for _, over := range []time.Duration{0, -time.Hour} {
			a := s.get(s.me(anna, over) + sub)
			a.wants(t, http.StatusGone, "This link is over", `href="/link?lang=en"`)
			a.lacks(t, "anna")
			guards(t, a, pagePolicy)
		}
		for name, token := range map[string]string{
			"a leaver's": s.keys.Token(mce.ForLeaving, anna.ID, 1<<40), "a mover's": s.keys.Token(mce.ForMoving, anna.ID, 1<<40),
			"cut off": me[len("/me/") : len(me)-1], "none": "x",
		} {
			a := s.get("/me/" + token + sub)
			a.wants(t, http.StatusNotFound, "This link is not one of ours")
			if a.lacks(t, "anna"); t.Failed() {
				t.Fatal(name)
			}
		}
	}
	for _, sub := range []string{"", "/erase"} {
		s.post(s.me(anna, 0)+sub, "form", "details", "name", "Nobody").wants(t, http.StatusGone)
		s.post("/me/"+s.keys.Token(mce.ForLeaving, anna.ID, 1<<40)+sub, "form", "details", "name", "Nobody").wants(t, http.StatusNotFound)
	}
	s.get("/move"+strings.TrimPrefix(me, "/me")).wants(t, http.StatusNotFound, "This link is not one of ours")
	if p := s.subscriber("anna@example.org"); p.Name != "Anna Rossi" || s.story(p) != "active: imported" {
		t.Errorf("%+v", p)
	}
}

func TestOnesOwnPagesAnswerTheirMethodsAndNoOthers(t *testing.T) {
	s, p, me := proven(t, "anna@example.org")
	move := s.moving(p, "anna@city.example")
	before := s.everything()
	for path, answers := range map[string]string{
		me: "GET HEAD POST", me + "/data": "GET HEAD", me + "/data.json": "GET HEAD", me + "/erase": "GET HEAD POST", move: "GET HEAD POST",
		"/me": "", "/move": "", me + "/": "", me + "/data.xml": "", me + "/data/x": "", move + "/x": "",
	} {
		for _, method := range methods {
			answered := strings.Contains(" "+answers+" ", " "+method+" ")
			if method == http.MethodPost && answered {
				continue // what it does has tests of its own
			}
			a, status := s.ask(method, path, nil), http.StatusNotFound
			if answered {
				status = http.StatusOK
			}
			a.wants(t, status)
			guards(t, a, pagePolicy)
			if a.Header.Get("Cache-Control") != "no-store" || (a.body == "") != (method == http.MethodHead) {
				t.Errorf("%s %s: %v, %d bytes", method, path, a.Header, len(a.body))
			}
		}
	}
	if diff := cmp.Diff(before, s.everything()); diff != "" {
		t.Error("something changed that nobody asked for:", diff)
	}
}

// everything is what stands in the tables that one's own pages may change.
func (s *site) everything() (out []string) {
	s.t.Helper()
	db := pgtest.DB(s.t, s.database)
	for _, table := range []string{"subscribers", "consents", "consent_details", "moves", "erasures", "letters", "express", "editions", "wishes"} {
		var all string
		if err := db.QueryRowContext(s.t.Context(), `select coalesce(string_agg(t::text, '|' order by t::text), '') from `+table+` t`).Scan(&all); err != nil {
			s.t.Fatal(err)
		}
		out = append(out, table+": "+all)
	}
	return out
}

func TestDetailsAreSavedWithProof(t *testing.T) {
	s, p, me := proven(t, "anna@example.org")
	for range 2 {
		s.post(me+"?lang=it", "form", "details", "name", " Anna  Rossi ", "organisation", "Comune di Prato", "country", "it").
			wants(t, http.StatusOK, `role="status"`, "I dati sono stati salvati.", `value="Comune di Prato"`, `<option value="IT" selected>Italia</option>`)
	}
	if diff := cmp.Diff(mce.Details{Name: "Anna Rossi", Organisation: "Comune di Prato", Country: "IT"}, s.subscriber(p.Email).Details); diff != "" {
		t.Error(diff)
	}
	record := s.record(p)
	if len(record) != 2 {
		t.Fatalf("%+v", record)
	}
	c := record[1]
	if c.Action != "changed" || c.Detail != "organisation, country" || c.Source != "own page" || c.Version != mce.ConsentVersion || !strings.HasPrefix(c.Wording, "Desidero ricevere") {
		t.Errorf("%+v", c)
	}
	for _, c := range []struct{ name, value, says string }{
		{"name", "a\x00b", "Please check the name"}, {"organisation", strings.Repeat("x", mce.MaxName+1), "Please check the city or organisation"},
		{"country", "QQ", "Please choose one of the countries"},
	} {
		a := s.post(me, "form", "details", c.name, c.value, "name", "Bruno")
		a.wants(t, http.StatusUnprocessableEntity, c.says, `role="alert"`, `aria-invalid="true" aria-describedby="fault"`)
	}
	for _, body := range []string{"", "form=nothing", "form=details%zz"} {
		s.ask(http.MethodPost, me, strings.NewReader(body), "Content-Type", "application/x-www-form-urlencoded").wants(t, http.StatusBadRequest, "not a form of ours")
	}
	if s.subscriber(p.Email).Name != "Anna Rossi" {
		t.Error("something at fault was saved")
	}
}

func TestHostileWordsStayWords(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	s, p, me := proven(t, "anna@example.org")
	s.post(me, "form", "details", "name", evil, "organisation", evil).wants(t, http.StatusOK, "It is saved.")
	s.post(me, "form", "details", "country", evil).wants(t, http.StatusUnprocessableEntity)
	s.post(me, "form", "move", "email", evil).wants(t, http.StatusUnprocessableEntity)
	if s.subscriber(p.Email).Organisation != evil {
		t.Error("it is not even kept")
	}
	for _, a := range []answer{
		s.get(me), s.get(me + "/data"), s.get(me + "/data?lang=it"), s.get(me + "/data.json"), s.get(me + "/erase"),
		s.post(me, "form", "details", "name", evil, "country", evil), s.post(me, "form", "move", "email", evil),
	} {
		a.lacks(t, "<script", "<img")
	}
}

func TestWhoHasLeftSeesTheirDataAndChangesNothing(t *testing.T) {
	s, p, me := proven(t, "anna@example.org")
	s.ask(http.MethodPost, "/leave/"+s.keys.Token(mce.ForLeaving, p.ID, 0), nil).wants(t, http.StatusOK)
	a := s.get(me)
	a.wants(t, http.StatusOK, "There is no subscription at present", "anna@example.org", me+"/data", me+"/erase", `href="/subscribe?lang=en"`)
	a.lacks(t, `method="post"`, "/choices/")
	for _, form := range []string{"details", "move"} {
		s.post(me, "form", form, "name", "Bruno", "email", "bruno@example.org").wants(t, http.StatusConflict, "There is no subscription at present")
	}
	if q := s.subscriber(p.Email); q.Name != "Anna Rossi" || s.count(`select count(*) from moves`) != 0 {
		t.Errorf("%+v", q)
	}
	s.get(me+"/data").wants(t, http.StatusOK, "not subscribed", "You unsubscribed")
	s.get(me+"/erase").wants(t, http.StatusOK, "Erase everything")
}

func TestAMoveIsAskedForAndAnsweredTheSameForEveryAddress(t *testing.T) {
	s, _, me := proven(t, "anna@example.org")
	s.reader("known@example.org", "en")
	if _, err := pgtest.DB(t, s.database).ExecContext(t.Context(), `insert into suppressions (email, reason, source, at) values ('gone1@example.org', 'bounced', 'test', now())`); err != nil {
		t.Fatal(err)
	}
	var first string
	for _, email := range []string{"fresh@example.org", "known@example.org", "gone1@example.org", "fresh@example.org"} {
		a := s.post(me, "form", "move", "email", email)
		a.wants(t, http.StatusOK, `role="status"`, "We have sent a mail to")
		body := strings.ReplaceAll(a.body, email, "…")
		if first == "" {
			first = body
		}
		if body != first {
			t.Errorf("%s is answered otherwise: %s", email, cmp.Diff(first, body))
		}
	}
	if asked, letters := s.count(`select count(*) from moves`), s.count(`select count(*) from letters where kind = 'move'`); asked != 2 || letters != 2 {
		t.Errorf("%d asked, %d letters", asked, letters)
	}
	s.post(me, "form", "move", "email", "anna@").wants(t, http.StatusUnprocessableEntity, "Please check the new address.", `value="anna@"`)
	s.post(me, "form", "move", "email", "ANNA@example.org").wants(t, http.StatusUnprocessableEntity, "This is the address that we write to already.")
	s.post(me, "form", "move", "email", "anna@gmial.com").wants(t, http.StatusUnprocessableEntity, "Did you mean", `name="better" value="anna@gmail.com"`)
	s.post(me, "form", "move", "email", "anna@gmial.com", "sure", "anna@gmial.com").wants(t, http.StatusOK, "We have sent a mail to")
	s.post(me, "form", "move", "email", "bruno@gmial.com", "better", "bruno@gmail.com").wants(t, http.StatusOK, "bruno@gmail.com")
	if n := s.count(`select count(*) from moves where email in ('anna@gmial.com', 'bruno@gmail.com')`); n != 2 {
		t.Errorf("%d of the suggestions were taken or left", n)
	}
}

func TestOneClientCannotAskForMovesForever(t *testing.T) {
	s, _, me := proven(t, "anna@example.org")
	status := map[int]int{}
	for i := range 15 {
		status[s.post(me, "form", "move", "email", fmt.Sprintf("reader%d@example.org", i)).StatusCode]++
	}
	if diff := cmp.Diff(map[int]int{http.StatusOK: 10, http.StatusTooManyRequests: 5}, status); diff != "" {
		t.Error(diff)
	}
}
