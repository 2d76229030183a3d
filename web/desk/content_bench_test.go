package desk_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// writings fills the house with what an association wrote in many years: 2,000 articles, and 100 pictures.
func (h *house) writings() {
	h.t.Helper()
	h.exec(`
		insert into articles (slug, title, body, topics, publish_at, expire_at)
		select 'a' || n, jsonb_build_object('en', 'Article ' || n, 'it', 'Articolo ' || n),
			jsonb_build_object('en', repeat('What the city of Prato has done for its people. ', 60), 'it', repeat('Che cosa ha fatto Prato. ', 60)), '{events}',
			timestamptz '2016-01-01' + n * interval '1 day', timestamptz '2016-03-01' + n * interval '1 day'
		from generate_series(1, 2000) n`)
	h.exec(`update articles set title = title || '{"en": "Another"}' where id % 3 = 0`)
	for i := range 100 {
		h.picture(i)
	}
}

// BenchmarkContent asks for pages of content in an association that has written for many years.
func BenchmarkContent(b *testing.B) {
	h := newHouse(b)
	h.writings()
	h.must(h.store.Vacuum(b.Context()))
	editor := h.as(h.user("Anna", mce.Editor))
	for name, path := range map[string]string{
		"list": "/desk/content/articles", "last page": "/desk/content/articles?from=1950", "search": "/desk/content/articles?q=articolo+19",
		"stale": "/desk/content/articles?translation=stale", "over": "/desk/content/articles?shown=once", "form": "/desk/content/articles/700",
		"history": "/desk/content/articles/900/history", "pictures": "/desk/content/images",
	} {
		b.Run(name, func(b *testing.B) {
			var all []time.Duration
			for b.Loop() {
				begin := time.Now()
				editor.get(path).wants(b, http.StatusOK)
				all = append(all, time.Since(begin))
			}
			slices.Sort(all)
			b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "ms/median")
			if median := all[len(all)/2]; median > slow {
				b.Errorf("%s takes %s", path, median)
			}
		})
	}
}
