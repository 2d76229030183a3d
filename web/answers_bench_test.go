package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres/pgtest"
)

// request is one of a benchmark's.
type request struct {
	method, path string
	form         url.Values // or nil
	json         string     // or empty
	want         int        // status
}

// took asks and gives the time from the first byte sent to the last one read. Each request has a client of its own: they are not bounded.
func (s *site) took(r request) (time.Duration, string) {
	s.t.Helper()
	s.clients++
	body, contentType := io.Reader(nil), ""
	switch {
	case r.form != nil:
		body, contentType = strings.NewReader(r.form.Encode()), "application/x-www-form-urlencoded"
	case r.json != "":
		body, contentType = strings.NewReader(r.json), "application/json"
	}
	begin := time.Now()
	a := s.ask(r.method, r.path, body, "Content-Type", contentType, "X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", s.clients>>16&255, s.clients>>8&255, s.clients&255))
	took := time.Since(begin)
	if a.StatusCode != r.want {
		s.t.Fatalf("%s %s: status %d\n%s", r.method, r.path, a.StatusCode, a.body)
	}
	return took, a.body
}

func median(all []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// BenchmarkAnswers measures whether the time of an answer tells if an address is known: 1,000 each that are new, known and suppressed, in
// turns, while the wishes are granted as the scheduler does. The answers must be the same to the byte.
func BenchmarkAnswers(b *testing.B) {
	const each, tolerance = 1000, 5 * time.Millisecond
	kinds := [...]string{"new", "known", "suppressed"}
	for _, way := range []struct {
		name    string
		ask     func(s *site, email string) request
		prepare func(s *site) // nil: nothing
	}{
		{name: "page", ask: func(_ *site, email string) request {
			return request{http.MethodPost, "/subscribe?lang=en", form(email), "", http.StatusOK}
		}},
		{name: "interface", ask: func(_ *site, email string) request {
			return request{http.MethodPost, "/api/v1/subscriptions", nil, `{"email": "` + email + `", "language": "en", "topics": ["events"], "agreed": true}`, http.StatusAccepted}
		}},
		{name: "link", ask: func(_ *site, email string) request {
			return request{http.MethodPost, "/link?lang=en", url.Values{"email": {email}}, "", http.StatusOK}
		}},
		{name: "move", ask: func(s *site, email string) request {
			return request{http.MethodPost, s.me(mce.Subscriber{ID: 1}, mce.SelfFor), url.Values{"form": {"move"}, "email": {email}}, "", http.StatusOK}
		}},
		{name: "event", ask: enrolling, prepare: func(s *site) { s.coming(each, frozen{}.Now()) }},
		{name: "event, told long ago", ask: enrolling, prepare: func(s *site) { s.coming(each, frozen{}.Now().Add(-2*time.Hour)) }},
	} {
		b.Run(way.name, func(b *testing.B) {
			s := newSite(b, public)
			s.reader("mover@example.org", "en") // number 1
			s.acquaint(each)
			if way.prepare != nil {
				way.prepare(s)
			}
			wake, stop := s.granting(b)
			defer stop()
			var took [len(kinds)][]time.Duration
			var first string
			n := 0
			for b.Loop() {
				for i := range each {
					for k := range kinds {
						kind := (i + k) % len(kinds) // nobody is always the first of three
						email := fmt.Sprintf("%s%d@example.org", kinds[kind], i)
						if kinds[kind] == "new" {
							email = fmt.Sprintf("new%d@example.org", n)
						}
						d, body := s.took(way.ask(s, email))
						n++
						body = strings.ReplaceAll(body, email, "…") // one's own page says it
						if first == "" {
							first = body
						}
						if body != first {
							b.Fatalf("%s is answered otherwise:\n%s", email, body)
						}
						took[kind] = append(took[kind], d)
						wake()
					}
				}
			}
			var medians []time.Duration
			for k, name := range kinds {
				medians = append(medians, median(took[k]))
				b.ReportMetric(ms(medians[k]), name+"-ms")
			}
			apart := slices.Max(medians) - slices.Min(medians)
			b.ReportMetric(ms(apart), "apart-ms")
			b.ReportMetric(0, "ns/op")
			if apart >= tolerance {
				b.Errorf("the medians are %s apart", apart)
			}
		})
	}
}

// enrolling is a registration for the sample's conference.
func enrolling(_ *site, email string) request {
	return request{http.MethodPost, "/events/prato-2023?lang=en", enrolment(email, "sessions", ""), "", http.StatusOK}
}

// coming registers those who are known, so many of them, for the conference.
func (s *site) coming(n int, at time.Time) {
	s.t.Helper()
	var order mce.Order
	for _, email := range numbered("known", n) {
		order.People = append(order.People, mce.Registration{Event: prato, Email: email, Name: "Anna Rossi", Organisation: "Comune di Prato", Country: "Italia", Language: "it", Zone: "Europe/Athens"})
	}
	if _, err := s.store.Register(s.t.Context(), order, s.letters, "mce.example", at); err != nil {
		s.t.Fatal(err)
	}
}

// acquaint makes addresses known and suppressed, so many of each.
func (s *site) acquaint(n int) {
	s.t.Helper()
	people := make([]mce.Subscriber, n)
	for i := range people {
		people[i] = mce.Subscriber{Email: fmt.Sprintf("known%d@example.org", i), Choices: mce.Choices{Language: "en", Topics: []string{"events"}}}
	}
	if _, err := s.store.ImportSubscribers(s.t.Context(), people, "yes", "test", frozen{}.Now(), nil); err != nil {
		s.t.Fatal(err)
	}
	_, err := pgtest.DB(s.t, s.database).ExecContext(s.t.Context(), `
		insert into suppressions (email, reason, source, at) select 'suppressed' || n || '@example.org', 'bounced', 'test', now() from generate_series(0, $1 - 1) n`, n)
	if err != nil {
		s.t.Fatal(err)
	}
}

// granting looks at wishes beside the answers whenever it is woken, until stop is called.
func (s *site) granting(b *testing.B) (wake, stop func()) {
	b.Helper()
	bell, ended := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(ended)
		for range bell {
			for more := true; more; {
				var err error
				if more, err = s.store.GrantWish(b.Context(), granted{s.letters}, "mce.example"); err != nil {
					b.Error(err)
				}
			}
		}
	}()
	wake = func() {
		select {
		case bell <- struct{}{}:
		default: // it is going to look anyway
		}
	}
	return wake, func() {
		close(bell)
		<-ended
	}
}
