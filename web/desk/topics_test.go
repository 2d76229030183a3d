package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

func topicRows() []routeRow {
	return []routeRow{
		{"GET /desk/topics", elsewhere, refused, refused, ok},
		{"GET /desk/new-topic", elsewhere, refused, refused, ok},
		{"POST /desk/new-topic", refused, refused, refused, faulty},
		{"GET /desk/topics/{slug}", elsewhere, refused, refused, ok},
		{"POST /desk/topics/{slug}", refused, refused, refused, faulty},
		{"GET /desk/topics/{slug}/remove", elsewhere, refused, refused, ok},
		{"POST /desk/topics/{slug}/remove", refused, refused, refused, conflict},
	}
}

// TestATopicIsAddedRenamedAndRemoved: its slug stays, and what something names cannot be removed.
func TestATopicIsAddedRenamedAndRemoved(t *testing.T) {
	h := newHouse(t)
	b := h.as(h.user("Anna", mce.Admin))
	b.press("/desk/new-topic", "/desk/new-topic", "name-en", " ", "name-it", "Energia").wants(t, faulty, "English", `role="alert"`, `value="Energia"`)
	b.press("/desk/new-topic", "/desk/new-topic", "name-en", "Énergy  & heat", "name-it", "Energia").leads(t, "/desk/topics")
	b.get("/desk/topics").wants(t, ok, "/desk/topics/energy-heat", "Énergy &amp; heat")
	b.press("/desk/new-topic", "/desk/new-topic", "name-en", "Energy heat").leads(t, "/desk/topics")
	b.press("/desk/topics/energy-heat", "/desk/topics/energy-heat", "name-en", "Warmth").leads(t, "/desk/topics")
	b.get("/desk/topics").wants(t, ok, "/desk/topics/energy-heat-2", "Warmth")

	if err := h.store.AddTopic(t.Context(), mce.Topic{Slug: "energy-heat", Name: mce.Text{"en": "Another"}}); mce.ErrorCode(err) != mce.Conflict {
		t.Errorf("two topics of one slug: %v", err)
	}

	h.exec(`update articles set topics = topics || array['energy-heat'] where id = (select min(id) from articles)`)
	if page := b.get("/desk/topics/energy-heat").wants(t, ok, "1 piece of content"); strings.Contains(page.body, "/energy-heat/remove") {
		t.Error("what is in use has a button to remove it")
	}
	token := url.Values{"token": {b.get("/desk/me").token()}}
	b.ask(http.MethodPost, "/desk/topics/energy-heat/remove", token).wants(t, conflict, "is in use")
	h.exec(`update articles set topics = array_remove(topics, 'energy-heat')`)
	for _, named := range []string{
		`update series set sections = jsonb_set(sections, '{0,topics}', '["energy-heat"]')`,
		`update series set segment = '{"topics": ["energy-heat"]}'`,
	} {
		h.exec(`update series set sections = sections #- '{0,topics}', segment = '{}'`)
		h.exec(named)
		b.ask(http.MethodPost, "/desk/topics/energy-heat/remove", token).wants(t, conflict, "1 newsletter")
	}
	h.exec(`update series set segment = '{}'`)
	b.ask(http.MethodPost, "/desk/topics/energy-heat/remove", token).leads(t, "/desk/topics")
	b.get("/desk/topics/energy-heat").wants(t, http.StatusNotFound)
	if n := h.count(`select count(*) from audit where object = 'topic' and detail like 'energy-heat%'`); n != 4 {
		t.Errorf("%d lines in the log", n)
	}
}

// TestWhereThereAreNoTopicsTheFormLeadsToThem: only whom it leads to something that they may do.
func TestWhereThereAreNoTopicsTheFormLeadsToThem(t *testing.T) {
	h := newHouse(t)
	h.exec(`delete from topics`)
	h.as(h.user("Anna", mce.Admin)).get("/desk/content/articles/new").wants(t, ok, "There are no topics yet", "/desk/new-topic")
	if page := h.as(h.user("Bob", mce.Editor)).get("/desk/content/articles/new").wants(t, ok, "There are no topics yet"); strings.Contains(page.body, "/desk/new-topic") {
		t.Error("an editor is led to where they may not go")
	}
}

func (h *house) topicScenes(b *browser) []scene {
	return []scene{
		{"topics", b, "/desk/topics", nil},
		{"topic-new", b, "/desk/new-topic", nil},
		{"topic-fault", b, "/desk/new-topic", url.Values{"token": {b.get("/desk/me").token()}, "name-it": {"Energia"}}},
		{"topic-change", b, "/desk/topics/" + h.topics()[0], nil},
	}
}
