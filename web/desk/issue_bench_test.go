package desk_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// What a grown installation holds: BenchmarkIssuePages.
const (
	townPeople = 100_000
	townIssues = 500
)

// slow is what no page may take, on the server.
const slow = 150 * time.Millisecond

// town fills the house with 100,000 subscribers and 500 issues, one of which is just being sent to all, and one waits for an approval.
func (h *house) town() (leaving, waiting mce.Issue) {
	h.t.Helper()
	people := make([]mce.Subscriber, townPeople)
	for i := range people {
		people[i] = mce.Subscriber{
			Email:   fmt.Sprintf("reader%06d@example%02d.org", i, i%50),
			Choices: mce.Choices{Language: mce.Languages()[i%2], Topics: [][]string{{"events"}, {"association-news", "events"}, {"association-news"}}[i%3]},
		}
	}
	_, err := h.store.ImportSubscribers(h.t.Context(), people, "yes", "test", business, nil)
	h.must(err)
	leaving, waiting = h.leaving(1), h.another(2)
	h.exec(`
		insert into issues (series_id, number, slot, due, state, subject, seal, assembled_at, scheduled_for, started_at, finished_at)
		select series_id, 100 + n, 'slot ' || n, due - n * interval '1 day', 'sent', subject, '\x00', assembled_at, due - n * interval '1 day',
			due - n * interval '1 day', due - n * interval '1 day'
		from issues, generate_series(1, $2) n where id = $1`, waiting.ID, townIssues)
	h.exec(`insert into letter_sums (issue_id, outcome, letters) select id, 'delivered', 90000 from issues where slot like 'slot %'`)
	h.exec(`
		insert into issue_items (issue_id, kind, item_id, slug, title, section, position, verdict, reason, why, line)
		select i.id, x.kind, x.item_id, x.slug, x.title, x.section, x.position, x.verdict, x.reason, x.why, x.line
		from issues i, issue_items x where i.slot like 'slot %' and x.issue_id = $1`, waiting.ID)
	return leaving, waiting
}

// BenchmarkIssuePages takes the pages of issues of a town.
func BenchmarkIssuePages(b *testing.B) {
	h := newHouse(b)
	leaving, waiting := h.town()
	h.must(h.store.Vacuum(b.Context()))
	ann := h.as(h.user("Ann", mce.Approver))
	path := fmt.Sprintf("/desk/issues/%d", waiting.ID)
	ann.press(path+"/check", path+"/check")
	for _, page := range []struct{ name, path string }{
		{"list", "/desk/issues"}, {"home", "/desk/"}, {"content", path}, {"pull in", path + "?find="}, {"search", path + "?find=digital"}, {"preview", path + "/view"},
		{"mail", path + "/mail"}, {"check", path + "/check"}, {"send", path + "/send"},
		{"progress", fmt.Sprintf("/desk/issues/%d/send", leaving.ID)}, {"report", fmt.Sprintf("/desk/issues/%d/report", leaving.ID)},
	} {
		b.Run(page.name, func(b *testing.B) {
			for b.Loop() {
				if a := ann.get(page.path); a.StatusCode != http.StatusOK {
					b.Fatal(a.StatusCode)
				}
			}
			if took := b.Elapsed() / time.Duration(b.N); took > slow {
				b.Errorf("%v a page", took)
			}
		})
	}
	b.Run("first count of readers", func(b *testing.B) {
		for b.Loop() {
			h.wall.pass(time.Minute)
			ann.get(path + "/send")
		}
	})
}
