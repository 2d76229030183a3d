package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/majorcities/mce-mailer/mce"
)

func peopleRows() []routeRow {
	return []routeRow{
		{"GET /desk/people", elsewhere, ok, ok, ok},
		{"GET /desk/people/new", elsewhere, refused, ok, ok},
		{"POST /desk/people/new", refused, refused, faulty, faulty},
		{"GET /desk/people/import", elsewhere, refused, ok, ok},
		{"POST /desk/people/import", refused, refused, faulty, faulty},
		{"GET /desk/people/import/try", elsewhere, refused, ok, ok},
		{"POST /desk/people/import/try", refused, refused, missing, missing},
		{"GET /desk/people/import/do", elsewhere, refused, ok, ok},
		{"POST /desk/people/import/do", refused, refused, missing, missing},
		{"GET /desk/people/import/faults.csv", elsewhere, refused, missing, missing},
		{"GET /desk/people/growth", elsewhere, ok, ok, ok},
		{"GET /desk/people/growth.csv", elsewhere, ok, ok, ok},
		{"GET /desk/people/{ref}", elsewhere, ok, ok, ok},
		{"GET /desk/people/{ref}/erase", elsewhere, refused, refused, ok},
		{"POST /desk/people/{ref}/erase", refused, refused, refused, faulty},
		{"GET /desk/people/{ref}/{act}", elsewhere, refused, ok, ok},
		{"POST /desk/people/{ref}/{act}", refused, refused, faulty, faulty},
	}
}

// somebody is a subscriber.
func (h *house) somebody(email string) mce.PersonRef {
	h.t.Helper()
	return h.somebodyAt(email, business.AddDate(0, -2, 0))
}

// somebodyAt is a subscriber since a moment.
func (h *house) somebodyAt(email string, at time.Time) mce.PersonRef {
	h.t.Helper()
	p := mce.Subscriber{
		Email: email, Details: mce.Details{Name: "Rosa Bianchi", Organisation: "Comune di Prato", Country: "IT"},
		Choices: mce.Choices{Language: mce.English, Topics: []string{"events"}},
	}
	_, err := h.store.ImportSubscribers(h.t.Context(), []mce.Subscriber{p}, "I want the newsletter.", "registration desk", at, nil)
	h.must(err)
	known, err := h.store.SubscriberByEmail(h.t.Context(), email)
	h.must(err)
	return mce.PersonRef{As: mce.KnownReader, ID: known.ID}
}

// congress is an event to come, for which one can register.
func (h *house) congress() string {
	h.t.Helper()
	starts := business.AddDate(0, 1, 0)
	e := mce.Event{
		Slug: "congress", Title: mce.Text{"en": "Congress of <Cities>", "it": "Congresso"}, Kind: "conference", Starts: starts, Ends: starts.AddDate(0, 0, 1),
		TimeZone: "Europe/Rome", State: mce.EventOpen, Window: mce.Window{From: business.AddDate(0, -1, 0)},
	}
	h.must(h.store.SaveLibrary(h.t.Context(), mce.Library{Events: []mce.Event{e}}, business))
	return e.Slug
}

// delegate registers somebody.
func (h *house) delegate(event, email, name string) mce.Registration {
	h.t.Helper()
	all, err := h.store.Register(h.t.Context(), mce.Order{People: []mce.Registration{{Event: event, Email: email, Name: name, Language: mce.English, Role: mce.AsDelegate}}},
		h.letters, "mce.example", business)
	h.must(err)
	return all[0]
}

func TestPeopleAreFoundByWhatTheyAre(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Bob", mce.Editor))
	b.get("/desk/people").wants(t, http.StatusOK, "There is nobody yet.")
	rosa := h.somebody("rosa@prato.example")
	event := h.congress()
	h.delegate(event, "Rosa@prato.example", "Rosa B.")
	only := h.delegate(event, "nikos@larissa.example", "Nikos <b>Papas</b>")
	_, err := h.store.AddSuppression(t.Context(), mce.Suppression{Email: "nikos@larissa.example", Reason: "mailbox gone", Source: "test", At: business})
	h.must(err)

	list := b.get("/desk/people").wants(t, http.StatusOK, "rosa@prato.example", "/desk/people/"+rosa.String(), "nikos@larissa.example", fmt.Sprintf("/desk/people/r%d", only.ID),
		"Nikos &lt;b&gt;Papas", "must not be written to", "one place")
	if n := len(regexp.MustCompile(`href="/desk/people/[srb][0-9]`).FindAllString(list.body, -1)); n != 2 {
		t.Errorf("%d people, want a line for each address", n)
	}
	for query, want := range map[string]string{
		"q=ROSA": "rosa", "q=comune": "rosa", "q=papas": "nikos", "group=active": "rosa", "group=suppressed": "nikos", "group=pending": "", "group=unsubscribed": "",
		"group=delegate": "nikos rosa", "event=congress": "nikos rosa", "event=nothing": "", "q=%25": "", "q=_": "", "group=booker": "", "q=nikos&group=active": "", "q=%00rosa": "rosa",
	} {
		page := b.get("/desk/people?"+query).wants(t, http.StatusOK)
		var got []string
		for _, name := range []string{"nikos", "rosa"} {
			if strings.Contains(page.body, ">"+name+"@") || strings.Contains(page.body, ">"+strings.ToUpper(name[:1])+name[1:]+"@") {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	b.get("/desk/people?group=friends").wants(t, http.StatusNotFound)
	for _, ref := range []string{"x1", "s", "s0", "s-1", "s+1", "s999", "r999", "b1", "1", "s1x"} {
		b.get("/desk/people/"+ref).wants(t, http.StatusNotFound)
	}
}

func TestTheListOfPeopleGoesOnByPages(t *testing.T) {
	h := newHouse(t)
	h.subscribers(120)
	b := h.as(h.user("Bob", mce.Editor))
	seen := 0
	for path := "/desk/people"; path != ""; {
		page := b.get(path).wants(t, http.StatusOK)
		seen += strings.Count(page.body, `href="/desk/people/s`)
		_, rest, more := strings.Cut(page.body, `href="/desk/people?after=`)
		if path = ""; more {
			next, _, _ := strings.Cut(rest, `"`)
			path = "/desk/people?after=" + next
		}
	}
	if seen != 180 {
		t.Errorf("%d people on all pages, want 180", seen)
	}
}

func TestThePageOfAPersonTellsEverythingInOrder(t *testing.T) {
	h := newHouse(t)
	rosa := h.somebody("rosa@prato.example")
	event := h.congress()
	r := h.delegate(event, "rosa@prato.example", "Rosa")
	_, _, err := h.store.CheckIn(t.Context(), event, r.Code, business.Add(time.Hour))
	h.must(err)
	h.user("rosa", mce.Approver)
	h.exec(`update users set email = 'Rosa@prato.example' where name = 'rosa'`)
	b := h.as(h.user("Bob", mce.Editor))
	page := b.get("/desk/people/"+rosa.String()).wants(t, http.StatusOK, "Rosa Bianchi", "Comune di Prato", "Came from a list", "I want the newsletter.", "Registered for", "Congress of &lt;Cities&gt;",
		"Confirmation of a registration", "Checked in at", "Works at this desk", "Approver")
	arrived, registered, came := strings.Index(page.body, "Checked in at"), strings.Index(page.body, "Registered for"), strings.Index(page.body, "Came from a list")
	if arrived > registered || registered > came {
		t.Error("the latest does not stand first")
	}
	if strings.Contains(page.body, "Act on their behalf") {
		t.Error("an editor is offered to act")
	}
	b.get(fmt.Sprintf("/desk/people/r%d", r.ID)).wants(t, http.StatusOK, "Came from a list") // the same person by another name
}

func TestAPersonsPageSaysWhichIssuesTheyGot(t *testing.T) {
	h := newHouse(t)
	h.subscribers(3)
	h.ended(h.leaving(5).ID)
	late := h.somebodyAt("late@city.example", business.AddDate(1, 0, 0))
	early := h.somebodyAt("early@city.example", business.AddDate(-1, 0, 0))
	reader, err := h.store.SubscriberByEmail(t.Context(), "reader0000@example.org")
	h.must(err)
	b := h.as(h.user("Bob", mce.Editor))
	for path, says := range map[string]string{
		fmt.Sprintf("/desk/people/s%d", reader.ID): "There was a letter", "/desk/people/" + late.String(): "not subscribed then", "/desk/people/" + early.String(): "subscribed then, but not",
	} {
		b.get(path).wants(t, http.StatusOK, "The latest issues", says)
	}
}

func TestOneActsForSomebodyWithAReason(t *testing.T) {
	h := newHouse(t)
	rosa := h.somebody("rosa@prato.example")
	b := h.as(h.user("Ann", mce.Admin))
	path := "/desk/people/" + rosa.String()
	do := func(act string, fields ...string) answer { return b.press(path+"/"+act, path+"/"+act, fields...) }
	for _, act := range []string{"choices", "details", "leave", "suppress", "export", "erase"} {
		b.get(path+"/"+act).wants(t, http.StatusOK)
		b.press(path+"/"+act, path+"/"+act, "language", "en", "topics", "events", "pace", "each").wants(t, http.StatusUnprocessableEntity, "A reason is needed")
	}
	for _, act := range []string{"lift", "ask", "resend", "cancel", "dance"} {
		b.get(path+"/"+act).wants(t, http.StatusNotFound)
		do(act, "reason", "because").wants(t, http.StatusNotFound)
	}
	do("choices", "language", "en", "topics", "poems", "pace", "each", "reason", "x").wants(t, http.StatusUnprocessableEntity, "no topic")
	do("choices", "language", "en", "topics", "events", "pace", "each", "pause", "tomorrow", "reason", "x").wants(t, http.StatusUnprocessableEntity, "is not a day")
	do("choices", "language", "it", "topics", "association-news", "pace", "monthly", "pause", "2023-12-01", "reason", "asked by telephone").leads(t, path)
	b.get(path).wants(t, http.StatusOK, "rosa@prato.example chose is changed", "language: it", "pace: monthly", "paused until 2023-12-01", "asked by telephone")
	do("details", "name", "Rosa Verdi", "organisation", "Città di Prato", "country", "xx1", "reason", "x").wants(t, http.StatusUnprocessableEntity, `value="Rosa Verdi"`)
	do("details", "name", "Rosa Verdi", "organisation", "Città di Prato", "country", "it", "reason", "married").leads(t, path)
	do("suppress", "reason", "the mailbox is somebody else’s").leads(t, path)
	do("suppress", "reason", "again").wants(t, http.StatusNotFound)
	do("lift", "reason", "a slip").leads(t, path)
	do("leave", "why", "too-many", "reason", "wrote a letter").leads(t, path)
	page := b.get(path).wants(t, http.StatusOK, "has left", "reason: too-many", "wrote a letter", "Ann")
	if strings.Contains(page.body, path+"/choices") {
		t.Error("who has left is offered choices")
	}
	do("ask", "reason", "she wants it back").leads(t, path)
	do("ask", "reason", "she wants it back").wants(t, http.StatusConflict, "was asked within a day")
	file := do("export", "reason", "Article 15").wants(t, http.StatusOK, `"email": "rosa@prato.example"`, `"consents"`)
	if file.Header.Get("Content-Disposition") == "" || strings.Contains(file.Header.Get("Content-Disposition"), "rosa") {
		t.Error(file.Header)
	}
	do("erase", "reason", "asked for it").leads(t, "/desk/people")
	b.get(path).wants(t, http.StatusNotFound)

	for action, reason := range map[string]string{
		"change a subscription": "married", "suppress": "the mailbox is somebody else’s", "lift a suppression": "a slip", "unsubscribe": "wrote a letter",
		"ask to confirm": "she wants it back", "export what is kept": "Article 15", "erase": "asked for it",
	} {
		if n := h.count(`select count(*) from audit where object = 'subscriber' and object_id = $1 and action = $2 and reason = $3 and user_id is not null`, rosa.ID, action, reason); n != 1 {
			t.Errorf("%d lines of the audit log say %s", n, action)
		}
	}
	if n := h.count(`select count(*) from consent_details where origin <> ''`); n != 0 {
		t.Errorf("%d reasons outlive the person in the record of consent", n)
	}
	if n := h.count(`select count(*) from consents where subscriber_id = $1 and source = 'desk'`, rosa.ID); n != 5 {
		t.Errorf("%d lines of consent by the desk, want 5", n)
	}
	report, err := h.store.VerifyConsents(t.Context(), "")
	if err != nil || len(report.Faults) > 0 {
		t.Error(report, err)
	}
}

func TestOneActsForADelegate(t *testing.T) {
	h := newHouse(t)
	event := h.congress()
	nikos := h.delegate(event, "nikos@larissa.example", "Nikos")
	b := h.as(h.user("Ann", mce.Admin))
	path, place := fmt.Sprintf("/desk/people/r%d", nikos.ID), strconv.FormatInt(nikos.ID, 10)
	b.get(path).wants(t, http.StatusOK, "not a subscriber", path+"/cancel?place="+place, path+"/resend?place="+place)
	for _, bad := range []string{"", "?place=x", "?place=999"} {
		b.get(path+"/cancel"+bad).wants(t, http.StatusNotFound)
	}
	press := func(act, reason string) answer {
		return b.press(path+"/"+act+"?place="+place, path+"/"+act, "place", place, "reason", reason)
	}
	press("resend", "lost it").leads(t, path)
	if n := h.count(`select count(*) from letters where registration_id = $1 and kind = 'confirmation'`, nikos.ID); n != 2 {
		t.Errorf("%d confirmations", n)
	}
	b.press(path+"/erase", path+"/erase", "reason", "asked").wants(t, http.StatusConflict, "still to come")
	press("cancel", "is ill").leads(t, path)
	b.get(path).wants(t, http.StatusOK, "is cancelled", "End of a registration", "is ill", "lost it")
	press("cancel", "is ill").wants(t, http.StatusNotFound)
	if n := h.count(`select count(*) from audit where object = 'registration' and object_id = $1`, nikos.ID); n != 2 {
		t.Errorf("%d lines of the audit log", n)
	}
}

func TestNobodyIsSubscribedByOthers(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Ann", mce.Approver))
	add := func(fields ...string) answer { return b.press("/desk/people/new", "/desk/people/new", fields...) }
	add("email", "new@", "language", "en", "topics", "events", "reason", "x").wants(t, http.StatusUnprocessableEntity, "new@")
	add("email", "new@city.example", "language", "en", "topics", "events").wants(t, http.StatusUnprocessableEntity, "A reason is needed")
	add("email", "new@city.example", "language", "it", "topics", "events", "reason", "met in Larissa").leads(t, "/desk/people")
	b.get("/desk/people?group=pending").wants(t, http.StatusOK, "new@city.example", "asked to confirm")
	if n := h.count(`select count(*) from letters where kind = 'opt_in'`); n != 1 {
		t.Errorf("%d mails ask to confirm", n)
	}
	add("email", "new@city.example", "language", "it", "topics", "events", "reason", "again").wants(t, http.StatusConflict, "was asked within a day")
	if n := h.count(`select count(*) from audit where action = 'ask to confirm' and reason = 'met in Larissa'`); n != 1 {
		t.Errorf("%d lines of the audit log", n)
	}
}

func TestWhatStandsOnPagesOfPeopleStaysText(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Ann", mce.Admin))
	rosa := h.somebody("rosa@prato.example")
	path := "/desk/people/" + rosa.String()
	token := b.get("/desk/me").token()
	for _, s := range naughty(t) {
		q := url.Values{"q": {s}}.Encode()
		if bad := active(t, b.get("/desk/people?"+q).wants(t, http.StatusOK).body); bad != "" {
			t.Errorf("%q: %s", s, bad)
		}
		a := b.ask(http.MethodPost, path+"/details", url.Values{"token": {token}, "name": {s}, "organisation": {s}, "reason": {s}})
		if a.StatusCode >= 500 {
			t.Errorf("%q: %d", s, a.StatusCode)
		}
		if bad := active(t, a.body); bad != "" {
			t.Errorf("%q: %s", s, bad)
		}
	}
	if bad := active(t, b.get(path).wants(t, http.StatusOK).body); bad != "" {
		t.Error(bad)
	}
}

// TestOneActsByKeyboardAlone: found, opened, unsubscribed, without a mouse.
func TestOneActsByKeyboardAlone(t *testing.T) {
	h := newHouse(t)
	rosa := h.somebody("rosa@prato.example")
	w := h.window(t, h.user("Ann", mce.Approver))
	enter := func() {
		t.Helper()
		_, err := chromedp.RunResponse(w.ctx, chromedp.KeyEvent(kb.Enter))
		w.must(err)
	}
	w.opens("/desk/people")
	w.tabTo("#q")
	w.types("rosa")
	enter()
	w.tabTo("tbody a")
	enter()
	w.tabTo("a[href$='/leave']")
	enter()
	w.tabTo("#reason")
	w.types("She rang up.")
	enter()
	if got := w.tells(`document.querySelector(".said").textContent`); !strings.HasPrefix(got, "rosa@prato.example is unsubscribed.") {
		t.Errorf("the page says %q", got)
	}
	if n := h.count(`select count(*) from audit where action = 'unsubscribe' and object_id = $1 and reason = 'She rang up.'`, rosa.ID); n != 1 {
		t.Errorf("%d lines of the audit log", n)
	}
}
