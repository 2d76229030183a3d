package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func seriesRows() []routeRow {
	return []routeRow{
		{"GET /desk/series", elsewhere, ok, ok, ok},
		{"GET /desk/new-series", elsewhere, refused, refused, ok},
		{"POST /desk/new-series", refused, refused, refused, faulty},
		{"GET /desk/series/{slug}", elsewhere, refused, refused, ok},
		{"POST /desk/series/{slug}", refused, refused, refused, faulty},
		{"GET /desk/series/{slug}/begin", elsewhere, ok, ok, ok},
		{"POST /desk/series/{slug}/begin", refused, conflict, conflict, conflict}, // there is one of this very minute
	}
}

// usualForm is the form of a newsletter as it is first shown, with names.
func usualForm(token string) url.Values {
	return url.Values{
		"token": {token}, "name-en": {"City letter"}, "name-it": {"Lettera dalla città"}, "days": {"* * 2"}, "time": {"09:30"}, "zone": {"Europe/Rome"},
		"quota-news": {"6"}, "quota-events": {"4"}, "quota-knowledge": {"4"}, "approval": {"required"},
	}
}

// TestAnEmptyDeskBeginsAnIssueByItsPages: nothing but the pages is needed between an empty database and an issue.
func TestAnEmptyDeskBeginsAnIssueByItsPages(t *testing.T) {
	h := newHouse(t)
	if _, err := h.db.ExecContext(t.Context(), `delete from series`); err != nil {
		t.Fatal(err)
	}
	b := h.as(h.user("Anna", mce.Admin))
	if page := b.get("/desk/series").wants(t, ok); !strings.Contains(page.body, "There is no newsletter yet") || !strings.Contains(page.body, "/desk/new-series") {
		t.Fatalf("an empty list does not say what to do: %s", page.body)
	}
	form := usualForm(b.get("/desk/new-series").wants(t, ok).token())
	b.ask(http.MethodPost, "/desk/new-series", form).wants(t, elsewhere)
	s, err := h.store.Series(t.Context(), "city-letter")
	h.must(err)
	if s.Cron != "30 9 * * 2" || s.Name["it"] != "Lettera dalla città" || s.Sections[2].Quota != 4 {
		t.Errorf("saved %+v", s)
	}
	if n := h.count(`select count(*) from audit where object = 'series' and action = 'save a newsletter' and object_id = $1`, s.ID); n != 1 {
		t.Errorf("%d lines in the log", n)
	}
	if page := b.get("/desk/series"); !strings.Contains(page.body, "every Tuesday") {
		t.Errorf("the list does not say when it comes: %s", page.body)
	}
	a := b.ask(http.MethodPost, "/desk/series/city-letter/begin", url.Values{"token": {form.Get("token")}}).wants(t, elsewhere)
	if page := b.get(a.Header.Get("Location")).wants(t, ok); !strings.Contains(page.body, "The issue is begun") {
		t.Errorf("the issue does not say that it is begun")
	}
	again := b.ask(http.MethodPost, "/desk/series/city-letter/begin", url.Values{"token": {form.Get("token")}}).wants(t, conflict)
	if !strings.Contains(again.body, "No issue was begun") || h.count(`select count(*) from issues`) != 1 {
		t.Errorf("a second one within the minute: %s", again.body)
	}
	if n := h.count(`select count(*) from audit where object = 'issue' and action = 'begin'`); n != 1 {
		t.Errorf("%d lines about the issue", n)
	}
}

// TestTooLittleBeginsNothing: no skipped issue is left behind by somebody who only tried.
func TestTooLittleBeginsNothing(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Bob", mce.Editor))
	if _, err := h.db.ExecContext(t.Context(), `update series set minimum = 500 where slug = 'newsletter'`); err != nil {
		t.Fatal(err)
	}
	b.ask(http.MethodPost, "/desk/series/newsletter/begin", url.Values{"token": {b.get("/desk/series").token()}}).wants(t, conflict)
	if n := h.count(`select count(*) from issues`); n != 0 {
		t.Errorf("%d issues", n)
	}
}

func TestWhatIsWrongWithANewsletterIsSaid(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Admin))
	token := b.get("/desk/new-series").token()
	before := h.count(`select count(*) from series`)
	for name, value := range map[string]string{
		"name-en": "", "time": "25:00", "days": "x", "zone": "Rome", "quota-news": "0", "quota-events": "1000", "approval": "nobody",
	} {
		form := usualForm(token)
		form.Set(name, value)
		if page := b.ask(http.MethodPost, "/desk/new-series", form).wants(t, faulty); !strings.Contains(page.body, `role="alert"`) || !strings.Contains(page.body, "Lettera dalla città") {
			t.Errorf("%s %q: nothing is said, or what was entered is lost", name, value)
		}
	}
	if n := h.count(`select count(*) from series`); n != before {
		t.Errorf("%d newsletters, %d before", n, before)
	}
}

// TestWhatTheFormDoesNotHaveStays: languages, segment and days that the command line chose.
func TestWhatTheFormDoesNotHaveStays(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Admin))
	before, err := h.store.Series(t.Context(), "newsletter")
	h.must(err)
	days, _ := mce.SplitCron(before.Cron)
	page := b.get("/desk/series/newsletter").wants(t, ok)
	form := url.Values{"token": {page.token()}, "seen": {page.seen()}, "name-en": {"Other"}, "days": {days}, "time": {"08:15"}, "zone": {before.TimeZone}, "approval": {"second"}, "paused": {"yes"}}
	for _, s := range before.Sections {
		form.Set("quota-"+s.Slug, itoa(s.Quota))
	}
	b.ask(http.MethodPost, "/desk/series/newsletter", form).wants(t, elsewhere)
	after, err := h.store.Series(t.Context(), "newsletter")
	h.must(err)
	if after.ID != before.ID || after.Approval != mce.ApprovalSecond || !after.Paused || after.Cron != "15 8 "+days || after.Minimum != before.Minimum ||
		!after.From.Equal(before.From) || len(after.Languages) != len(before.Languages) || after.Sections[0].Kind != before.Sections[0].Kind {
		t.Errorf("%+v became %+v", before, after)
	}
}

func (h *house) seriesScenes(b *browser) []scene {
	return []scene{
		{"series", b, "/desk/series", nil},
		{"series-new", b, "/desk/new-series", nil},
		{"series-fault", b, "/desk/new-series", url.Values{"token": {b.get("/desk/me").token()}, "name-en": {"Letter"}, "time": {"x"}}},
		{"series-change", b, "/desk/series/newsletter", nil},
	}
}
