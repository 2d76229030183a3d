package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

// letters are the kinds of the mails that were queued, sorted.
func (s *site) letters() []string {
	s.t.Helper()
	rows := must(pgtest.DB(s.t, s.database).QueryContext(s.t.Context(), `select kind from letters order by kind`))(s.t)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var kind string
		if err := rows.Scan(&kind); err != nil {
			s.t.Fatal(err)
		}
		out = append(out, kind)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func TestPeopleAreRegisteredWithWhoBooks(t *testing.T) {
	s := newSite(t)
	body := `{"event": "larissa", "booker": {"email": "office@example.org", "name": "The Office", "language": "it"}, "people": [
		{"email": "Anna@Example.org", "name": " Anna  Rossi ", "organisation": "Prato", "country": "Italia", "zone": "Europe/Rome", "sessions": ["lab"]},
		{"email": "bob@example.org", "name": "Bob", "role": "speaker"}]}`
	var out struct{ Registrations []registration }
	s.post("/registrations", body).into(t, http.StatusCreated, &out)
	if len(out.Registrations) != 2 {
		t.Fatalf("%+v", out)
	}
	a, b := out.Registrations[0], out.Registrations[1]
	if a.Name != "Anna Rossi" || a.State != "registered" || len(a.Code) != 8 || a.Zone != "Europe/Rome" || a.Sessions[0] != "lab" || a.Role != "delegate" || a.Language != "en" {
		t.Errorf("%+v", a)
	}
	if b.Role != "speaker" || b.ID <= a.ID || b.Code == a.Code {
		t.Errorf("%+v", b)
	}
	if diff := cmp.Diff([]string{"booking", "confirmation", "confirmation"}, s.letters()); diff != "" {
		t.Error(diff)
	}
}

func TestWhereAllPlacesAreTakenOneWaits(t *testing.T) {
	s := newSite(t)
	s.patch("/events/larissa", `{"capacity": 1}`).into(t, http.StatusOK, new(any))
	if got := s.registered("anna@example.org", "bob@example.org"); got[0].State != "registered" || got[1].State != "waiting" {
		t.Errorf("%+v", got)
	}
}

// TestOneKeyIsOneOrder: the same sent five times at once.
func TestOneKeyIsOneOrder(t *testing.T) {
	s := newSite(t)
	var all errgroup.Group
	var answers [5]answer
	for i := range answers {
		body := order("anna@example.org") + strings.Repeat(" ", i) // the same order in other bytes
		all.Go(func() error {
			answers[i] = s.do(call{method: http.MethodPost, path: "/registrations", body: body}.with("Idempotency-Key", "k1"))
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, a := range answers {
		if a.StatusCode != http.StatusCreated || a.body != answers[0].body {
			t.Errorf("%d %s\nnot as the first: %s", a.StatusCode, a.body, answers[0].body)
		}
	}
	if got := s.letters(); len(got) != 1 {
		t.Errorf("%v", got)
	}
	other := call{method: http.MethodPost, path: "/registrations", body: order("bob@example.org")}.with("Idempotency-Key", "k1")
	s.do(other).gives(t, http.StatusUnprocessableEntity, "idempotency_key_reused")
	other.token = s.tokenFor("another", mce.MayWriteRegistrations)
	s.do(other).into(t, http.StatusCreated, new(any))
}

func TestAnotherKeyIsAnotherOrder(t *testing.T) {
	s := newSite(t)
	s.registered("anna@example.org")
	again := call{method: http.MethodPost, path: "/registrations", body: order("bob@example.org", "anna@example.org")}.with("Idempotency-Key", "k2")
	if p := s.do(again).gives(t, http.StatusConflict, "conflict", "/people/1/email"); p.Detail != "anna@example.org is registered for Workshop already" {
		t.Error(p.Detail)
	}
	if got := s.letters(); len(got) != 1 {
		t.Errorf("%v: Bob was registered all the same", got)
	}
}

func TestAllFaultsOfAnOrderAreNamedAtOnce(t *testing.T) {
	s := newSite(t)
	s.post("/registrations", `{"event": "larissa", "booker": {"email": "x", "name": "X"}, "people": [
		{"email": "anna@", "name": "Anna"}, {"email": "bob@example.org", "name": ""}, {"email": "c@example.org", "name": "C", "role": "king"},
		{"email": "d@example.org", "name": "D", "zone": "Mars"}, {"email": "e@example.org", "name": "E", "language": "xx"}]}`).
		gives(t, http.StatusBadRequest, "invalid", "/people/0/email", "/people/1/name", "/people/2/role", "/people/3/zone", "/people/4/language", "/booker/email")
	for body, pointer := range map[string]string{
		order():                          "/people",
		`{"event": "larissa"}`:           "/people",
		`{"event": 1}`:                   "/event",
		`{"people": {}}`:                 "/people",
		`{"people": [{"email": ["x"]}]}`: "/people/0/email",
		`{"people": [{"mail": "x"}]}`:    "/people/0/mail",
		`{"event": "a", "event": "b"}`:   "/event",
		`{"event": "a\u0000b"}`:          "/event",
		`{"event": "\ud800"}`:            "/event",
		`{"Event": "larissa"}`:           "/Event",
		`[]`:                             "",
		`{"event": "larissa"} {}`:        "",
		"{\"event\": \"\xff\"}":          "/event",
		strings.Replace(order("a@example.org"), "lab", "opening", 1): "/people/0/sessions",
		order(slices.Repeat([]string{"a@example.org"}, 51)...):       "/people",
	} {
		s.post("/registrations", body).gives(t, http.StatusBadRequest, "invalid", pointer)
	}
	s.do(call{method: http.MethodPost, path: "/registrations", body: order("a@example.org")}.with("Idempotency-Key", strings.Repeat("k", 256))).
		gives(t, http.StatusBadRequest, "invalid")
	if n := s.sql(`select from registrations`); n != 0 {
		t.Errorf("%d were registered", n)
	}
}

func TestAnEventThatTakesNobodySaysSo(t *testing.T) {
	s := newSite(t)
	s.patch("/events/larissa", `{"state": "closed"}`).into(t, http.StatusOK, new(any))
	p := s.post("/registrations", order("anna@example.org")).gives(t, http.StatusConflict, "conflict", "/event")
	if !strings.Contains(p.Detail, "registration for Workshop has closed") {
		t.Error(p.Detail)
	}
	s.post("/registrations", strings.Replace(order("anna@example.org"), "larissa", "nowhere", 1)).gives(t, http.StatusNotFound, "not_found", "/event")
}

func TestRegistrationsArePaged(t *testing.T) {
	s := newSite(t)
	want := s.registered("a@example.org", "b@example.org", "c@example.org", "d@example.org", "e@example.org")
	s.post(fmt.Sprintf("/registrations/%d/cancellation", want[1].ID), "").into(t, http.StatusOK, new(any))
	var got, states []string
	for next := "/registrations?event=larissa&limit=2"; next != ""; {
		var page struct {
			Registrations []registration
			Next          string
		}
		s.get(next).into(t, http.StatusOK, &page)
		for _, r := range page.Registrations {
			got, states = append(got, r.Email), append(states, r.State)
		}
		if len(page.Registrations) > 2 || len(got) > 5 {
			t.Fatal(got)
		}
		next = strings.TrimPrefix(page.Next, public+"/api/v1")
		if len(got) == 2 { // whoever comes or goes meanwhile shifts nothing
			s.post(fmt.Sprintf("/registrations/%d/cancellation", want[0].ID), "").into(t, http.StatusOK, new(any))
		}
	}
	if strings.Join(got, " ") != "a@example.org b@example.org c@example.org d@example.org e@example.org" || states[1] != "cancelled" {
		t.Error(got, states)
	}
	s.get("/registrations").gives(t, http.StatusBadRequest, "invalid")
	for _, query := range []string{"limit=501", "limit=x", "after=-1", "after=99999999999999999999"} {
		s.get("/registrations?event=larissa&"+query).gives(t, http.StatusBadRequest, "invalid")
	}
}

func TestAPatchChangesWhatItNames(t *testing.T) {
	s := newSite(t)
	r := s.registered("anna@example.org")[0]
	path := fmt.Sprintf("/registrations/%d", r.ID)
	want := r
	want.Organisation, want.Zone = "City of Larissa", "Europe/Athens"
	for _, c := range []struct {
		patch string
		edit  func()
	}{
		{`{"organisation": "City of Larissa", "zone": "Europe/Athens"}`, func() {}},
		{`{}`, func() {}},
		{`{"organisation": null, "sessions": []}`, func() { want.Organisation, want.Sessions = "", []string{} }},
		{`{"name": "Anna Bianchi", "language": "en", "sessions": null, "zone": null}`, func() { want.Name, want.Language, want.Zone = "Anna Bianchi", "en", "" }},
	} {
		var got registration
		c.edit()
		s.patch(path, c.patch).into(t, http.StatusOK, &got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", c.patch, diff)
		}
		s.get(path).into(t, http.StatusOK, &got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, read anew\n%s", c.patch, diff)
		}
	}
	for patch, pointer := range map[string]string{
		`{"name": null}`: "/name", `{"name": "a\u0007b"}`: "/name", `{"email": "other@example.org"}`: "/email", `{"zone": "Mars"}`: "/zone", `{"sessions": ["opening"]}`: "/sessions",
		`{"sessions": "lab"}`: "/sessions", `{"language": "xx"}`: "/language", `[]`: "", `null`: "/name", `{"name": "\u0000"}`: "/name",
	} {
		s.patch(path, patch).gives(t, http.StatusBadRequest, "invalid", pointer)
	}
}

func TestACancellationIsToldOnce(t *testing.T) {
	s := newSite(t)
	r := s.registered("anna@example.org")[0]
	for range 3 {
		var got registration
		s.post(fmt.Sprintf("/registrations/%d/cancellation", r.ID), "").into(t, http.StatusOK, &got)
		if got.State != "cancelled" || got.ID != r.ID {
			t.Errorf("%+v", got)
		}
	}
	if diff := cmp.Diff([]string{"cancellation", "confirmation"}, s.letters()); diff != "" {
		t.Error(diff)
	}
	s.patch(fmt.Sprintf("/registrations/%d", r.ID), `{"name": "Other"}`).gives(t, http.StatusConflict, "conflict")
	if back := s.registered("anna@example.org")[0]; back.ID != r.ID || back.Code != r.Code {
		t.Errorf("who comes back is somebody else: %+v, %+v", r, back)
	}
}

func TestAddressesOfNothingAreNotFound(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/registrations/0", "/registrations/x", "/registrations/99999999999999999999", "/registrations/%00"} {
		s.get(path).gives(t, http.StatusNotFound, "not_found")
	}
	for _, path := range []string{"/registrations?event=%00", "/registrations?event=%ff", "/events/%00", "/events/%ff"} {
		s.get(path).gives(t, http.StatusNotFound, "not_found")
	}
}

func TestTheDeskTakesACodeOnce(t *testing.T) {
	s := newSite(t)
	r := s.registered("anna@example.org")[0]
	desk := s.tokenFor("desk", mce.MayCheckIn)
	for i, code := range []string{r.Code, strings.ToLower(r.Code[:4]) + "-" + r.Code[4:], " " + r.Code} {
		var got struct {
			First        bool
			Registration registration
		}
		body := must(json.Marshal(map[string]string{"code": code}))(t)
		a := s.do(call{method: http.MethodPost, path: "/events/larissa/check-ins", body: string(body), token: desk})
		a.into(t, map[bool]int{true: http.StatusCreated, false: http.StatusOK}[i == 0], &got)
		if got.First != (i == 0) || got.Registration.Name != "Anna Rossi" {
			t.Errorf("%q: %+v", code, got)
		}
	}
	s.post("/events/larissa/check-ins", `{"code": "NOBODYS1"}`).gives(t, http.StatusNotFound, "not_found")
	s.post("/events/prato-2023/check-ins", fmt.Sprintf(`{"code": %q}`, r.Code)).gives(t, http.StatusNotFound, "not_found")
}
