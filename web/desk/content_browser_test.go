package desk_test

import (
	"fmt"
	"net/url"
)

// contentScenes are the pages of content in all their states, as one user sees them.
func (h *house) contentScenes(b *browser) []scene {
	ctx := h.t.Context()
	edit := func(path string, entries ...string) { b.saves(path, entries...).leads(h.t, path) }
	mine := b.fills("/desk/content/articles/2", "title", "The title as I see it", "body", "What I wrote.")
	edit("/desk/content/articles/2", "title", "The title as the others see it", "link", "https://example.org/"+longWord)
	edit("/desk/content/articles/3", "title", "An English title that is new")
	typed := b.fills("/desk/content/articles/4", "title", "Half a tit")
	typed.Set("do", "keep")
	b.ask("POST", "/desk/content/articles/4/draft", typed).wants(h.t, 204)
	h.picture(1)
	used := h.picture(2)
	edit("/desk/content/articles/5", "image", h.server.URL+"/images/"+used.Files[0].Name)
	conference := h.count(`select id from events where slug = 'prato-2023'`)
	form := b.get("/desk/content/articles/5").entries(h.t)
	form.Set("do", "preview")
	token := url.Values{"token": form["token"]}
	late := b.fills(fmt.Sprintf("/desk/content/events/%d", conference))
	late.Set("do", "add")
	_, err := h.db.ExecContext(ctx, `update articles set title = title || '{"en": "Written by the web site"}' where id = 2`)
	h.must(err)
	event := fmt.Sprintf("/desk/content/events/%d", conference)
	return []scene{
		{"articles", b, "/desk/content/articles", nil},
		{"articles-none", b, "/desk/content/articles?q=nothing&shown=later&translation=missing", nil},
		{"events", b, "/desk/content/events", nil},
		{"article-new", b, "/desk/content/articles/new", nil},
		{"article", b, "/desk/content/articles/6", nil},
		{"article-picture", b, "/desk/content/articles/5", form},
		{"article-stale", b, "/desk/content/articles/3", nil},
		{"article-draft", b, "/desk/content/articles/4", nil},
		{"article-fault", b, "/desk/content/articles/7", url.Values{"token": form["token"], "version": {"1"}}},
		{"article-clash", b, "/desk/content/articles/2", mine},
		{"article-history", b, "/desk/content/articles/2/history", nil},
		{"event", b, event, nil},
		{"event-new", b, "/desk/content/events/new", nil},
		{"event-add", b, event, late},
		{"event-history", b, event + "/history", nil},
		{"resource", b, "/desk/content/resources/1", nil},
		{"images", b, "/desk/content/images", nil},
		{"images-fault", b, "/desk/content/images", token},
		{"image", b, "/desk/content/images/1", nil},
		{"image-used", b, "/desk/content/images/2", nil},
		{"image-fault", b, "/desk/content/images/1", token},
	}
}

// longWord is wider than a telephone.
const longWord = "donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
