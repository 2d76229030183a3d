package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/desk"
)

// TestReasonsAreToldInTheLanguageOfThePage, with the titles of sections; one that has no words there stays in English.
func TestReasonsAreToldInTheLanguageOfThePage(t *testing.T) {
	p := newPages(t)
	for _, c := range []struct{ reason, en, it string }{
		{`number 2 of section "news"`, "number 2 of “News”", "numero 2 di «Notizie»"},
		{`an editor put it there: number 1 of section "news"; it ran in number 3, too`, "an editor put it there; number 1 of “News”; it ran in number 3, too", "l’ha messo lì la redazione; numero 1 di «Notizie»; è già uscito nel numero 3"},
		{`section "news" is full (quota 4); first in line next time`, "“News” is full (at most 4)", "«Notizie» è piena (al massimo 4)"},
		{`section "gone" is full (quota 4); first in line next time`, "“gone” is full", "«gone» è piena"},
		{"its time begins on 30 October 2023, 12:00", "its time begins on Monday 30 October 2023, 12:00", "lunedì 30 ottobre 2023, 12:00"},
		{"ran in number 7", "ran in number 7", "è uscito nel numero 7"},
		{"the moon is full", "the moon is full", `lang="en">the moon is full<`},
		{"its time ended on some day", "its time ended on some day", `lang="en">its time ended on some day<`},
	} {
		v := desk.IssueContent{Issue: desk.Issue{Approval: mce.ApprovalRequired, Work: desk.Work{Issue: mce.Issue{ID: 1, State: mce.InReview}}}, Sections: []desk.IssueSection{{
			Slug: "news", Title: mce.Text{"en": "News", "it": "Notizie"},
			Pieces: []desk.Piece{{Ref: "article-1", Decision: mce.Decision{Candidate: mce.Candidate{ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: 1}}, Reason: c.reason}}},
		}}}
		for lang, says := range map[mce.Lang]string{"en": c.en, "it": c.it} {
			var b strings.Builder
			if err := p.IssueContent(&b, lang, v); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), says) {
				t.Errorf("%s in %s: no %q", c.reason, lang, says)
			}
		}
	}
}

// TestTheAssemblysReasonsHaveWords: what the assembly says is of a form that is known here.
func TestTheAssemblysReasonsHaveWords(t *testing.T) {
	p := newPages(t)
	s := mce.UsualSeries(noon)
	piece := func(id int64) mce.Candidate {
		return mce.Candidate{ItemRef: mce.ItemRef{Kind: mce.KindArticle, ID: id}, Title: mce.Text{"en": "Words"}, Window: mce.Window{From: noon.AddDate(0, 0, -1)}}
	}
	stock := []mce.Candidate{piece(1), piece(2), piece(3), piece(4), piece(5), piece(6), piece(7), piece(8)}
	s.Sections[0].Quota = 1
	stock[2].RanIn, stock[3].LeftOut = 1, 2
	stock[4].From = noon.AddDate(0, 0, 1)
	stock[5].Until = noon.Add(-1)
	stock[6].Kind, stock[6].Starts = mce.KindEvent, noon.Add(-1)
	stock[7].Kind, stock[7].Cancelled = mce.KindEvent, true
	for _, d := range mce.Assemble(s, noon, stock).Decisions {
		var b strings.Builder
		v := desk.IssueContent{Issue: desk.Issue{Approval: mce.ApprovalRequired, Work: desk.Work{Issue: mce.Issue{ID: 1, State: mce.InReview}}}, Aside: []desk.Piece{{Ref: "x", Decision: d}}}
		if err := p.IssueContent(&b, "it", v); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), `why" lang="en"`) {
			t.Errorf("%q has no words in Italian", d.Reason)
		}
	}
}

var noon = time.Date(2023, 10, 18, 12, 0, 0, 0, time.UTC)
