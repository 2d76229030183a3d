package desk_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// BenchmarkPeoplePages takes the pages of people with 100,000 subscribers, and 20,000 registrations.
func BenchmarkPeoplePages(b *testing.B) {
	h := newHouse(b)
	people := make([]mce.Subscriber, townPeople)
	for i := range people {
		people[i] = mce.Subscriber{
			Email: fmt.Sprintf("reader%06d@example%02d.org", i, i%50), Details: mce.Details{Name: fmt.Sprintf("Reader %d", i), Organisation: "City of Examples"},
			Choices: mce.Choices{Language: mce.Languages()[i%2], Topics: []string{"events"}},
		}
	}
	_, err := h.store.ImportSubscribers(b.Context(), people, "yes", "test", business.AddDate(0, -1, 0), nil)
	h.must(err)
	h.congress()
	h.exec(`
		insert into registrations (event_id, email, name, state, code, created_at)
		select e.id, 'delegate' || n || '@example.net', 'Delegate ' || n, 'registered', 'C' || n, $1 from events e, generate_series(1, 20000) n where e.slug = 'congress'`, business)
	h.must(h.store.Vacuum(b.Context()))
	known, err := h.store.SubscriberByEmail(b.Context(), "reader050000@example00.org")
	h.must(err)
	ann := h.as(h.user("Ann", mce.Approver))
	for _, page := range []struct{ name, path string }{
		{"list", "/desk/people"}, {"last page", "/desk/people?after=reader099900"}, {"many found", "/desk/people?q=reader"}, {"few found", "/desk/people?q=r099999"},
		{"none found", "/desk/people?q=nobody"}, {"active", "/desk/people?group=active"}, {"pending", "/desk/people?group=pending"}, {"suppressed", "/desk/people?group=suppressed"},
		{"delegates", "/desk/people?event=congress"}, {"person", fmt.Sprintf("/desk/people/s%d", known.ID)}, {"growth", "/desk/people/growth"},
	} {
		b.Run(page.name, func(b *testing.B) {
			for b.Loop() {
				if a := ann.get(page.path); a.StatusCode != http.StatusOK {
					b.Fatal(a.StatusCode)
				}
			}
			if took := b.Elapsed() / time.Duration(b.N); took > slow {
				b.Errorf("a page takes %v, want at most %v", took, slow)
			}
		})
	}
}
