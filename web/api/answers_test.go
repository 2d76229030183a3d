package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

// order is the body that registers people for the event of the tests.
func order(emails ...string) string {
	var people []string
	for _, e := range emails {
		people = append(people, fmt.Sprintf(`{"email": %q, "name": "Anna Rossi", "language": "it", "sessions": ["lab"]}`, e))
	}
	return `{"event": "larissa", "people": [` + strings.Join(people, ", ") + `]}`
}

// registration is one as a program reads it.
type registration struct {
	ID                                                        int64
	Event, State, Code, Email, Name, Organisation, Zone, Role string
	Country, Language, RegisteredAt, ArrivedAt                string
	Sessions                                                  []string
}

// registered registers people and gives them back.
func (s *site) registered(emails ...string) []registration {
	s.t.Helper()
	var out struct{ Registrations []registration }
	s.post("/registrations", order(emails...)).into(s.t, http.StatusCreated, &out)
	return out.Registrations
}

const (
	wish      = `{"email": "anna@example.org", "language": "en", "topics": ["events"], "agreed": true}`
	openEvent = `{"kind": "webinar", "state": "open", "title": {"en": "Webinar"}, "time_zone": "Europe/Rome", "starts": "2024-01-10T10:00:00+01:00",
		"ends": "2024-01-10T11:00:00+01:00", "topics": ["events"], "publish_at": "2023-10-01T00:00:00Z"}`
)

// asked are the calls that an operation is made with: one that is granted, with its status, and those with other answers.
type asked struct {
	operation string
	granted   call
	status    int
	others    map[int]call
}

// calls has every operation with the answers that are its own; those that many share are asked for in shared.
func (s *site) calls() []asked {
	p := s.registered("anna@example.org", "bob@example.org", "carla@example.org")
	at := func(i int) string { return "/registrations/" + strconv.FormatInt(p[i].ID, 10) }
	get := func(path string) call { return call{method: http.MethodGet, path: path} }
	post := func(path, body string) call { return call{method: http.MethodPost, path: path, body: body} }
	patch := func(path, body string) call { return call{method: http.MethodPatch, path: path, body: body} }
	put := call{method: http.MethodPut, path: "/events/webinar", body: openEvent}
	elsewhere := func(c call, path string) call { c.path = path; return c }
	arrive := post("/events/larissa/check-ins", fmt.Sprintf(`{"code": %q}`, p[0].Code))
	keyed := post("/registrations", order("dora@example.org")).with("Idempotency-Key", "k1")
	reused := post("/registrations", order("eve@example.org")).with("Idempotency-Key", "k1")
	return []asked{
		{"GET /subscriptions", get("/subscriptions"), 200, nil},
		{"POST /subscriptions", post("/subscriptions", wish), 202, nil},
		{"GET /registrations", get("/registrations?event=larissa"), 200,
			map[int]call{400: get("/registrations?event=larissa&limit=0"), 404: get("/registrations?event=nowhere")}},
		{"POST /registrations", keyed, 201,
			map[int]call{404: post("/registrations", strings.Replace(order("eve@example.org"), "larissa", "nowhere", 1)), 409: post("/registrations", order("anna@example.org")), 422: reused}},
		{"GET /registrations/{id}", get(at(0)), 200, map[int]call{404: get("/registrations/99999")}},
		{"PATCH /registrations/{id}", patch(at(0), `{"zone": "Europe/Rome"}`), 200, map[int]call{404: patch("/registrations/99999", `{}`), 409: patch(at(2), `{}`)}},
		{"POST /registrations/{id}/cancellation", post(at(2)+"/cancellation", ""), 200,
			map[int]call{404: post("/registrations/99999/cancellation", ""), 409: post(at(1)+"/cancellation", "")}},
		{"GET /events", get("/events"), 200, nil},
		{"GET /events/{slug}", get("/events/larissa"), 200, map[int]call{304: get("/events/larissa").with("If-None-Match", "*"), 404: get("/events/nowhere")}},
		{"PUT /events/{slug}", put, 201, map[int]call{200: put, 404: elsewhere(put, "/events/No-Slug"), 412: put.with("If-None-Match", "*")}},
		{"PATCH /events/{slug}", patch("/events/larissa", `{"motto": {"en": "Together"}}`), 200,
			map[int]call{404: patch("/events/nowhere", `{}`), 412: patch("/events/larissa", `{}`).with("If-Match", `"other"`)}},
		{"POST /events/{slug}/check-ins", arrive, 201,
			map[int]call{200: arrive, 404: elsewhere(arrive, "/events/nowhere/check-ins"), 409: post("/events/larissa/check-ins", fmt.Sprintf(`{"code": %q}`, p[2].Code))}},
	}
}

// shared are the answers that an operation has because it needs a token, or takes a body.
func (x asked) shared() map[int]call {
	out := map[int]call{}
	if x.granted.path != "/subscriptions" {
		missing, poor := x.granted, x.granted
		missing.token, poor.token = "none", "poor"
		out[http.StatusUnauthorized], out[http.StatusForbidden] = missing, poor
	}
	if x.granted.body != "" {
		broken, large := x.granted, x.granted
		broken.body, large.body = `{"`, `{"name": "`+strings.Repeat("x", 1<<20)+`"}`
		out[http.StatusBadRequest], out[http.StatusRequestEntityTooLarge] = broken, large
		out[http.StatusUnsupportedMediaType] = x.granted.with("Content-Type", "text/plain")
	}
	return out
}

// TestEveryDocumentedAnswerIsGiven: each operation with each status that the document says it has, and each of these answers as it says.
func TestEveryDocumentedAnswerIsGiven(t *testing.T) {
	s := newSite(t)
	reached := map[string][]string{}
	ask := func(operation string, c call, status int) {
		t.Helper()
		if got := s.do(c).StatusCode; got != status {
			t.Errorf("%s: %d, want %d", operation, got, status)
		}
		reached[operation] = append(reached[operation], strconv.Itoa(status))
	}
	all := s.calls()
	poor := map[string]string{}
	for i, x := range all {
		s.token = s.tokenFor(x.operation, mce.Scopes()...) // what one may ask is bounded
		poor[x.operation] = s.tokenFor(fmt.Sprint("poor", i), mce.MayReadEvents)
		if strings.HasPrefix(x.operation, "GET /events") {
			poor[x.operation] = s.tokenFor(fmt.Sprint("rich", i), mce.MayCheckIn)
		}
		ask(x.operation, x.granted, x.status)
		if x.operation == "POST /registrations/{id}/cancellation" { // who has arrived cannot cancel
			s.sql(`update registrations set arrived_at = now() where email = 'bob@example.org'`)
		}
		for _, others := range []map[int]call{x.others, x.shared()} {
			for status, c := range others {
				if c.token == "poor" {
					c.token = poor[x.operation]
				}
				if x.operation == "PATCH /registrations/{id}" && status == http.StatusConflict {
					s.sql(`update registrations set state = 'cancelled' where email = 'carla@example.org'`)
				}
				ask(x.operation, c, status)
			}
		}
	}
	for _, x := range all {
		if x.operation != "GET /subscriptions" { // which nobody limits
			s.exhaust(x)
			reached[x.operation] = append(reached[x.operation], strconv.Itoa(http.StatusTooManyRequests))
		}
	}
	s.token = s.tokenFor("late", mce.Scopes()...)
	fresh := func(c call) call { return c.with("X-Forwarded-For", "192.0.2.9") }
	s.sql(`alter table api_tokens rename to lost_tokens`)
	s.sql(`alter table topics rename to lost_topics`)
	for _, x := range all {
		ask(x.operation, fresh(x.granted), http.StatusInternalServerError)
	}
	s.store.Close()
	for _, x := range all {
		ask(x.operation, fresh(x.granted), http.StatusServiceUnavailable)
	}
	documented := s.documented()
	for _, statuses := range []map[string][]string{documented, reached} {
		for operation := range statuses {
			slices.Sort(statuses[operation])
		}
	}
	if diff := cmp.Diff(documented, reached); diff != "" {
		t.Errorf("documented answers that no call gives (-), or answers that are not documented (+):\n%s", diff)
	}
}

// exhaust asks until this caller has asked too much.
func (s *site) exhaust(x asked) {
	s.t.Helper()
	s.token = s.tokenFor("many "+x.operation, mce.Scopes()...)
	for range 1000 {
		if s.do(x.granted).StatusCode == http.StatusTooManyRequests {
			return
		}
	}
	s.t.Errorf("%s: nobody is limited", x.operation)
}
