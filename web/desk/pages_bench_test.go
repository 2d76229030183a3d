package desk_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
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
	admin := h.user("Anna", mce.Admin)
	h.exec(`
		insert into audit (at, user_id, action, object, object_id, detail, reason)
		select $1::timestamptz + n * interval '1 minute', $2, 'approve', 'issue', n % 500, 'number ' || n, 'it is good as it is'
		from generate_series(1, 100000) n`, business.AddDate(-3, 0, 0), admin.ID)
	event, delegate := h.bigConference()
	h.must(h.store.Vacuum(b.Context()))
	anna := h.as(admin)
	at := fmt.Sprintf("/desk/issues/%d", waiting.ID)
	anna.press(at+"/check", at+"/check").leads(b, at+"/check")

	pages := []string{
		fmt.Sprintf("/desk/issues/%d/send", leaving.ID), fmt.Sprintf("/desk/issues/%d/report", leaving.ID), fmt.Sprintf("/desk/issues/%d/report.csv", leaving.ID),
		at + "?find=digital", "/desk/audit?q=99", "/desk/audit?q=nothing+like+it", "/desk/audit?q=anna", "/desk/content/articles?q=articolo+19",
		"/desk/content/articles?q=nothing+like+it", "/desk/content/articles?translation=stale", "/desk/content/articles?from=1950",
		"/desk/people?q=reader0999", "/desk/people?q=nobody+like+that", "/desk/people?group=suppressed", "/desk/people?group=delegate",
		fmt.Sprintf("/desk/events/%d/delegates?q=nobody", event.ID), fmt.Sprintf("/desk/events/%d/mail?n=0", event.ID), fmt.Sprintf("/desk/events/%d/check-in?q=Delegate+1", event.ID),
	}
	for _, route := range h.desk.Routes() {
		method, path, _ := strings.Cut(route, " ")
		id := admin.ID
		switch {
		case method != http.MethodGet || strings.HasSuffix(path, "report.csv"): // of what has left, above
			continue
		case strings.Contains(path, "/issues/"):
			id = waiting.ID
		case strings.Contains(path, "/content/"):
			id = 1
		case strings.Contains(path, "/events/"):
			id = event.ID
		}
		path = strings.NewReplacer("{token}", "none", "{ref}", "s1", "{act}", "suppress", "{person}", strconv.FormatInt(delegate, 10), "{slug}", "newsletter", "{kind}", "articles", "{id}", strconv.FormatInt(id, 10), "{$}", "").Replace(path)
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

// bigConference has 400 delegates, 60 sessions, and dates that nobody knows yet; beside it there are 200 other events.
func (h *house) bigConference() (e mce.Event, delegate int64) {
	h.t.Helper()
	ctx := h.t.Context()
	var others []mce.Event
	for i := range 200 {
		other := h.prato()
		other.Slug, other.Sessions = fmt.Sprintf("other-%d", i), nil
		other.Starts, other.Ends = other.Starts.AddDate(0, 0, i-300), other.Ends.AddDate(0, 0, i-300)
		others = append(others, other)
	}
	h.must(h.store.SaveLibrary(ctx, mce.Library{Events: others}, business))
	_, _, err := h.store.EditEvent(ctx, "prato-2023", func(e *mce.Event) (mce.Event, error) {
		for i := range 60 - len(e.Sessions) {
			one := e.Sessions[i%3]
			one.Slug = fmt.Sprintf("more-%d", i)
			e.Sessions = append(e.Sessions, one)
		}
		return *e, nil
	}, business)
	h.must(err)
	h.exec(`
		insert into registrations (event_id, email, name, organisation, country, language, state, code, created_at, told)
		select $1, 'delegate' || n || '@city.example', 'Delegate ' || n, 'City ' || n % 60, 'Belgium', case n % 3 when 0 then 'it' else 'en' end, 'registered',
			translate(lpad(n::text, 8, '0'), '0125689', 'ACDEFGH'), $2, $3
		from generate_series(1, 400) n`, h.prato().ID, business.AddDate(0, -1, 0), h.prato().Version)
	e = h.moved()
	return e, int64(h.count(`select min(id) from registrations where event_id = $1`, e.ID))
}
