package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/templates/desk"
)

// TestReasonsAreToldInTheLanguageOfThePage, with the titles of sections; one that has no words there stays in English.
func TestReasonsAreToldInTheLanguageOfThePage(t *testing.T) {
	p := newPages(t)
	when := mce.InZone(time.Date(2023, 10, 30, 23, 30, 0, 0, time.UTC), "Europe/Rome")
	for _, c := range []struct {
		reason mce.Reason
		en, it string
	}{
		{mce.Reason{Kind: mce.ReasonPlace, Number: 2, Section: "news"}, ">number 2 of “News”<", ">numero 2 di «Notizie»<"},
		{
			mce.Reason{Kind: mce.ReasonPlace, Number: 1, Section: "news", ByHand: true, RanIn: 3},
			">an editor put it there; number 1 of “News”; it ran in number 3, too<", ">l’ha messo lì la redazione; numero 1 di «Notizie»; è già uscito nel numero 3<",
		},
		{mce.Reason{Kind: mce.ReasonFull, Section: "news", Quota: 4}, ">“News” is full (at most 4); first in line next time<", ">«Notizie» è piena (al massimo 4); la prossima volta è il primo<"},
		{mce.Reason{Kind: mce.ReasonFull, Section: "gone", Quota: 4}, ">“gone” is full (at most 4)", ">«gone» è piena (al massimo 4)"},
		{mce.Reason{Kind: mce.ReasonSection}, ">no section takes this kind and these topics<", ">nessuna sezione prende questo genere e questi argomenti<"},
		{mce.Reason{Kind: mce.ReasonRan, Number: 7}, ">ran in number 7<", ">è uscito nel numero 7<"},
		{mce.Reason{Kind: mce.ReasonLeft, Number: 7}, ">an editor left it out of number 7<", ">la redazione l’ha escluso dal numero 7<"},
		{mce.Reason{Kind: mce.ReasonOut}, ">an editor left it out<", ">la redazione l’ha escluso<"},
		{mce.Reason{Kind: mce.ReasonHeld}, ">an editor holds it for the next issue<", ">la redazione lo tiene per il prossimo numero<"},
		{mce.Reason{Kind: mce.ReasonBegins, When: when}, ">its time begins on Tuesday 31 October 2023, 00:30<", ">il suo tempo comincia martedì 31 ottobre 2023, 00:30<"},
		{mce.Reason{Kind: mce.ReasonEnded, When: when}, ">its time ended on Tuesday 31 October 2023, 00:30<", ">il suo tempo è finito martedì 31 ottobre 2023, 00:30<"},
		{mce.Reason{Kind: mce.ReasonCancelled}, ">the event is cancelled<", ">l’evento è annullato<"},
		{mce.Reason{Kind: mce.ReasonBegan, When: when}, ">the event began on Tuesday 31 October 2023, 00:30<", ">l’evento è cominciato martedì 31 ottobre 2023, 00:30<"},
		{
			mce.Reason{Kind: mce.ReasonBefore, When: when},
			">published before the newsletter began, on Tuesday 31 October 2023, 00:30<", ">pubblicato prima che la newsletter cominciasse, martedì 31 ottobre 2023, 00:30<",
		},
		{
			mce.Reason{Kind: mce.ReasonSkipped, Number: 2, Quota: 3},
			">the issue was skipped: too little to say, 2 of at least 3 items<", ">il numero è stato saltato: troppo poco da dire, 2 di almeno 3 elementi<",
		},
		{mce.Reason{Text: "the moon is full"}, `why">the moon is full<`, `why" lang="en">the moon is full<`},
		{mce.Reason{Kind: "of another time", Text: "the moon is full"}, `why">the moon is full<`, `why" lang="en">the moon is full<`},
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

// TestTheAssemblysReasonsHaveWords: what the assembly says is of a kind that is known here, also of an issue that it skips.
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
	decided := mce.Assemble(s, noon, slices.Clone(stock)).Decisions
	s.Minimum = 9
	for _, d := range append(decided, mce.Assemble(s, noon, stock).Decisions...) {
		var b strings.Builder
		v := desk.IssueContent{Issue: desk.Issue{Approval: mce.ApprovalRequired, Work: desk.Work{Issue: mce.Issue{ID: 1, State: mce.InReview}}}, Aside: []desk.Piece{{Ref: "x", Decision: d}}}
		if err := p.IssueContent(&b, "it", v); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), `why">`) {
			t.Errorf("%q has no words in Italian", d.Reason)
		}
	}
}

var noon = time.Date(2023, 10, 18, 12, 0, 0, 0, time.UTC)
