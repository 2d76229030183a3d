package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// prato is the slug of the sample's conference, a week ahead of the frozen clock.
const prato = "prato-2023"

// adapt changes an event of the sample, and gives what became of it.
func (s *site) adapt(slug string, change func(*mce.Event)) mce.Event {
	s.t.Helper()
	e, err := s.store.Event(s.t.Context(), slug)
	if err != nil {
		s.t.Fatal(err)
	}
	change(&e)
	if err := s.store.SaveLibrary(s.t.Context(), mce.Library{Events: []mce.Event{e}}, frozen{}.Now()); err != nil {
		s.t.Fatal(err)
	}
	return e
}

// choosable makes two of the conference's sessions optional.
func (s *site) choosable() {
	s.t.Helper()
	s.adapt(prato, func(e *mce.Event) {
		for i := range e.Sessions {
			e.Sessions[i].Optional = e.Sessions[i].Slug == "data-governance" || e.Sessions[i].Slug == "digital-twins"
		}
	})
}

func TestThePageOfEventsListsWhatIsPublished(t *testing.T) {
	s := newSite(t, public)
	past := s.adapt("larissa-2022", func(*mce.Event) {})
	a := s.get("/events?lang=en")
	a.wants(t, http.StatusOK, "<h1>Events</h1>", "To come", "Major Cities of Europe Annual Conference 2023", "/events/prato-2023?lang=en", "Wednesday 25 – Friday 27 October 2023",
		"Center for Contemporary Art Luigi Pecci", "Registration is open.", "The last twelve months", past.Title["en"])
	a.lacks(t, "Study tour 2024", "noindex", "meet.example") // published later; the link of a webinar
	guards(t, a, pagePolicy)
	s.get("/events?lang=it&contrast=dark").wants(t, http.StatusOK, "Conferenza annuale 2023", "/events/prato-2023?contrast=dark&amp;lang=it", "Le registrazioni sono aperte.")
	if to, was := strings.Index(a.body, past.Title["en"]), strings.Index(a.body, "The last twelve months"); to < was {
		t.Error("what is over stands among what is to come")
	}
}

func TestAnEventsPageSaysWhereItStands(t *testing.T) {
	s := newSite(t, public)
	opens := time.Date(2023, 10, 20, 7, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		change     func(*mce.Event)
		says       string
		registers  bool
		says2, not string
	}{
		{func(e *mce.Event) { e.State = mce.EventAnnounced }, "Registration is not open yet.", false, "When", ""},
		{func(e *mce.Event) { e.State, e.Opens = mce.EventOpen, opens }, "Registration opens on Friday 20 October 2023, 09:00 (CEST, UTC&#43;2).", false, "", ""},
		{func(e *mce.Event) { e.Opens, e.Closes = time.Time{}, opens }, "Registration is open until Friday 20 October 2023, 09:00", true, "", "waiting list."},
		{func(e *mce.Event) { e.Capacity = 1 }, "All places are taken; there is a waiting list.", true, "goes on the waiting list", ""},
		{func(e *mce.Event) { e.Capacity, e.Admission = 0, mce.ForMembers }, "For members of the association only.", true, "your address at your member city", ""},
		{func(e *mce.Event) { e.State = mce.EventClosed }, "Registration has closed.", false, "", ""},
		{func(e *mce.Event) { e.State = mce.EventMoved }, "Put off. The new dates are not known yet.", false, "", "October"},
		{func(e *mce.Event) { e.State = mce.EventCancelled }, "Cancelled.", false, "", ""},
		{func(e *mce.Event) {
			e.State, e.Starts, e.Ends, e.Closes = mce.EventOpen, frozen{}.Now().Add(-2*time.Hour), frozen{}.Now(), time.Time{}
		}, "It is over.", false, "", ""},
	} {
		s.adapt(prato, c.change)
		s.registeredOnce()
		a := s.get("/events/prato-2023?lang=en")
		a.wants(t, http.StatusOK, c.says, c.says2)
		if strings.Contains(a.body, `name="email"`) != c.registers {
			t.Errorf("%s: there is a form: %v", c.says, !c.registers)
		}
		if c.not != "" {
			a.lacks(t, c.not)
		}
	}
}

// registeredOnce registers one person for the conference, if it can be and nobody is.
func (s *site) registeredOnce() {
	s.t.Helper()
	if s.count(`select count(*) from registrations`) > 0 {
		return
	}
	r := mce.Registration{Event: prato, Email: "first@example.org", Name: "First", Language: "en"}
	if _, err := s.store.Register(s.t.Context(), mce.Order{People: []mce.Registration{r}}, s.letters, "mce.example", frozen{}.Now()); mce.ErrorCode(err) == mce.Internal {
		s.t.Fatal(err)
	}
}

func TestAnEventsPageSaysAllThatIsPublic(t *testing.T) {
	s := newSite(t, public)
	s.adapt(prato, func(e *mce.Event) {
		e.Body = mce.Text{"en": "## Who\n\n**All** of <script>alert(1)</script> [us](javascript:alert(1)), and [you](https://example.org/you)."}
		e.Sessions[1].Interpretation = []mce.Lang{"el", "fr"}
		e.Sessions[2].Optional = true
		e.Online = "https://meet.example/only-for-delegates"
	})
	a := s.get("/events/prato-2023?lang=en")
	a.wants(t, http.StatusOK, "A loom with a view", "<h3>Who</h3>", "<strong>All</strong>", `href="https://example.org/you"`, "mce2023@comune.prato.it", "Interpretation</dt><dd>Italian",
		"Wednesday 25 October 2023", "Auditorium", "Interpreted into Greek and French", "To be chosen when you register", `<link rel="canonical" href="`+public+`/events/prato-2023?lang=en">`,
		`property="og:title" content="Major Cities of Europe Annual Conference 2023"`, ">09:45</time>")
	a.lacks(t, "only-for-delegates", "<script", "javascript:", "Viale della Repubblica", "noindex")
	guards(t, a, pagePolicy)
	it := s.get("/events/prato-2023?lang=it")
	it.wants(t, http.StatusOK, `<div class="prose" lang="en">`, "Centro per l’arte contemporanea", "Registrarsi")
}

func TestAnEventThatIsNotPublishedHasNoPage(t *testing.T) {
	s := newSite(t, public)
	for _, slug := range []string{"study-tour-vienna-2024", "nothing", "a%00b", "%3Cscript%3E", "Prato-2023", strings.Repeat("a", 5000)} {
		s.get("/events/"+slug).wants(t, http.StatusNotFound, "There is no such event")
		s.post("/events/"+slug, "email", "anna@example.org", "name", "Anna").wants(t, http.StatusNotFound)
	}
}
