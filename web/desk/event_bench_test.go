package desk_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// What a large congress has: 400 delegates, 60 sessions of which each chose three, bookings of ten, and an edit that nobody was told of. There were 200 events.
const (
	congressPeople   = 400
	congressSessions = 60
	congressBooked   = 10
	eventsSoFar      = 200
)

// bigCongress makes the conference of the sample content a large one.
func (h *house) bigCongress() (e mce.Event, one mce.Registration) {
	h.t.Helper()
	ctx := h.t.Context()
	_, _, err := h.store.EditEvent(ctx, "prato-2023", func(e *mce.Event) (mce.Event, error) {
		e.Capacity = congressPeople
		e.Sessions = nil
		for i := range congressSessions {
			begins := e.Starts.Add(time.Duration(i/10) * time.Hour)
			e.Sessions = append(e.Sessions, mce.Session{
				Slug: fmt.Sprintf("s%d", i), Title: mce.Text{"en": fmt.Sprint("Session ", i)}, Starts: begins, Ends: begins.Add(50 * time.Minute), Optional: true,
			})
		}
		return *e, nil
	}, business)
	h.must(err)
	for first := 0; first < congressPeople; first += congressBooked {
		order := mce.Order{Booker: &mce.Booking{Event: "prato-2023", Email: fmt.Sprintf("booker%d@city.example", first), Name: "Booker", Language: mce.English}}
		for i := first; i < first+congressBooked; i++ {
			p, err := mce.NewRegistration("prato-2023", fmt.Sprintf("d%d@city%d.example", i, i%25), fmt.Sprint("Delegate ", i), "City", "Belgium", string(mce.Languages()[i%2]))
			h.must(err)
			begins := i % 10 // one of each of three hours
			p.Sessions = []string{fmt.Sprintf("s%d", begins), fmt.Sprintf("s%d", 10+begins), fmt.Sprintf("s%d", 20+begins)}
			order.People = append(order.People, p)
		}
		people, err := h.store.Register(ctx, order, h.letters, "mce.example", business)
		h.must(err)
		one = people[0]
	}
	h.exec(`
		insert into reminders (rule_id, registration_id, outcome, at, due)
		select u.id, r.id, 'queued', $1, $1 from reminder_rules u, registrations r where u.slug in ('week-before', 'day-before')`, business.AddDate(0, 0, -1))
	h.exec(`
		insert into events (slug, kind, state, title, city, time_zone, starts, ends, publish_at)
		select 'earlier-' || n, 'workshop', 'open', jsonb_build_object('en', 'Workshop ' || n), '{"en": "Prato"}', 'Europe/Rome',
			$1::timestamptz - n * interval '20 days', $1::timestamptz - n * interval '20 days' + interval '8 hours', $1::timestamptz - n * interval '30 days'
		from generate_series(1, $2) n`, business, eventsSoFar)
	h.must(h.store.Vacuum(ctx))
	return h.moved(), one
}

// BenchmarkEvents asks for the pages of a large congress, after an edit that its people do not know of yet.
func BenchmarkEvents(b *testing.B) {
	h := newHouse(b)
	e, one := h.bigCongress()
	anna := h.as(h.user("Anna", mce.Approver))
	path := fmt.Sprintf("/desk/events/%d", e.ID)
	for _, page := range []struct{ name, path string }{
		{"list", "/desk/events"}, {"event", path}, {"mail of a change", path + "/mail?n=0"}, {"delegates", path + "/delegates"}, {"last page", path + "/delegates?from=350"},
		{"search", path + "/delegates?q=delegate+39"}, {"booking", fmt.Sprintf("%s/delegates?booking=%d", path, one.Booking)}, {"table", path + "/delegates.csv"},
		{"delegate", fmt.Sprintf("%s/delegates/%d", path, one.ID)}, {"check-in", path + "/check-in?q=delegate"}, {"reminders", "/desk/reminders"},
		{"reminder", "/desk/reminders/week-before"},
	} {
		b.Run(page.name, func(b *testing.B) {
			var all []time.Duration
			for b.Loop() {
				begin := time.Now()
				anna.get(page.path).wants(b, http.StatusOK)
				all = append(all, time.Since(begin))
			}
			slices.Sort(all)
			median := all[len(all)/2]
			b.ReportMetric(float64(median.Microseconds())/1000, "ms/median")
			if median > slow {
				b.Errorf("%s takes %s", page.path, median)
			}
		})
	}
}
