package desk_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// BenchmarkEveryPage asks for every page that the desk has a route for, and for searches, in a town with many writings and 100,000 lines in the
// audit log. The median of each is reported, and may not be slow.
func BenchmarkEveryPage(b *testing.B) {
	h := newHouse(b)
	leaving, waiting := h.town()
	h.writings()
	congress, delegate := h.bigCongress()
	admin := h.user("Anna", mce.Admin)
	h.exec(`
		insert into audit (at, user_id, action, object, object_id, detail, reason)
		select $1::timestamptz + n * interval '1 minute', $2, 'approve', 'issue', n % 500, 'number ' || n, 'it is good as it is'
		from generate_series(1, 100000) n`, business.AddDate(-3, 0, 0), admin.ID)
	h.must(h.store.Vacuum(b.Context()))
	anna := h.as(admin)
	at := fmt.Sprintf("/desk/issues/%d", waiting.ID)
	anna.press(at+"/check", at+"/check").leads(b, at+"/check")

	pages := []string{
		fmt.Sprintf("/desk/issues/%d/send", leaving.ID), fmt.Sprintf("/desk/issues/%d/report", leaving.ID), fmt.Sprintf("/desk/issues/%d/report.csv", leaving.ID),
		at + "?find=digital", "/desk/audit?q=99", "/desk/audit?q=nothing+like+it", "/desk/audit?q=anna", "/desk/content/articles?q=articolo+19",
		fmt.Sprintf("/desk/events/%d/delegates?q=9&standing=place", congress.ID), fmt.Sprintf("/desk/events/%d/delegates?from=350", congress.ID),
		fmt.Sprintf("/desk/events/%d/delegates?booking=%d", congress.ID, delegate.Booking), fmt.Sprintf("/desk/events/%d/mail?n=0", congress.ID),
		"/desk/content/articles?q=nothing+like+it", "/desk/content/articles?translation=stale", "/desk/content/articles?from=1950",
		"/desk/people?q=reader0999", "/desk/people?q=nobody+like+that", "/desk/people?group=suppressed", "/desk/people?group=delegate",
		fmt.Sprintf("/desk/events/%d/delegates?q=nobody", congress.ID), fmt.Sprintf("/desk/events/%d/check-in?q=Delegate+1", congress.ID),
	}
	for _, route := range h.desk.Routes() {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodGet || strings.HasSuffix(path, "report.csv") { // of what has left, above
			continue
		}
		path = targets{user: admin.ID, issue: waiting.ID, event: congress.ID, delegate: delegate.ID, picture: 1, person: "s1", act: "suppress", link: "none"}.fill(path)
		if strings.Contains(path, "{") {
			b.Fatalf("nothing stands for a part of %s", path)
		}
		pages = append(pages, path)
	}
	for _, path := range pages {
		b.Run(path, func(b *testing.B) {
			var all []time.Duration
			for b.Loop() {
				begin := time.Now()
				a := anna.get(path)
				all = append(all, time.Since(begin))
				if a.StatusCode >= http.StatusInternalServerError {
					b.Fatal(a.StatusCode)
				}
			}
			slices.Sort(all)
			median := all[len(all)/2]
			b.ReportMetric(float64(median.Microseconds())/1000, "ms/median")
			if median > slow {
				b.Errorf("%s takes %s", path, median)
			}
		})
	}
}
