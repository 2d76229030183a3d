package web_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

// What a grown installation holds: BenchmarkPages.
const (
	townPeople  = 100_000
	townIssues  = 12
	townWaiting = 5_000 // asked to confirm
	townPlaces  = 400   // in the conference, as it has in a good year
)

// slow is what no page may take, on the server.
const slow = 100 * time.Millisecond

// town is a site with many readers, each of whom was sent every issue, and one with a long history.
type town struct {
	*site
	db   *sql.DB
	anna mce.Subscriber
	next int // reader whom nobody has asked anything of yet
}

func newTown(b *testing.B) *town {
	b.Helper()
	s, anna, me := proven(b, "anna@example.org")
	people := make([]mce.Subscriber, townPeople)
	for i := range people {
		people[i] = mce.Subscriber{
			Email: townsman(i), Details: mce.Details{Name: fmt.Sprintf("Reader Number %d", i), Organisation: "Città di Prato", Country: "IT"},
			Choices: mce.Choices{Language: mce.Languages()[i%2], Topics: []string{"association-news", "events"}},
		}
	}
	if _, err := s.store.ImportSubscribers(b.Context(), people, "yes", "test", frozen{}.Now(), nil); err != nil {
		b.Fatal(err)
	}
	t := &town{site: s, db: pgtest.DB(b, s.database), anna: anna}
	t.waiting(b)
	s.registered("anna@example.org")
	s.choosable()
	s.booked(numbered("delegate", townPlaces)...)
	s.issues(townIssues)
	for i := range 20 {
		t.took(t.choices([]string{"events", "eu-projects"}[i%2]))
		t.took(request{http.MethodPost, me, url.Values{"form": {"details"}, "name": {fmt.Sprintf("Anna Rossi %d", i)}}, "", http.StatusOK})
	}
	if err := s.store.Vacuum(b.Context()); err != nil {
		b.Fatal(err)
	}
	return t
}

func townsman(i int) string { return fmt.Sprintf("first.last%d@city%d.example", i, i%997) }

// waiting adds people who were asked to confirm.
func (t *town) waiting(b *testing.B) {
	b.Helper()
	_, err := t.db.ExecContext(b.Context(), `
		with asked as (
			insert into subscribers (email, language, topics, state, created_at, changed_at)
			select 'waiting' || n || '@example.org', 'en', '{events}', 'pending', $2, $2 from generate_series(0, $1 - 1) n
			returning id
		)
		insert into consents (subscriber_id, action, wording, source, at) select id, 'asked', 'yes', 'test', $2 from asked`, townWaiting, frozen{}.Now())
	if err == nil {
		_, err = t.store.SealConsents(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
}

// someone is another reader at each call.
func (t *town) someone() mce.Subscriber {
	t.next++
	return t.subscriber(townsman(t.next))
}

func get(path string) request { return request{http.MethodGet, path, nil, "", http.StatusOK} }

func post(path string, form ...string) request {
	f := url.Values{}
	for i := 0; i < len(form); i += 2 {
		f.Add(form[i], form[i+1])
	}
	return request{http.MethodPost, path, f, "", http.StatusOK}
}

// choices is a press of the button that saves what Anna chose.
func (t *town) choices(topic string) request {
	return post("/choices/"+t.keys.Token(mce.ForLeaving, t.anna.ID, 1), "topics", topic, "language", "en")
}

// step is a page of the benchmark; n counts its requests.
type step struct {
	name string
	ask  func(n int) request
}

func (t *town) public() (out []step) {
	for _, path := range []string{
		"/", "/events", "/events/prato-2023", "/subscribe", "/link", "/help", "/privacy", "/accessibility", "/archive", "/archive/newsletter/en", "/archive/newsletter/1/it",
		"/archive/newsletter/en/feed.atom", "/archive/newsletter/en/feed.rss", "/archive/newsletter/en/feed.json", "/api/v1/subscriptions",
		"/" + t.pages.StylesheetName(), "/healthz", "/readyz",
	} {
		out = append(out, step{"GET " + path, func(int) request { return get(path) }})
	}
	return append(out, step{"GET /nowhere", func(int) request { return request{http.MethodGet, "/nowhere", nil, "", http.StatusNotFound} }})
}

// ofAnna are the pages of one person, looked at and used again and again.
func (t *town) ofAnna() []step {
	token, me := t.keys.Token(mce.ForLeaving, t.anna.ID, 1), t.me(t.anna, mce.SelfFor)
	moving := t.moving(t.anna, "anna@city.example")
	var out []step
	for _, c := range [][2]string{
		{"/choices", "/choices/" + token}, {"/leave", "/leave/" + token}, {"/me", me}, {"/me/data", me + "/data"}, {"/me/data.json", me + "/data.json"},
		{"/me/erase", me + "/erase"}, {"/move", moving},
	} {
		out = append(out, step{"GET " + c[0], func(int) request { return get(c[1]) }})
	}
	return append(out, []step{
		{"save choices", func(n int) request { return t.choices([]string{"events", "eu-projects"}[n%2]) }},
		{"pause", func(n int) request { return post("/choices/"+token+"/pause", "months", fmt.Sprint(1+n%2)) }},
		{"mail my link", func(int) request { return post("/choices/" + token + "/link") }},
		{"save details", func(n int) request { return post(me, "form", "details", "name", fmt.Sprintf("Anna Rossi %d", n%2)) }},
		{"ask for a move", func(n int) request { return post(me, "form", "move", "email", fmt.Sprintf("anna%d@city.example", n)) }},
		{"leave, undo", func(n int) request { return post("/leave/" + token + []string{"", "/undo"}[n%2]) }},
	}...)
}

// numbered are so many addresses.
func numbered(name string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s%d@example.org", name, i)
	}
	return out
}

// ofDelegates are the pages of those who have a place in the conference, and the form by which one gets it: another person each time.
func (t *town) ofDelegates() []step {
	place := t.pathOf(t.registration("delegate7@example.org"))
	booking := "/booking/" + t.keys.Token(mce.ForBooking, t.registration("delegate7@example.org").Booking, 0)
	leaver := func(n int) string {
		email := fmt.Sprintf("leaver%d@example.org", n)
		return t.pathOf(t.takes(email))
	}
	register := func(name string) func(int) request {
		return func(n int) request {
			return request{http.MethodPost, "/events/prato-2023?lang=en", enrolment(fmt.Sprintf(name, n)), "", http.StatusOK}
		}
	}
	return []step{
		{"GET /registration", func(int) request { return get(place) }},
		{"GET /registration/cancel", func(int) request { return get(place + "/cancel") }},
		{"GET /booking of 400", func(int) request { return get(booking) }},
		{"change a registration", func(n int) request {
			return post(place, "name", "Anna Rossi", "language", "en", "sessions", []string{"digital-twins", "data-governance"}[n%2])
		}},
		{"register", register("registering%d@example.org")},
		{"register again", func(n int) request { return register("delegate%d@example.org")(n % townPlaces) }},
		{"cancel a registration", func(n int) request { return post(leaver(n) + "/cancel") }},
	}
}

// ofMany are what somebody does once: another person each time.
func (t *town) ofMany() []step {
	waiting := func(n int) string {
		p := t.subscriber(fmt.Sprintf("waiting%d@example.org", n%townWaiting))
		return "/confirm/" + t.keys.Token(mce.ForConfirming, p.ID, t.record(p)[0].ID)
	}
	return []step{
		{"subscribe", func(n int) request {
			return request{http.MethodPost, "/subscribe?lang=en", form(fmt.Sprintf("new%d@example.org", n)), "", http.StatusOK}
		}},
		{"ask for the link", func(n int) request { return post("/link", "email", townsman(n)) }},
		{"GET /confirm", func(n int) request { return get(waiting(n)) }},
		{"confirm", func(n int) request { return post(waiting(n)) }},
		{"one-click", func(int) request {
			return post("/leave/"+t.keys.Token(mce.ForLeaving, t.someone().ID, 1), "List-Unsubscribe", "One-Click")
		}},
		{"move", func(n int) request {
			p := t.someone()
			t.took(post(t.me(p, mce.SelfFor), "form", "move", "email", fmt.Sprintf("moved%d@example.org", n)))
			var move int64
			if err := t.db.QueryRowContext(t.t.Context(), `select id from moves where subscriber_id = $1`, p.ID).Scan(&move); err != nil {
				t.t.Fatal(err)
			}
			return post("/move/" + t.keys.Token(mce.ForMoving, p.ID, move))
		}},
		{"GET /me/data of anybody", func(int) request { return get(t.me(t.someone(), mce.SelfFor) + "/data") }},
		{"erase", func(int) request { return post(t.me(t.someone(), mce.SelfFor) + "/erase") }},
	}
}

// BenchmarkPages asks for every page, and presses every button, at 100,000 readers with a year of issues behind them. Measured is what a client
// over loopback waits for.
func BenchmarkPages(b *testing.B) {
	t := newTown(b)
	for _, p := range slices.Concat(t.public(), t.ofAnna(), t.ofDelegates(), t.ofMany()) {
		b.Run(p.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				d, _ := t.took(p.ask(len(took)))
				took = append(took, d)
			}
			m := median(took)
			b.ReportMetric(ms(m), "median-ms")
			b.ReportMetric(ms(slices.Max(took)), "longest-ms")
			b.ReportMetric(0, "ns/op")
			if m >= slow {
				b.Errorf("it takes %s", m)
			}
		})
	}
}
