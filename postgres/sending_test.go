package postgres_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// mails gives what each reader is sent: address → language and subject.
func (o *office) mails(letters []mce.Letter) map[string]string {
	o.t.Helper()
	out := map[string]string{}
	for _, l := range letters {
		e := value(o.Edition(o.t.Context(), l.EditionID))(o.t)
		out[l.To] = string(e.Lang) + " " + e.Subject
	}
	return out
}

func TestEveryActiveReaderGetsOneLetterOfTheirTopicsInTheirLanguage(t *testing.T) {
	o := newOffice(t)
	lib := library()
	lib.Topics = append(lib.Topics, mce.Topic{Slug: "eu", Name: en("EU")})
	lib.Series[0].Languages = []mce.Lang{"en", "it"}
	o.save(lib)
	o.readers("all@example.org en events news", "eu-too@example.org en eu events news", "news@example.org en news", "it@example.org it news",
		"el@example.org el news", "eu@example.org en eu", "left@example.org en news", "bad@example.org en news", "none@example.org en")
	value(o.Leave(t.Context(), o.subscriber("left@example.org").ID, "test", "", now))(t)
	o.sql(`insert into suppressions values ('bad@example.org', 'bounced', 'test', now())`)
	o.ask("pending@example.org")
	i := o.scheduled()
	if n := o.start(i.ID); n != 5 {
		t.Errorf("%d letters", n)
	}
	_, letters := o.lease(4)
	if diff := cmp.Diff(map[string]string{
		"all@example.org": "en First, Conference", "eu-too@example.org": "en First, Conference", "news@example.org": "en First",
		"it@example.org": "it Primo", "el@example.org": "en First",
	}, o.mails(letters)); diff != "" {
		t.Error(diff)
	}
	if n := o.sql(`select from editions where issue_id = $1 and not archive`, i.ID); n != 3 {
		t.Errorf("%d editions were rendered for three ways of reading", n)
	}
	for _, l := range letters {
		if l.CauseID != i.ID || l.Kind != mce.Newsletter || l.Purpose() != mce.ForLeaving || !l.CreatedAt.Equal(now) || l.PersonID != o.subscriber(l.To).ID {
			t.Errorf("%+v", l)
		}
	}
}

func TestASentIssueStandsInTheArchive(t *testing.T) {
	o := newOffice(t)
	i := o.sending()
	for _, lang := range []mce.Lang{"en", "it"} {
		if e := value(o.ArchivedEdition(t.Context(), "newsletter", i.Number, lang))(t); e.Lang != lang || e.Domain != domain {
			t.Errorf("%+v", e)
		}
	}
	_, err := o.ArchivedEdition(t.Context(), "newsletter", 2, "en")
	refused(t, err, mce.NotFound, "archive")
	for _, c := range []struct {
		series  string
		numbers []int
		lang    mce.Lang
		want    int
	}{
		{"newsletter", []int{1, 2}, "it", 1}, {"newsletter", []int{2}, "it", 0}, {"newsletter", nil, "it", 0},
		{"newsletter", []int{1}, "el", 0}, {"other", []int{1}, "en", 0},
	} {
		several := value(o.ArchivedEditions(t.Context(), c.series, c.numbers, c.lang))(t)
		if len(several) != c.want || c.want == 1 && several[1].Lang != c.lang {
			t.Errorf("%+v: %+v", c, several)
		}
	}
	sent := value(o.SentIssues(t.Context()))(t)
	if len(sent) != 1 || sent[0].Number != 1 || sent[0].Date.Format("15:04") != "09:00" || !slices.Equal(sent[0].Languages, []mce.Lang{"en", "it"}) {
		t.Errorf("%+v", sent)
	}
}

func TestAnIssueForNobodyIsSentAtOnce(t *testing.T) {
	o := newOffice(t)
	lib := library()
	lib.Topics = append(lib.Topics, mce.Topic{Slug: "eu", Name: en("EU")})
	o.save(lib)
	o.readers("eu@example.org en eu")
	i := o.sending()
	if done := value(o.FinishIssues(t.Context(), now))(t); !slices.Equal(done, []int64{i.ID}) || o.issue(i.ID).State != mce.Sent {
		t.Errorf("finished: %v", done)
	}
}

func TestLettersAreCutIntoRunsOfFiveHundred(t *testing.T) {
	o := newOffice(t)
	o.many(1001)
	if n := o.start(o.scheduled().ID); n != 1001 {
		t.Errorf("%d letters", n)
	}
	seen := map[string]bool{}
	for _, want := range []int{500, 500, 1} {
		_, letters := o.lease(4)
		if len(letters) != want {
			t.Errorf("a run of %d letters, want %d", len(letters), want)
		}
		for _, l := range letters {
			seen[l.To] = true
		}
	}
	if _, ok, err := o.LeaseRun(t.Context(), 4); ok || err != nil || len(seen) != 1001 {
		t.Errorf("%d readers, another run: %v, %v", len(seen), ok, err)
	}
}

func TestTwoDaemonsStartAnIssueOnce(t *testing.T) {
	o := newOffice(t)
	o.many(20)
	i := o.scheduled()
	var all errgroup.Group
	var started atomic.Int32
	for range 4 {
		all.Go(func() error {
			_, err := o.StartSending(t.Context(), i.ID, plain{}, domain, now)
			if err == nil {
				started.Add(1)
			} else if mce.ErrorCode(err) != mce.Conflict {
				return err
			}
			return nil
		})
	}
	must(t, all.Wait())
	if p := o.progress(i.ID); started.Load() != 1 || p[mce.Waiting] != 20 {
		t.Errorf("started %d times: %v", started.Load(), p)
	}
}

func TestAnIssueThatCannotBeRenderedStaysScheduled(t *testing.T) {
	o := newOffice(t)
	o.many(2)
	i := o.scheduled()
	_, err := o.StartSending(t.Context(), i.ID, broken{}, domain, now)
	if err == nil || !strings.Contains(err.Error(), "out of ink") {
		t.Errorf("error %v", err)
	}
	if got := o.issue(i.ID); got.State != mce.Scheduled || len(o.progress(i.ID)) != 0 {
		t.Errorf("the issue is %s with letters %v", got.State, o.progress(i.ID))
	}
}

type broken struct{ plain }

func (broken) Newsletter(mce.Draft, mce.Lang) (mce.Edition, error) {
	return mce.Edition{}, mce.Invalidf("out of ink")
}

func TestAnIssueIsSentWhenNothingOfItIsOpen(t *testing.T) {
	o := newOffice(t)
	o.many(3)
	i := o.sending()
	open := func(why string) {
		t.Helper()
		if done := value(o.FinishIssues(t.Context(), now))(t); len(done) != 0 {
			t.Errorf("finished with %s", why)
		}
	}
	open("all letters waiting")
	run, letters := o.lease(4)
	o.settle(mce.Delivered, letters[0])
	o.settle(mce.Deferred, letters[1])
	o.settle(mce.Uncertain, letters[2])
	open("a run in hand")
	must(t, o.ReturnRun(t.Context(), run))
	open("a letter deferred")
	o.settle(mce.Refused, letters[1])
	open("a letter in doubt")
	o.settle(mce.Delivered, letters[2])
	if done := value(o.FinishIssues(t.Context(), now))(t); !slices.Equal(done, []int64{i.ID}) {
		t.Errorf("finished: %v", done)
	}
	if got := o.issue(i.ID); got.State != mce.Sent || !got.FinishedAt.Equal(now) {
		t.Errorf("%+v", got)
	}
}
