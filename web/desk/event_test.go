package desk_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func eventRows() []routeRow {
	return []routeRow{
		{"GET /desk/events", elsewhere, ok, ok, ok},
		{"GET /desk/events/{id}", elsewhere, ok, ok, ok},
		{"GET /desk/events/{id}/mail", elsewhere, missing, missing, missing}, // it does not say whose
		{"GET /desk/events/{id}/tell", elsewhere, ok, ok, ok},
		{"POST /desk/events/{id}/tell", refused, refused, conflict, conflict},
		{"GET /desk/events/{id}/withhold", elsewhere, ok, ok, ok},
		{"POST /desk/events/{id}/withhold", refused, refused, faulty, faulty},
		{"GET /desk/events/{id}/delegates", elsewhere, ok, ok, ok},
		{"GET /desk/events/{id}/delegates.csv", elsewhere, ok, ok, ok},
		{"POST /desk/events/{id}/delegates.csv", refused, ok, ok, ok},
		{"GET /desk/events/{id}/delegates/new", elsewhere, refused, ok, ok},
		{"POST /desk/events/{id}/delegates/new", refused, refused, faulty, faulty},
		{"GET /desk/events/{id}/delegates/{person}", elsewhere, ok, ok, ok},
		{"POST /desk/events/{id}/delegates/{person}", refused, refused, faulty, faulty},
		{"GET /desk/events/{id}/delegates/{person}/cancel", elsewhere, ok, ok, ok},
		{"POST /desk/events/{id}/delegates/{person}/cancel", refused, refused, faulty, faulty},
		{"GET /desk/events/{id}/check-in", elsewhere, ok, ok, ok},
		{"POST /desk/events/{id}/check-in", refused, faulty, faulty, faulty},
		{"GET /desk/events/{id}/check-in/undo", elsewhere, ok, ok, ok},
		{"POST /desk/events/{id}/check-in/undo", refused, missing, missing, missing},
	}
}

// prato is the conference of the sample content.
func (h *house) prato() mce.Event {
	h.t.Helper()
	e, err := h.store.Event(h.t.Context(), "prato-2023")
	h.must(err)
	return e
}

// atPrato registers somebody for the conference.
func (h *house) atPrato(email, name string, lang mce.Lang) mce.Registration {
	h.t.Helper()
	p, err := mce.NewRegistration("prato-2023", email, name, "City of Ghent", "Belgium", string(lang))
	h.must(err)
	out, err := h.store.Register(h.t.Context(), mce.Order{People: []mce.Registration{p}}, h.letters, "mce.example", business)
	h.must(err)
	return out[0]
}

// moved puts the conference off by a week.
func (h *house) moved() mce.Event {
	h.t.Helper()
	e, _, err := h.store.EditEvent(h.t.Context(), "prato-2023", func(e *mce.Event) (mce.Event, error) {
		e.Starts, e.Ends = e.Starts.AddDate(0, 0, 7), e.Ends.AddDate(0, 0, 7)
		for i := range e.Sessions {
			e.Sessions[i].Starts, e.Sessions[i].Ends = e.Sessions[i].Starts.AddDate(0, 0, 7), e.Sessions[i].Ends.AddDate(0, 0, 7)
		}
		return *e, nil
	}, business)
	h.must(err)
	return e
}

// booked registers people for the conference whom a secretary answers for.
func (h *house) booked(people ...string) []mce.Registration {
	h.t.Helper()
	var order mce.Order
	for _, email := range people {
		p, err := mce.NewRegistration("prato-2023", email, "Delegate "+email, "City of Ghent", "Belgium", "en")
		h.must(err)
		order.People = append(order.People, p)
	}
	order.Booker = &mce.Booking{Event: "prato-2023", Email: "secretary@ghent.example", Name: "Sara Peeters", Language: mce.English}
	out, err := h.store.Register(h.t.Context(), order, h.letters, "mce.example", business)
	h.must(err)
	return out
}

// TestWhatIsWithheldStandsOnHome, with the reason, and leads to the event.
func TestWhatIsWithheldStandsOnHome(t *testing.T) {
	h := newHouse(t)
	h.atPrato("jan@ghent.example", "Jan De Smet", mce.English)
	e := h.moved()
	b := h.as(h.user("Anna", mce.Approver))
	path := "/desk/events/" + itoa(int(e.ID))
	b.press(path, path+"/withhold", "version", itoa(e.Version), "reason", "The town hall is not sure yet").leads(t, path)
	b.home().wants(t, ok, `<span class="state withheld">withheld</span>`, "An editor withholds it: The town hall is not sure yet", `href="`+path+`"`)
}

// TestWhoBookedIsSaidAndTheirPeopleAreListed, also those who have cancelled since.
func TestWhoBookedIsSaidAndTheirPeopleAreListed(t *testing.T) {
	h := newHouse(t)
	h.atPrato("jan@ghent.example", "Jan De Smet", mce.English)
	people := h.booked("one@ghent.example", "two@ghent.example")
	h.must(h.store.CancelByID(t.Context(), people[1].ID, h.letters, "mce.example", business))
	b := h.as(h.user("Bob", mce.Editor))
	path := "/desk/events/" + itoa(int(h.prato().ID)) + "/delegates"
	of := path + "?booking=" + itoa(int(people[0].Booking))
	if n := strings.Count(b.get(path).wants(t, ok, "Jan De Smet", "Delegate one@ghent.example").body, `href="`+of+`">Sara Peeters</a>`); n != 1 {
		t.Errorf("Sara is named for %d people, want the one of hers who has a place", n)
	}
	b.get(path+"/"+itoa(int(people[0].ID))).wants(t, ok, `href="`+of+`">Sara Peeters</a>`)
	page := b.get(of).wants(t, ok, "All whom Sara Peeters (secretary@ghent.example) registered", "Delegate one@ghent.example", "Delegate two@ghent.example", "Show everything again")
	if strings.Contains(page.body, "Jan De Smet") {
		t.Error("who booked by themselves is among them")
	}
	if page := b.get(of + "&q=two@"); strings.Contains(page.body, "Delegate one@ghent.example") {
		t.Error("the search does not look within the booking")
	}
	b.get(path+"?booking=x").wants(t, http.StatusNotFound)
	b.get(path+"?booking=-1").wants(t, http.StatusNotFound)
}

// eventScenes are the pages of events in all their states.
func (h *house) eventScenes(admin, editor *browser) []scene {
	jan := h.atPrato("jan@ghent.example", "Jan De Smet", mce.English)
	lucia := h.atPrato("lucia@prato.example", "Lucia Bianchi "+longWord, "it")
	booked := h.booked("one@ghent.example", "two@ghent.example")[0]
	gone := h.atPrato("gone@example.org", "Gone Away", mce.English)
	h.must(h.store.CancelByID(h.t.Context(), gone.ID, h.letters, "mce.example", business))
	_, _, err := h.store.CheckIn(h.t.Context(), "prato-2023", lucia.Code, business)
	h.must(err)
	path := "/desk/events/" + itoa(int(h.moved().ID))
	token := admin.get("/desk/me").token()
	person := path + "/delegates/" + itoa(int(jan.ID))
	other := "/desk/events/" + itoa(h.count(`select id from events where slug <> 'prato-2023' order by starts desc limit 1`))
	return []scene{
		{"event-list", admin, "/desk/events", nil},
		{"event-moved", admin, path, nil},
		{"event-moved-editor", editor, path, nil},
		{"event-withhold-fault", admin, path + "/withhold", url.Values{"token": {token}, "version": {"1"}}},
		{"event-quiet", admin, other, nil},
		{"delegates", admin, path + "/delegates", nil},
		{"delegates-booked", admin, path + "/delegates?booking=" + itoa(int(booked.Booking)), nil},
		{"delegate-booked", admin, path + "/delegates/" + itoa(int(booked.ID)), nil},
		{"delegates-none", admin, other + "/delegates?q=nobody&standing=waiting", nil},
		{"delegate-new", admin, path + "/delegates/new", nil},
		{"delegate", admin, person, nil},
		{"delegate-editor", editor, person, nil},
		{"delegate-gone", admin, path + "/delegates/" + itoa(int(gone.ID)), nil},
		{"delegate-fault", admin, person, url.Values{"token": {token}, "name": {""}, "reason": {"asked on the phone"}}},
		{"delegate-cancel-fault", admin, person + "/cancel", url.Values{"token": {token}}},
		{"check-in", admin, path + "/check-in?q=e", nil},
		{"check-in-again", editor, path + "/check-in", url.Values{"token": {editor.get("/desk/me").token()}, "code": {lucia.Code}}},
		{"check-in-fault", admin, path + "/check-in", url.Values{"token": {token}, "code": {"AAAA"}}},
	}
}

func TestAnEditorDecidesWhenPeopleAreTold(t *testing.T) {
	h := newHouse(t)
	h.atPrato("jan@ghent.example", "Jan De Smet", mce.English)
	h.atPrato("lucia@prato.example", "Lucia Bianchi", "it")
	b := h.as(h.user("Anna", mce.Approver))
	path := "/desk/events/" + itoa(int(h.prato().ID))
	b.get(path).wants(t, http.StatusOK, "Everybody knows what stands.", "Next week in Prato: Major Cities of Europe Annual Conference 2023", "days before it begins, at", "in Prato, to everybody who has a place")
	told := func() int {
		_, err := h.store.TellChanges(context.WithoutCancel(t.Context()), h.letters, "mce.example", business)
		h.must(err)
		return h.count(`select count(*) from letters where kind = 'change'`)
	}

	e := h.moved()
	page := b.get(path).wants(t, http.StatusOK, "2 people will read", "It takes place", "Tell 2 people now", "2 people are told on Wednesday 18 October 2023, 12:30")
	b.get(path+"/mail?n=0").wants(t, http.StatusOK, "Jan De Smet", "1 November 2023")
	b.get(path+"/mail?n=9").wants(t, http.StatusNotFound)
	if told() != 0 {
		t.Error("people were told before the edit had settled")
	}

	// Withheld, nobody is told however long it takes; what is looked at must be what stands.
	version := itoa(e.Version)
	b.press(path, path+"/withhold", "version", version).wants(t, http.StatusUnprocessableEntity, "Say why people are not to be told yet")
	b.press(path, path+"/withhold", "version", version, "reason", "The town hall is not sure yet").leads(t, path)
	b.get(path).wants(t, http.StatusOK, "It is withheld", "The town hall is not sure yet")
	if _, err := h.store.TellChanges(t.Context(), h.letters, "mce.example", business.Add(48*60*60*1e9)); err != nil || h.count(`select count(*) from letters where kind = 'change'`) != 0 {
		t.Error("people were told what is withheld", err)
	}
	b.press(path, path+"/tell", "version", itoa(e.Version-1)).wants(t, http.StatusConflict, "The event has changed since you opened this page")

	// Let go, they are told at once.
	b.press(path, path+"/tell", "version", version).leads(t, path)
	b.get(path).wants(t, http.StatusOK, "2 people are told within a minute")
	if n := told(); n != 2 {
		t.Errorf("%d were told", n)
	}
	b.get(path).wants(t, http.StatusOK, "Everybody knows what stands.", "told people of changes", "withheld changes")
	b.press(path, path+"/tell", "version", version).wants(t, http.StatusConflict, "there is nothing to tell")
	if strings.Contains(page.body, `class="faulty"`) {
		t.Error("the page speaks of a fault")
	}
}

// TestWhatCancelsOutTellsNobody: also when somebody lets it go.
func TestWhatCancelsOutTellsNobody(t *testing.T) {
	h := newHouse(t)
	h.atPrato("jan@ghent.example", "Jan De Smet", mce.English)
	before := h.prato()
	h.moved()
	e, _, err := h.store.EditEvent(t.Context(), "prato-2023", func(*mce.Event) (mce.Event, error) { return before, nil }, business)
	h.must(err)
	b := h.as(h.user("Anna", mce.Approver))
	path := "/desk/events/" + itoa(int(e.ID))
	b.get(path).wants(t, http.StatusOK, "Everybody knows what stands.")
	b.press(path, path+"/tell", "version", itoa(e.Version)).wants(t, http.StatusConflict)
}

func TestDelegatesAtTheDesk(t *testing.T) {
	h := newHouse(t)
	jan := h.atPrato("jan@ghent.example", "Jan De Smet", mce.English)
	h.atPrato("lucia@prato.example", "Lucia =Bianchi", "it")
	b := h.as(h.user("Anna", mce.Approver))
	path := "/desk/events/" + itoa(int(h.prato().ID))
	people := path + "/delegates"
	b.get(people).wants(t, http.StatusOK, "Jan De Smet", "Lucia =Bianchi")
	if page := b.get(people + "?q=GHENT.ex"); !strings.Contains(page.body, "Jan De Smet") || strings.Contains(page.body, "Lucia") {
		t.Error(page.body)
	}
	table := b.press(people, people+".csv").wants(t, http.StatusOK, "prato-2023,jan@ghent.example,Jan De Smet")
	if got := table.Header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
		t.Error(got)
	}

	// Nobody is registered without a reason, nor twice.
	form := []string{"email", "ada@example.org", "name", "Ada", "language", "en", "role", "delegate"}
	b.press(people+"/new", people+"/new", form...).wants(t, http.StatusUnprocessableEntity, "A reason is needed", "ada@example.org")
	added := b.press(people+"/new", people+"/new", append(form, "reason", "She called.")...)
	if !strings.HasPrefix(added.Header.Get("Location"), people+"/") {
		t.Fatal(added.Status, added.body)
	}
	b.get(added.Header.Get("Location")).wants(t, http.StatusOK, "Ada has a place, and is told.", "has a place")
	b.press(people+"/new", people+"/new", append(form, "reason", "She called.")...).wants(t, http.StatusConflict, "registered for")

	// What they said of themselves is changed, and the registration cancelled: each with who did it and why.
	person := people + "/" + itoa(int(jan.ID))
	b.press(person, person, "name", "", "language", "en", "reason", "typo").wants(t, http.StatusUnprocessableEntity, "The name is missing")
	b.press(person, person, "name", "Jan de Smet", "organisation", "Stad Gent", "language", "en", "reason", "typo").leads(t, person)
	b.get(person).wants(t, http.StatusOK, "Jan de Smet", "Stad Gent")
	b.press(person, person+"/cancel", "reason", "ill").leads(t, person)
	b.get(person).wants(t, http.StatusOK, "cancelled")
	b.press(person, person+"/cancel", "reason", "ill").wants(t, http.StatusConflict, "cancelled already")
	for _, deed := range []string{"register somebody", "change a registration", "cancel a registration"} {
		if h.count(`select count(*) from audit where action = $1 and object = 'registration' and user_id is not null and reason <> ''`, deed) != 1 {
			t.Errorf("the log does not have: %s", deed)
		}
	}
	// Somebody of another event is not found here.
	other := h.count(`select id from events where slug <> 'prato-2023' limit 1`)
	b.get("/desk/events/"+itoa(other)+"/delegates/"+itoa(int(jan.ID))).wants(t, http.StatusNotFound)
}

func TestCheckIn(t *testing.T) {
	h := newHouse(t)
	jan := h.atPrato("jan@ghent.example", "Jan De Smet", mce.English)
	b := h.as(h.user("Volunteer", mce.Editor))
	path := "/desk/events/" + itoa(int(h.prato().ID)) + "/check-in"
	b.get(path).wants(t, http.StatusOK, "0 of 1 have arrived.", "autofocus")
	b.press(path, path).wants(t, http.StatusUnprocessableEntity, "Type a code")
	b.press(path, path, "code", "<script>").wants(t, http.StatusUnprocessableEntity, "has the code", "&lt;script&gt;")
	b.press(path, path, "code", strings.ToLower(jan.Code[:4]+" "+jan.Code[4:])).wants(t, http.StatusOK, "Jan De Smet", "has just arrived", "1 of 1 has arrived.")
	b.press(path, path, "code", jan.Code).wants(t, http.StatusOK, "Arrived already, on Wednesday 18 October 2023, 12:00")
	b.press(path, path+"/undo", "person", itoa(int(jan.ID))).leads(t, path)
	b.get(path+"?q=smet").wants(t, http.StatusOK, "Jan De Smet has not arrived.", "0 of 1 have arrived.", jan.Code)
	b.press(path, path+"/undo", "person", itoa(int(jan.ID))).wants(t, http.StatusConflict)
	if n := h.count(`select count(*) from audit where action in ('check in', 'undo a check-in')`); n != 2 {
		t.Errorf("%d lines in the log", n)
	}
}
