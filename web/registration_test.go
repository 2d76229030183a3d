package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// placed is a site with somebody who has a place in the conference, and the link of their mail, as a path.
func placed(t testing.TB) (s *site, r mce.Registration, path string) {
	t.Helper()
	s = newSite(t, public)
	s.choosable()
	r = s.takes("anna@example.org")
	return s, r, s.pathOf(r)
}

// takes registers somebody for the conference.
func (s *site) takes(email string) mce.Registration {
	s.t.Helper()
	r := mce.Registration{Event: prato, Email: email, Name: "Anna Rossi", Organisation: "Comune di Prato", Country: "Italia", Language: "en", Sessions: []string{"digital-twins"}}
	out, err := s.store.Register(s.t.Context(), mce.Order{People: []mce.Registration{r}}, s.letters, "mce.example", frozen{}.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return out[0]
}

// placed registers somebody for the conference as it is in the sample.
func (s *site) placed(email string) mce.Registration {
	s.t.Helper()
	s.registered(email)
	return s.registration(email)
}

func (s *site) pathOf(r mce.Registration) string {
	return "/registration/" + s.keys.Token(mce.ForDelegate, r.ID, 0)
}

func (s *site) lettersTo(r mce.Registration, kind mce.LetterKind) int {
	s.t.Helper()
	return s.count(`select count(*) from letters where registration_id = $1 and kind = $2`, r.ID, string(kind))
}

func TestARegistrationShowsItsPersonAllThatMatters(t *testing.T) {
	s, r, path := placed(t)
	a := s.get(path)
	a.wants(t, http.StatusOK, "Your registration", "anna@example.org", "You have a place.", r.Code, `src="data:image/png;base64,`, "Viale della Repubblica 277", "Your programme",
		"Digital twins", "You chose it", `value="Anna Rossi"`, `value="digital-twins" checked`, path+"/cancel?lang=en", "/events/prato-2023?lang=en", `content="noindex"`)
	a.lacks(t, "Data governance: who holds the thread?</span></p>")
	guards(t, a, pagePolicy)
	s.get(path+"?lang=it").wants(t, http.StatusOK, "La Sua registrazione", "Ha un posto.")
}

func TestADelegateChangesWhatIsTheirs(t *testing.T) {
	s, r, path := placed(t)
	a := s.post(path+"?lang=en", "name", "Anna Bianchi", "organisation", "Città di Prato", "country", "IT", "language", "it", "zone", "Asia/Tokyo", "sessions", "data-governance")
	a.wants(t, http.StatusOK, "It is saved.", `value="Anna Bianchi"`, `role="status"`)
	is := s.registration(r.Email)
	if is.Name != "Anna Bianchi" || is.Organisation != "Città di Prato" || is.Country != "IT" || is.Language != "it" || is.Zone != "Asia/Tokyo" || fmt.Sprint(is.Sessions) != "[data-governance]" {
		t.Errorf("%+v", is)
	}
	if n := s.lettersTo(r, mce.ChangeOf); n != 1 {
		t.Errorf("%d mails say what has changed", n)
	}
	for field, f := range map[string][]string{
		"name": {"name", " "}, "zone": {"name", "Anna", "zone", "x"}, "sessions": {"name", "Anna", "sessions", "welcome"}, "language": {"name", "Anna", "language", "xx"},
	} {
		s.post(path+"?lang=en", f...).wants(t, http.StatusUnprocessableEntity, `role="alert"`, `href="#`+field+`"`)
	}
	if after := s.registration(r.Email); fmt.Sprint(after) != fmt.Sprint(is) {
		t.Errorf("%+v became %+v", is, after)
	}
}

func TestADelegateCancelsWithTwoSteps(t *testing.T) {
	s, r, path := placed(t)
	s.get(path+"/cancel").wants(t, http.StatusOK, "Cancel this registration?", `action="`+path+`/cancel?lang=en"`)
	if got := s.registration(r.Email).State; got != mce.Registered {
		t.Fatal(got)
	}
	a := s.post(path + "/cancel")
	a.wants(t, http.StatusOK, "The registration is cancelled", `role="status"`, "/events/prato-2023")
	guards(t, a, pagePolicy)
	if got, n := s.registration(r.Email).State, s.lettersTo(r, mce.Cancellation); got != mce.Withdrawn || n != 1 {
		t.Errorf("%s, %d mails", got, n)
	}
	s.post(path+"/cancel").wants(t, http.StatusOK, "was already cancelled")
	s.get(path+"/cancel").wants(t, http.StatusOK, "was already cancelled")
	s.get(path).wants(t, http.StatusOK, "This registration was cancelled.", "Register again on the page of the event")
	s.get(path).lacks(t, r.Code, `name="name"`)
	s.post(path, "name", "Anna", "language", "en").wants(t, http.StatusConflict, "This registration was cancelled.")
	if n := s.lettersTo(r, mce.Cancellation); n != 1 {
		t.Errorf("%d mails", n)
	}
}

func TestWhoWaitsLeavesTheList(t *testing.T) {
	s, _, _ := placed(t)
	s.adapt(prato, func(e *mce.Event) { e.Capacity = 1 })
	r := s.takes("waits@example.org")
	a := s.get(s.pathOf(r))
	a.wants(t, http.StatusOK, "You are on the waiting list.", "Leave the waiting list")
	a.lacks(t, r.Code, "data:image/png")
	s.post(s.pathOf(r)+"/cancel").wants(t, http.StatusOK, "The registration is cancelled")
	if got := s.registration(r.Email).State; got != mce.Withdrawn {
		t.Error(got)
	}
}

func TestWhatIsOverOrOffCannotBeChanged(t *testing.T) {
	now := frozen{}.Now()
	for says, change := range map[string]func(*mce.Event){
		"The event is over.":       func(e *mce.Event) { e.Starts, e.Ends = now.Add(-time.Hour), now },
		"The event was cancelled.": func(e *mce.Event) { e.State = mce.EventCancelled },
		"The event was put off.":   func(e *mce.Event) { e.State = mce.EventMoved },
	} {
		t.Run(says, func(t *testing.T) {
			s, r, path := placed(t)
			s.adapt(prato, change)
			a := s.get(path)
			a.wants(t, http.StatusOK, says)
			a.lacks(t, `name="name"`, path+"/cancel", "data:image/png")
			s.post(path, "name", "Nobody", "language", "en").wants(t, http.StatusConflict, says)
			s.get(path+"/cancel").wants(t, http.StatusOK, "There is nothing to cancel any more")
			s.post(path+"/cancel").wants(t, http.StatusOK, "There is nothing to cancel any more")
			if is := s.registration(r.Email); is.State != mce.Registered || is.Name != r.Name {
				t.Errorf("%+v", is)
			}
		})
	}
}

func TestWhoHasArrivedCannotCancel(t *testing.T) {
	s, r, path := placed(t)
	if _, _, err := s.store.CheckIn(t.Context(), prato, r.Code, frozen{}.Now()); err != nil {
		t.Fatal(err)
	}
	s.get(path).wants(t, http.StatusOK, "You have arrived.")
	s.post(path+"/cancel").wants(t, http.StatusOK, "There is nothing to cancel any more")
	if got := s.registration(r.Email).State; got != mce.Registered {
		t.Error(got)
	}
}

// The link into a virtual event is for who has a place in it.
func TestTheOnlineLinkIsForWhoHasAPlace(t *testing.T) {
	s, _, path := placed(t)
	const link = "https://meet.example/inside"
	s.adapt(prato, func(e *mce.Event) { e.Online, e.Capacity = link, 1 })
	s.get(path).wants(t, http.StatusOK, `href="`+link+`"`)
	s.get(s.pathOf(s.takes("waits@example.org"))).lacks(t, link)
	s.get("/events/prato-2023").lacks(t, link)
	s.post(path + "/cancel")
	s.get(path).lacks(t, link)
}

// An event may be taken from the public pages; those who have a place still see theirs.
func TestARegistrationOutlivesThePublicPage(t *testing.T) {
	s, _, path := placed(t)
	s.adapt(prato, func(e *mce.Event) { e.Until = frozen{}.Now() })
	a := s.get(path)
	a.wants(t, http.StatusOK, "You have a place.", "Annual Conference 2023")
	a.lacks(t, "/events/prato-2023")
}

func TestALinkOfNobodyOpensNothing(t *testing.T) {
	s, r, path := placed(t)
	booking := s.booked("bruno@example.org")
	for _, token := range []string{"x", strings.TrimPrefix(path, "/registration/") + "x", s.keys.Token(mce.ForLeaving, r.ID, 0), s.keys.Token(mce.ForBooking, r.ID, 0)} {
		for _, sub := range []string{"", "/cancel"} {
			s.get("/registration/"+token+sub).wants(t, http.StatusNotFound, "This link is not one of ours")
			s.post("/registration/"+token+sub, "name", "Nobody").wants(t, http.StatusNotFound)
		}
	}
	s.get("/booking"+strings.TrimPrefix(path, "/registration")).wants(t, http.StatusNotFound, "This link is not one of ours")
	s.get("/registration"+strings.TrimPrefix(booking, "/booking")).wants(t, http.StatusNotFound, "This link is not one of ours")
	for _, of := range []string{"/registration/" + s.keys.Token(mce.ForDelegate, 1<<40, 0), "/booking/" + s.keys.Token(mce.ForBooking, 1<<40, 0)} {
		a := s.get(of)
		a.wants(t, http.StatusGone, "There is nothing here any more", `content="noindex"`)
		guards(t, a, pagePolicy)
	}
	if got := s.registration(r.Email).State; got != mce.Registered {
		t.Error(got)
	}
}

func TestWhoWasErasedHasNoPageAnyMore(t *testing.T) {
	s, r, path := placed(t)
	if err := s.store.UseKeys(t.Context(), s.keys); err != nil {
		t.Fatal(err)
	}
	s.adapt(prato, func(e *mce.Event) {
		e.Starts, e.Ends = frozen{}.Now().Add(-time.Hour), frozen{}.Now().Add(-time.Minute)
	})
	if err := s.store.Erase(t.Context(), r.Email, "test", frozen{}.Now()); err != nil {
		t.Fatal(err)
	}
	for _, sub := range []string{"", "/cancel"} {
		s.get(path+sub).wants(t, http.StatusGone, "There is nothing here any more")
		s.get(path+sub).lacks(t, "anna")
		s.post(path+sub, "name", "Anna", "language", "en").wants(t, http.StatusGone)
	}
}

// Scanners fetch every link of every mail, and some ask with other methods.
func TestScannersChangeNoRegistration(t *testing.T) {
	s, r, path := placed(t)
	booking := s.booked("bruno@example.org", "carla@example.org")
	of := s.registration("bruno@example.org")
	before := fmt.Sprint(s.registration(r.Email), of, s.count(`select count(*) from letters`), s.count(`select count(*) from wishes`))
	for _, at := range []string{"/events", "/events/prato-2023", path, path + "/cancel", booking, fmt.Sprintf("%s/cancel/%d", booking, of.ID)} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete} {
			s.ask(method, at+"?email=anna@example.org&name=X&sessions=", nil)
		}
	}
	if after := fmt.Sprint(s.registration(r.Email), s.registration(of.Email), s.count(`select count(*) from letters`), s.count(`select count(*) from wishes`)); after != before {
		t.Errorf("%s became %s", before, after)
	}
}
