package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func reminderRows() []routeRow {
	return []routeRow{
		{"GET /desk/reminders", elsewhere, ok, ok, ok},
		{"GET /desk/new-reminder", elsewhere, refused, ok, ok},
		{"POST /desk/new-reminder", refused, refused, faulty, faulty},
		{"GET /desk/reminders/{slug}", elsewhere, ok, ok, ok},
		{"POST /desk/reminders/{slug}", refused, refused, faulty, faulty},
		{"GET /desk/reminders/{slug}/remove", elsewhere, refused, ok, ok},
		{"POST /desk/reminders/{slug}/remove", refused, refused, conflict, conflict}, // it does not say which one was seen
	}
}

// reminderForm is one that speakers of conferences get two days before.
func reminderForm(token string) url.Values {
	return url.Values{
		"token": {token}, "audience": {"speakers"}, "kinds": {"conference"}, "event": {""}, "days": {"2"}, "side": {"before"}, "anchor": {"start"}, "at": {"08:30"},
		"useful_hours": {"24"}, "subject-en": {"Your talk in {city}"}, "subject-it": {"La tua relazione a {city}"}, "body-en": {"Bring your *slides*."}, "show": {"facts", "programme"},
	}
}

// TestARuleIsMadeChangedAndRemovedByItsPages, and says in words and moments what it does before it is saved.
func TestARuleIsMadeChangedAndRemovedByItsPages(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Approver))
	form := reminderForm(b.get("/desk/new-reminder").wants(t, ok).token())
	form.Set("do", "preview")
	b.ask(http.MethodPost, "/desk/new-reminder", form).wants(t, ok, "2 days before it begins, at 8:30 at the venue, to the speakers.", "Prato", "Monday 23 October 2023, 08:30", "<em>slides</em>")
	if n := h.count(`select count(*) from reminder_rules where slug like 'your-talk%'`); n != 0 {
		t.Fatal("the preview saved it")
	}
	form.Set("do", "save")
	const path = "/desk/reminders/your-talk-in-city"
	b.ask(http.MethodPost, "/desk/new-reminder", form).leads(t, path)
	page := b.get(path).wants(t, ok, "“Your talk in {city}” is saved.", "Monday 23 October 2023, 08:30")
	b.get("/desk/reminders").wants(t, ok, path, "2 days before it begins, at 8:30 at the venue, to the speakers")
	b.get("/desk/events/"+itoa(int(h.prato().ID))).wants(t, ok, `href="`+path+`"`)
	if n := h.count(`select count(*) from audit where action = 'save a reminder' and object = 'reminder'`); n != 1 {
		t.Errorf("%d lines in the log", n)
	}

	// A colleague has the same page open: who saves second is told, and keeps what they typed.
	form.Set("seen", page.seen())
	form.Set("days", "3")
	b.ask(http.MethodPost, path, form).leads(t, path)
	form.Set("days", "4")
	second := b.ask(http.MethodPost, path, form).wants(t, conflict, "The reminder has changed since you opened this page", "See it as it stands now", `value="4"`)
	if second.seen() != form.Get("seen") {
		t.Error("a second press would overwrite what was never seen")
	}
	rule, err := h.store.ReminderRule(t.Context(), "your-talk-in-city")
	h.must(err)
	if rule.Days != -3 || rule.Audience() != mce.ForSpeakers || len(rule.Show) != 2 || rule.Subject["it"] != "La tua relazione a {city}" {
		t.Errorf("%+v", rule)
	}

	ask := b.get(path+"/remove").wants(t, ok, "It goes to nobody any more.")
	b.ask(http.MethodPost, path+"/remove", url.Values{"token": {ask.token()}, "seen": {page.seen()}}).wants(t, conflict, "has changed since")
	b.ask(http.MethodPost, path+"/remove", url.Values{"token": {ask.token()}, "seen": {ask.seen()}, "reason": {"Nobody speaks"}}).leads(t, "/desk/reminders")
	b.get(path).wants(t, http.StatusNotFound)
}

// TestWhatIsWrongWithAReminderIsSaidAtItsEntry, with what was typed still there.
func TestWhatIsWrongWithAReminderIsSaidAtItsEntry(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Approver))
	token := b.get("/desk/new-reminder").token()
	before := h.count(`select count(*) from reminder_rules`)
	for _, c := range []struct{ name, value, entry string }{
		{"days", "soon", "days"},
		{"days", "-3", "days"},
		{"useful_hours", "0", "useful_hours"},
		{"at", "25:00", "at"},
		{"audience", "nobody", "audience"},
		{"kinds", "party", "kinds"},
		{"event", "nowhere-1999", "event"},
		{"anchor", "noon", "anchor"},
		{"show", "certificate", "show"},
		{"daily", "yes", "show"},
		{"subject-en", "", "subject-en"},
		{"body-en", "", "body-en"},
		{"reason", strings.Repeat("x", 5000), "reason"},
	} {
		form := reminderForm(token)
		form.Set(c.name, c.value)
		page := b.ask(http.MethodPost, "/desk/new-reminder", form).wants(t, faulty, `id="`+c.entry+`-fault"`, "La tua relazione a {city}")
		if n := strings.Count(page.body, `-fault"`+` lang="en"`) + strings.Count(page.body, `-fault">`); n < 1 {
			t.Errorf("%s %q: nothing is said", c.name, c.value)
		}
	}
	if n := h.count(`select count(*) from reminder_rules`); n != before {
		t.Errorf("%d rules, %d before", n, before)
	}
}

// TestARuleThatHasGoneOutStays: who got it is kept with it.
func TestARuleThatHasGoneOutStays(t *testing.T) {
	h := newHouse(t)
	jan := h.atPrato("jan@ghent.example", "Jan De Smet", mce.English)
	if _, err := h.db.ExecContext(t.Context(), `
		insert into reminders (rule_id, registration_id, outcome, at, due) select id, $1, 'queued', $2, $2 from reminder_rules where slug = 'week-before'`, jan.ID, business); err != nil {
		t.Fatal(err)
	}
	b := h.as(h.user("Anna", mce.Approver))
	ask := b.get("/desk/reminders/week-before/remove").wants(t, ok)
	form := url.Values{"token": {ask.token()}, "seen": {ask.seen()}}
	b.ask(http.MethodPost, "/desk/reminders/week-before/remove", form).wants(t, conflict, "It has gone out before")
	b.get("/desk/reminders/week-before").wants(t, ok)
}

func (h *house) reminderScenes(admin, editor *browser) []scene {
	token := admin.get("/desk/me").token()
	faulty, preview, stale := reminderForm(token), reminderForm(token), reminderForm(token)
	faulty.Set("at", "late")
	preview.Set("do", "preview")
	stale.Set("seen", "old")
	return []scene{
		{"reminders", admin, "/desk/reminders", nil},
		{"reminders-editor", editor, "/desk/reminders", nil},
		{"reminder", admin, "/desk/reminders/week-before", nil},
		{"reminder-editor", editor, "/desk/reminders/week-before", nil},
		{"reminder-new", admin, "/desk/new-reminder", nil},
		{"reminder-fault", admin, "/desk/new-reminder", faulty},
		{"reminder-preview", admin, "/desk/new-reminder", preview},
		{"reminder-conflict", admin, "/desk/reminders/week-before", stale},
		{"reminder-remove", admin, "/desk/reminders/week-before/remove", nil},
		{"reminder-remove-fault", admin, "/desk/reminders/week-before/remove", url.Values{"token": {token}, "seen": {"old"}}},
	}
}
