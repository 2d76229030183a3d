package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// enrolment is a registration as the page sends it.
func enrolment(email string, more ...string) url.Values {
	f := url.Values{
		"email": {email}, "name": {"Anna Rossi"}, "organisation": {"Comune di Prato"}, "country": {"Italia"}, "language": {"it"}, "zone": {"Europe/Athens"},
		"sessions": {"digital-twins"}, "version": {mce.ConsentVersion},
	}
	for i := 0; i < len(more); i += 2 {
		f.Set(more[i], more[i+1])
		if more[i+1] == "" {
			f.Del(more[i])
		}
	}
	return f
}

// enrol sends it, from a client of its own.
func (s *site) enrol(f url.Values) answer {
	s.t.Helper()
	s.clients++
	return s.entry(s.clients, "/events/prato-2023?lang=en", f)
}

// registration is that of an address for the conference.
func (s *site) registration(email string) mce.Registration {
	s.t.Helper()
	all, err := s.store.Registrations(s.t.Context(), prato)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range all {
		if r.Email == email {
			return r
		}
	}
	return mce.Registration{}
}

func TestWhoRegistersGetsTheirPlaceByMail(t *testing.T) {
	s := newSite(t, public)
	s.choosable()
	a := s.enrol(enrolment("anna@example.org"))
	a.wants(t, http.StatusOK, "Please look into your mailbox", "We have written to", "anna@example.org", `role="status"`)
	guards(t, a, pagePolicy)
	r := s.registration("anna@example.org")
	if r.State != mce.Registered || r.Name != "Anna Rossi" || r.Organisation != "Comune di Prato" || r.Country != "Italia" || r.Language != "it" || r.Zone != "Europe/Athens" ||
		fmt.Sprint(r.Sessions) != "[digital-twins]" || r.Role != mce.AsDelegate {
		t.Errorf("%+v", r)
	}
	if n := s.count(`select count(*) from letters where registration_id = $1 and kind = 'confirmation'`, r.ID); n != 1 {
		t.Errorf("%d confirmations", n)
	}
	if n := s.count(`select count(*) from wishes`) + s.count(`select count(*) from subscribers`); n != 0 {
		t.Error("who only registers is asked about newsletters")
	}
}

// Who may be anybody: the answer to an address must not tell whether its owner comes.
func TestNoAnswerTellsWhoIsRegistered(t *testing.T) {
	s := newSite(t, public)
	s.choosable()
	for _, email := range []string{"known@example.org", "gone@example.org"} {
		s.enrol(enrolment(email))
	}
	gone := s.registration("gone@example.org")
	if err := s.store.CancelByID(t.Context(), gone.ID, s.letters, "mce.example", frozen{}.Now()); err != nil {
		t.Fatal(err)
	}
	s.adapt(prato, func(e *mce.Event) { e.Capacity = 2 })
	known := fmt.Sprint(s.registration("known@example.org"))
	var first string
	for _, email := range []string{"new@example.org", "known@example.org", "KNOWN@example.org", "gone@example.org", "waits@example.org", "waits@example.org"} {
		a := s.enrol(enrolment(email, "name", "A Stranger"))
		a.wants(t, http.StatusOK, "We have written to")
		body := strings.ReplaceAll(a.body, email, "…")
		if first == "" {
			first = body
		}
		if body != first {
			t.Errorf("%s is answered otherwise:\n%s", email, body)
		}
	}
	if is := fmt.Sprint(s.registration("known@example.org")); is != known {
		t.Errorf("a stranger changed %s to %s", known, is)
	}
	for email, state := range map[string]mce.RegistrationState{"new@example.org": mce.Registered, "gone@example.org": mce.OnWaitingList, "waits@example.org": mce.OnWaitingList} {
		if r := s.registration(email); r.State != state {
			t.Errorf("%s: %s", email, r.State)
		}
	}
}

func TestAnEnrolmentThatCannotBeTakenIsSaidBesideItsEntry(t *testing.T) {
	s := newSite(t, public)
	s.choosable()
	for _, c := range []struct {
		form url.Values
		at   string
		says string
	}{
		{enrolment("anna@"), "email", "Please check the address."},
		{enrolment("anna@example.org", "name", ""), "name", "Please check the name"},
		{enrolment("anna@example.org", "name", "a\x00b"), "name", "Please check the name"},
		{enrolment("anna@example.org", "organisation", strings.Repeat("x", 201)), "organisation", "Please check the city or organisation"},
		{enrolment("anna@example.org", "country", "a\x00b"), "country", "Please check the country"},
		{enrolment("anna@example.org", "language", "xx"), "language", "Please choose one of the languages."},
		{enrolment("anna@example.org", "zone", "Nowhere/Town"), "zone", "Please choose a time zone"},
		{enrolment("anna@example.org", "sessions", "welcome"), "sessions", "Please choose again"}, // it is for everybody
		{enrolment("anna@example.org", "newsletter", "yes", "version", "1999-12"), "newsletter", "The words about the newsletters have changed"},
		{enrolment("anna@gmial.com"), "email", "Did you mean"},
	} {
		a := s.enrol(c.form)
		a.wants(t, http.StatusUnprocessableEntity, c.says, `role="alert"`, `id="fault"`, `id="`+c.at+`"`, `value="`+c.form.Get("email")+`"`)
		if c.at == "newsletter" && strings.Contains(a.body, `value="yes" checked`) {
			t.Error("other words are ticked already")
		}
	}
	if n := s.count(`select count(*) from registrations`) + s.count(`select count(*) from wishes`); n != 0 {
		t.Errorf("%d lines are left", n)
	}
	s.enrol(enrolment("anna@gmial.com", "better", "anna@gmail.com")).wants(t, http.StatusOK, "anna@gmail.com")
	s.enrol(enrolment("bruno@gmial.com", "sure", "bruno@gmial.com")).wants(t, http.StatusOK, "bruno@gmial.com")
}

func TestWhoTicksTheBoxIsAskedAboutNewslettersAsAnybody(t *testing.T) {
	s := newSite(t, public)
	s.choosable()
	blank := s.get("/events/prato-2023?lang=en")
	blank.wants(t, http.StatusOK, `<input type="checkbox" name="newsletter" id="newsletter" value="yes">`, "Association news, Events and Emerging topics and technology")
	s.enrol(enrolment("anna@example.org", "newsletter", "yes")).wants(t, http.StatusOK, "We have written to", "About the newsletters comes a mail of its own")
	s.grant()
	p := s.subscriber("anna@example.org")
	if got := s.story(p); got != "pending: asked" {
		t.Error(got)
	}
	if fmt.Sprint(p.Topics) != "[association-news emerging-technology events]" && fmt.Sprint(p.Topics) != "[association-news events emerging-technology]" || p.Country != "IT" || p.Language != "it" {
		t.Errorf("%+v", p)
	}
	if c := s.record(p)[0]; !strings.HasPrefix(c.Wording, "I want to receive") || c.Version != mce.ConsentVersion || c.Source != "event page" {
		t.Errorf("%+v", c)
	}
}

func TestMembersAloneRegisterForWhatIsTheirs(t *testing.T) {
	s := newSite(t, public)
	s.adapt(prato, func(e *mce.Event) { e.Admission = mce.ForMembers })
	a := s.enrol(enrolment("anna@example.org", "sessions", ""))
	a.wants(t, http.StatusUnprocessableEntity, "This event is for members, and the address does not belong to a member", `href="#email"`)
	if r := s.registration("anna@example.org"); r.ID != 0 {
		t.Errorf("%+v", r)
	}
}

func TestAnEventThatHasClosedMeanwhileTakesNobody(t *testing.T) {
	s := newSite(t, public)
	s.adapt(prato, func(e *mce.Event) { e.State = mce.EventClosed })
	a := s.enrol(enrolment("anna@example.org", "sessions", ""))
	a.wants(t, http.StatusConflict, "Nobody can register for this event at present", "Registration has closed.", `role="alert"`)
	a.lacks(t, `name="email"`)
}

func TestOneClientCannotRegisterForever(t *testing.T) {
	s := newSite(t, public)
	status := map[int]int{}
	for i := range 14 {
		f := enrolment(fmt.Sprintf("p%d@example.org", i), "sessions", "")
		status[s.entry(1, "/events/prato-2023", f).StatusCode]++
	}
	if status[http.StatusOK] != 10 || status[http.StatusTooManyRequests] != 4 {
		t.Errorf("%v", status)
	}
}
