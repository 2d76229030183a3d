package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

// registered gives somebody a place in the sample's conference, which is a week ahead.
func (s *site) registered(email string) {
	s.t.Helper()
	r := mce.Registration{Event: s.conference(), Email: email, Name: "Anna Rossi", Organisation: "Comune di Prato", Country: "Italy", Language: "en"}
	if _, err := s.store.Register(s.t.Context(), mce.Order{People: []mce.Registration{r}}, s.letters, "mce.example", frozen{}.Now()); err != nil {
		s.t.Fatal(err)
	}
}

// conference is the slug of one that is open and to come.
func (s *site) conference() string {
	s.t.Helper()
	all, err := s.store.Events(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range all {
		if e.State == mce.EventOpen && e.Kind == mce.Conference && e.Starts.After(frozen{}.Now()) {
			return e.Slug
		}
	}
	s.t.Fatal("no conference is to come")
	return ""
}

func TestAllThatIsKeptIsShownAndDownloaded(t *testing.T) {
	s, p, me := proven(t, "anna@example.org")
	s.registered("anna@example.org")
	s.send()
	s.post(me, "form", "details", "name", "Anna Rossi", "organisation", "Comune di Prato", "country", "IT").wants(t, http.StatusOK)
	s.post(me, "form", "move", "email", "anna@city.example").wants(t, http.StatusOK)

	file := s.get(me + "/data.json")
	file.wants(t, http.StatusOK)
	guards(t, file, pagePolicy)
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Content-Disposition": `attachment; filename="my-data.json"`, "Cache-Control": "no-store",
	} {
		if got := file.Header.Get(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	var got mce.Dossier
	decoder := json.NewDecoder(strings.NewReader(file.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	want, err := s.store.Dossier(t.Context(), p.ID, frozen{}.Now())
	if err != nil {
		t.Fatal(err)
	}
	for i := range want.Consents {
		want.Consents[i].ID = 0 // ours, not theirs
	}
	for i := range want.Registrations {
		want.Registrations[i].ID = 0
	}
	for i := range want.Bookings {
		want.Bookings[i].ID = 0
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(got.Consents) != 2 || len(got.Letters) != 3 || len(got.Registrations) != 1 || len(got.Moves) != 1 {
		t.Errorf("%+v", got)
	}

	read := s.get(me + "/data?lang=it")
	read.wants(t, http.StatusOK, "I Suoi dati", "anna@example.org", "Comune di Prato", "Italia", "anna@city.example", "mercoledì 18 ottobre 2023, 10:00 (UTC&#43;0)",
		"Il Suo indirizzo proviene da un elenco", "own page", "127.0.0.1", got.Registrations[0].Code, "registrazione valida", "Newsletter", me+"/data.json?lang=it")
	for _, l := range got.Letters {
		if !strings.Contains(read.body, strings.ReplaceAll(l.Subject, "'", "&#39;")) {
			t.Errorf("the page does not name the letter %q", l.Subject)
		}
	}
}

func TestErasingSaysWhatHappensAndHappensOnce(t *testing.T) {
	s, p, me := proven(t, "anna@example.org")
	s.reader("bruno@example.org", "en")
	s.get(me+"/erase").wants(t, http.StatusOK, "What goes", "What remains", "This cannot be taken back", "anna@example.org", `<form method="post" action="`+me+`/erase?lang=en"`)
	a := s.ask(http.MethodPost, me+"/erase?lang=it", nil)
	a.wants(t, http.StatusOK, "I Suoi dati sono stati cancellati", `role="status"`)
	guards(t, a, pagePolicy)
	a.lacks(t, "anna", "rossi")
	for _, path := range []string{me, me + "/data", me + "/data.json", me + "/erase"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if a := s.ask(method, path, nil); a.StatusCode != http.StatusNotFound || method == http.MethodGet {
				a.wants(t, http.StatusGone, "Nothing is kept about you")
				a.lacks(t, "anna", "rossi", `method="post"`)
			}
		}
	}
	if q, err := s.store.SubscriberByID(t.Context(), p.ID); err != nil || q.State != mce.Erased {
		t.Errorf("%+v, %v", q, err)
	}
	if got := s.story(s.subscriber("bruno@example.org")); got != "active: imported" {
		t.Error(got)
	}
	if _, marked, err := s.store.ErasedAt(t.Context(), "anna@example.org"); err != nil || !marked {
		t.Errorf("marked %v, %v", marked, err)
	}
}

func TestAPlaceInAnEventToComeStandsInTheWay(t *testing.T) {
	s, p, me := proven(t, "anna@example.org")
	s.registered("anna@example.org")
	a := s.get(me + "/erase")
	a.wants(t, http.StatusOK, "This is not possible yet", "Annual Conference 2023", "To cancel it, use the link in its confirmation, or write to")
	a.lacks(t, `method="post"`)
	s.ask(http.MethodPost, me+"/erase?lang=it", nil).wants(t, http.StatusConflict, "Per annullarlo, usi il link contenuto nella conferma oppure scriva a")
	if got := s.story(p); got != "active: imported" {
		t.Error(got)
	}
	if err := s.store.CancelRegistration(t.Context(), s.conference(), "anna@example.org", s.letters, "mce.example", frozen{}.Now()); err != nil {
		t.Fatal(err)
	}
	s.ask(http.MethodPost, me+"/erase", nil).wants(t, http.StatusOK, "Your data has been erased")
}
