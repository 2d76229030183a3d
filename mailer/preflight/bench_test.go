package preflight_test

import (
	"fmt"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
)

// BenchmarkExamine examines an issue of 20 items that is read in 62 ways: every set of five topics, in two languages.
func BenchmarkExamine(b *testing.B) {
	s := newScene(b)
	var topics []string
	for n := range 5 {
		topics = append(topics, fmt.Sprintf("topic-%d", n))
	}
	article := *s.article()
	s.draft.Items = nil
	for n := range 20 {
		a := article
		a.Slug, a.Topics = fmt.Sprintf("item-%d", n), []string{topics[n%5]}
		a.Title = both(fmt.Sprintf("The looms of Prato, part %d", n), fmt.Sprintf("I telai di Prato, parte %d", n))
		s.draft.Items = append(s.draft.Items, mce.Item{ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: int64(n)}, Section: "news", Topics: a.Topics, Article: &a})
	}
	var all []mce.Readership
	for set := 1; set < 1<<5; set++ {
		var chosen []string
		for n, topic := range topics {
			if set&(1<<n) != 0 {
				chosen = append(chosen, topic)
			}
		}
		all = append(all, mce.Readership{Lang: "en", Topics: chosen, Readers: 1}, mce.Readership{Lang: "it", Topics: chosen, Readers: 1})
	}
	s.store.readers = all
	for b.Loop() {
		if r := s.examine(b); r.Editions != 62 {
			b.Fatalf("%d editions", r.Editions)
		}
	}
}
