package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

// post sends a form as a page does.
func (s *site) post(path string, pairs ...string) answer {
	s.t.Helper()
	f := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return s.ask(http.MethodPost, path, strings.NewReader(f.Encode()), "Content-Type", "application/x-www-form-urlencoded")
}

// monthly makes a digest once a month something to choose.
func (s *site) monthly() {
	s.t.Helper()
	series, err := s.store.Series(s.t.Context(), "newsletter")
	if err != nil {
		s.t.Fatal(err)
	}
	series.Slug, series.Pace, series.Cron = "digest", mce.Monthly, "0 9 1 * *"
	if err := s.store.SaveLibrary(s.t.Context(), mce.Library{Series: []mce.Series{series}}, frozen{}.Now()); err != nil {
		s.t.Fatal(err)
	}
}

func TestChoicesAreKeptAndRecorded(t *testing.T) {
	s := newSite(t, public)
	s.monthly()
	p, leave := s.reader("anna@example.org", "en")
	page := strings.Replace(leave, "/leave/", "/choices/", 1)
	a := s.get(page)
	a.wants(t, http.StatusOK, "a…@example.org", "A digest once a month", "Nothing changes until you press the button", "noindex")
	if strings.Contains(a.body, "anna@example.org") || strings.Contains(a.body, "Rossi") {
		t.Error("whoever has a forwarded letter learns more than it tells")
	}
	until := frozen{}.Now().AddDate(0, 2, 0).Format(time.DateOnly)
	s.post(page+"?lang=en", "topics", "eu-projects", "topics", "events", "language", "it", "pace", "monthly", "pause", until).
		wants(t, http.StatusOK, "What you chose is saved.", "The newsletters pause until", `value="`+until+`"`)
	got := s.subscriber("anna@example.org")
	if !slices.Equal(got.Topics, []string{"eu-projects", "events"}) || got.Language != "it" || got.Pace != mce.Monthly || got.PausedUntil.Format(time.DateOnly) != until {
		t.Errorf("%+v", got)
	}
	s.post(page, "topics", "events", "language", "en", "pace", "each", "pause", "").wants(t, http.StatusOK, "What you chose is saved.")
	if got := s.subscriber("anna@example.org"); !got.PausedUntil.IsZero() || got.Pace != mce.EachIssue {
		t.Errorf("%+v", got)
	}
	record := s.record(p)
	last := record[len(record)-1]
	if s.story(p) != "active: imported changed changed" || last.Detail != "topics: events; language: en; pace: each; no pause" ||
		last.Source != "choices page" || !strings.Contains(last.Wording, "newsletter") || last.Version != mce.ConsentVersion {
		t.Errorf("%+v", record)
	}
}

func TestWrongChoicesAreRefusedAndNothingIsLost(t *testing.T) {
	s := newSite(t, public)
	p, leave := s.reader("anna@example.org", "en")
	page := strings.Replace(leave, "/leave/", "/choices/", 1)
	for name, c := range map[string]struct {
		form []string
		says string
	}{
		"no topic":       {[]string{"language", "en"}, "choose at least one topic"},
		"no such topic":  {[]string{"language", "en", "topics", "<script>"}, "choose at least one topic"},
		"no such tongue": {[]string{"language", "tlh", "topics", "events"}, "choose one of the languages"},
		"no such pace":   {[]string{"language", "en", "topics", "events", "pace", "hourly"}, "choose how often"},
		"no day":         {[]string{"language", "en", "topics", "events", "pause", "soon"}, "Please check the day"},
		"a day gone by":  {[]string{"language", "en", "topics", "events", "pause", "1999-12-31"}, "within a year"},
		"for ever":       {[]string{"language", "en", "topics", "events", "pause", "9999-12-31"}, "within a year"},
	} {
		t.Run(name, func(t *testing.T) {
			s.post(page, c.form...).wants(t, http.StatusUnprocessableEntity, "Please check", `id="fault"`, c.says)
		})
	}
	s.post(page+"/pause", "months", "99").wants(t, http.StatusBadRequest)
	if got := s.story(p); got != "active: imported" {
		t.Error(got)
	}
}

func TestAPauseInsteadOfLeaving(t *testing.T) {
	s := newSite(t, public)
	p, leave := s.reader("anna@example.org", "it")
	s.get(leave).wants(t, http.StatusOK, "Pausa di 3 mesi", "Pausa di 1 mese")
	s.post(strings.Replace(leave, "/leave/", "/choices/", 1)+"/pause", "months", "3").wants(t, http.StatusOK, "Le Sue scelte sono salvate.", "sono sospese fino a")
	want := frozen{}.Now().UTC().Truncate(24*time.Hour).AddDate(0, 3, 0)
	if got := s.subscriber(p.Email); !got.PausedUntil.Equal(want) || got.State != mce.Active || !slices.Equal(got.Topics, p.Topics) {
		t.Errorf("%+v, want a pause until %s", got, want)
	}
}

func TestLeavingCanBeTakenBackForAMonth(t *testing.T) {
	s := newSite(t, public)
	p, leave := s.reader("anna@example.org", "en")
	s.post(leave, "reason", "too-many").wants(t, http.StatusOK, "You are unsubscribed", "Subscribe me again")
	if record := s.record(p); record[1].Detail != "reason: too-many" {
		t.Errorf("%+v", record)
	}
	s.get(leave).wants(t, http.StatusOK, "You were already unsubscribed", "Subscribe me again")
	s.get(strings.Replace(leave, "/leave/", "/choices/", 1)).wants(t, http.StatusOK, "nothing to choose", "Come back")
	s.post(leave+"/undo").wants(t, http.StatusOK, "You are subscribed again")
	s.post(leave+"/undo").wants(t, http.StatusOK, "You are subscribed again")
	if got := s.story(p); got != "active: imported withdrawn returned" {
		t.Error(got)
	}

	s.post(leave, "reason", "<script>").wants(t, http.StatusOK, "You are unsubscribed")
	if _, err := pgtest.DB(t, s.database).ExecContext(t.Context(), `update subscribers set changed_at = changed_at - interval '32 days'`); err != nil {
		t.Fatal(err)
	}
	a := s.post(leave + "/undo")
	a.wants(t, http.StatusOK, "You were already unsubscribed", "Would you like to read us again?")
	if strings.Contains(a.body, "Subscribe me again") {
		t.Error("an undo is offered that is not there any more")
	}
	if got := s.story(p); got != "unsubscribed: imported withdrawn returned withdrawn" {
		t.Error(got)
	}
}

func TestTheLinkToOnesOwnPageGoesToTheOwnerAlone(t *testing.T) {
	s := newSite(t, public)
	_, leave := s.reader("anna@example.org", "it")
	s.asked("pending@example.org", "en")
	db := pgtest.DB(t, s.database)
	letters := func() (n int) {
		s.grant()
		if err := db.QueryRowContext(t.Context(), `select count(*) from letters where kind = 'link'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	var first answer
	for i, email := range []string{"nobody@example.org", "pending@example.org", "anna@example.org", "ANNA@example.org"} {
		a := s.post("/link?lang=en", "email", email)
		a.wants(t, http.StatusOK, "Please look into your mailbox")
		if i == 0 {
			first = a
		}
		if a.body != first.body {
			t.Errorf("%s is answered otherwise", email)
		}
	}
	if n := letters(); n != 1 {
		t.Errorf("%d letters with a link; one an hour, to who is known", n)
	}
	s.post(strings.Replace(leave, "/leave/", "/choices/", 1)+"/link?lang=en").wants(t, http.StatusOK, "on its way to your address")
	if n := letters(); n != 1 {
		t.Errorf("%d letters within the hour", n)
	}
	s.post("/link?lang=en", "email", "anna@").wants(t, http.StatusUnprocessableEntity, "Please check the address.", `value="anna@"`)
	s.post("/link?lang=en", "email", "anna@gmial.com").wants(t, http.StatusUnprocessableEntity, "Did you mean", "anna@gmail.com")
	s.post("/link?lang=en", "email", "anna@gmial.com", "sure", "anna@gmial.com").wants(t, http.StatusOK)
}

func TestAWishCarriesWhatPeopleTellOfThemselves(t *testing.T) {
	s := newSite(t, public)
	s.monthly()
	s.get("/subscribe?lang=it").wants(t, http.StatusOK, `<option value="GR">Grecia</option>`, "Un riepilogo una volta al mese", "(non indicato)") //nolint:misspell // Italian
	s.wish(form("anna@example.org", "organisation", " Comune  di Prato ", "country", "it", "pace", "monthly")).wants(t, http.StatusOK)
	s.grant()
	got := s.subscriber("anna@example.org")
	if got.Details != (mce.Details{Name: "Anna Rossi", Organisation: "Comune di Prato", Country: "IT"}) || got.Pace != mce.Monthly || got.State != mce.Pending {
		t.Errorf("%+v", got)
	}
	s.ask(http.MethodPost, "/confirm/"+s.keys.Token(mce.ForConfirming, got.ID, s.record(got)[0].ID), nil).wants(t, http.StatusOK)
	var welcomes int
	if err := pgtest.DB(t, s.database).QueryRowContext(t.Context(), `select count(*) from letters where kind = 'welcome' and subscriber_id = $1`, got.ID).Scan(&welcomes); err != nil || welcomes != 1 {
		t.Errorf("%d welcomes, %v", welcomes, err)
	}
	s.wish(form("bob@example.org", "country", "Italia")).wants(t, http.StatusUnprocessableEntity, `value="bob@example.org"`)
	s.wish(form("bob@example.org", "pace", "hourly")).wants(t, http.StatusUnprocessableEntity)
}

// What a form leaves out stays as it was: a pace that nobody could choose, above all.
func TestWhatIsNotSentStaysAsItWas(t *testing.T) {
	s := newSite(t, public)
	p, leave := s.reader("anna@example.org", "it")
	if _, err := pgtest.DB(t, s.database).ExecContext(t.Context(), `update subscribers set pace = 'monthly'`); err != nil {
		t.Fatal(err)
	}
	page := strings.Replace(leave, "/leave/", "/choices/", 1)
	if a := s.get(page); strings.Contains(a.body, `name="pace"`) {
		t.Error("a choice of one pace")
	}
	s.post(page, "topics", "events").wants(t, http.StatusOK, "Le Sue scelte sono salvate.", "<dd>Nessuna</dd>", "<dd>italiano</dd>")
	if got := s.subscriber(p.Email); got.Pace != mce.Monthly || got.Language != "it" || !slices.Equal(got.Topics, []string{"events"}) {
		t.Errorf("%+v", got)
	}
}

func TestChoicesAreForReadersAlone(t *testing.T) {
	s := newSite(t, public)
	left, leave := s.reader("left@example.org", "en")
	s.post(leave)
	pending, _ := s.asked("pending@example.org", "en")
	for _, c := range []struct {
		p    mce.Subscriber
		says string
	}{{left, "There is nothing to choose while you are not subscribed."}, {pending, "is not subscribed yet: the subscription was never confirmed."}} {
		path := "/choices/" + s.keys.Token(mce.ForLeaving, c.p.ID, 0)
		before := s.story(c.p)
		for _, a := range []answer{
			s.get(path), s.post(path, "topics", "eu-projects", "language", "it"), s.post(path), s.post(path+"/pause", "months", "3"), s.post(path + "/link"),
		} {
			a.wants(t, http.StatusOK, c.says)
			if strings.Contains(a.body, "<form method=\"post\"") || strings.Contains(a.body, "Please check") {
				t.Errorf("a form for %s:\n%s", c.p.Email, a.body)
			}
		}
		if got := s.subscriber(c.p.Email); s.story(c.p) != before || !slices.Equal(got.Topics, c.p.Topics) || !got.PausedUntil.IsZero() {
			t.Errorf("%s: %+v", s.story(c.p), got)
		}
	}
}

// Whoever enters the address of an answer again, or changes its language, gets a page and no error.
func TestTheAddressOfAnAnswerCanBeOpened(t *testing.T) {
	s := newSite(t, public)
	p, leave := s.reader("anna@example.org", "en")
	choices := strings.Replace(leave, "/leave/", "/choices/", 1)
	for path, says := range map[string]string{
		leave + "/undo": "Unsubscribe a…@example.org?", choices + "/pause": "Your topics, language and pace", choices + "/link": "Your topics, language and pace",
	} {
		own := path[:strings.LastIndexByte(path, '/')]
		s.get(path+"?contrast=high").wants(t, http.StatusOK, says, `href="`+own+`?contrast=high&amp;lang=it"`, `<form method="get" action="`+own+`">`)
	}
	s.post(choices+"/pause", "months", "1").wants(t, http.StatusOK, `href="`+choices+`?lang=it"`)
	if got := s.story(p); got != "active: imported changed" {
		t.Error(got)
	}
}

func TestFormsMayComeInParts(t *testing.T) {
	s := newSite(t, public)
	p, leave := s.reader("anna@example.org", "en")
	choices := strings.Replace(leave, "/leave/", "/choices/", 1)
	send := func(path string, f url.Values) answer {
		body, contentType := multipartForm(t, f)
		return s.ask(http.MethodPost, path, strings.NewReader(body), "Content-Type", contentType)
	}
	send("/subscribe", form("new@example.org")).wants(t, http.StatusOK, "Please look into your mailbox")
	send("/link", url.Values{"email": {"anna@example.org"}}).wants(t, http.StatusOK, "Please look into your mailbox")
	send(choices, url.Values{"topics": {"eu-projects", "events"}}).wants(t, http.StatusOK, "What you chose is saved.")
	send(choices+"/pause", url.Values{"months": {"6"}}).wants(t, http.StatusOK, "The newsletters pause until Thursday 18 April 2024.")
	if got := s.subscriber(p.Email); !slices.Equal(got.Topics, []string{"eu-projects", "events"}) {
		t.Errorf("%+v", got)
	}
	for _, path := range []string{"/subscribe", "/link", choices, choices + "/pause", choices + "/link", leave + "/undo"} {
		long := strings.NewReader("email=" + strings.Repeat("x", 64<<10))
		s.ask(http.MethodPost, path, long, "Content-Type", "application/x-www-form-urlencoded").wants(t, http.StatusRequestEntityTooLarge)
	}
	for _, path := range []string{"/subscribe", "/link", choices, choices + "/pause"} {
		broken := strings.NewReader("a")
		s.ask(http.MethodPost, path, broken, "Content-Type", "multipart/form-data; boundary=b").wants(t, http.StatusBadRequest, "is not a form of ours")
	}
}

// Enter presses the first button of a form, and that is the suggestion's: it must not overrule what was mended by hand.
func TestASuggestionIsForItsAddressOnly(t *testing.T) {
	s := newSite(t, public)
	s.wish(form("anna@comune.example.org", "better", "anna@gmail.com")).wants(t, http.StatusOK)
	s.wish(form("bruno@gmial.com", "better", "carla@gmail.com")).wants(t, http.StatusUnprocessableEntity, "Did you mean", "bruno@gmail.com")
	s.grant()
	if all, err := s.store.Subscribers(t.Context(), mce.SubscriberQuery{}); err != nil || len(all) != 1 || all[0].Email != "anna@comune.example.org" {
		t.Errorf("%+v, %v", all, err)
	}
}
