package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

// aside is the outcome of a letter that was not tried.
func aside(l mce.Letter, after time.Duration) mce.Try {
	return mce.Try{Letter: l, Outcome: mce.Deferred, Due: now.Add(after), Detail: "enough for now", Untried: true}
}

func TestLettersSetAsideSpendNoAttempt(t *testing.T) {
	o := newOffice(t)
	o.many(6)
	i := o.sending()
	run, letters := o.lease(4)
	o.register("d@Example.net")
	single := o.claim(1)[0]
	tries := []mce.Try{
		aside(letters[0], time.Minute), {Letter: letters[1], Outcome: mce.Delivered}, aside(single, time.Hour), aside(letters[2], 2*time.Minute),
		{Letter: letters[3], Outcome: mce.Refused, Code: 550}, aside(letters[0], time.Minute), // one twice does no harm
	}
	must(t, o.Settle(t.Context(), tries, now))
	const put = `select from letters l join express x on x.letter_id = l.id and x.born = l.born and x.kind = l.kind
		where l.id = $1 and l.outcome = 'deferred' and l.attempts = 0 and l.detail = 'enough for now' and l.settled_at is null
			and x.due = $2 and x.domain = $3 and x.lease is null and not x.parked and x.issue_id is not distinct from l.issue_id`
	for _, try := range []mce.Try{tries[0], tries[2], tries[3]} {
		if o.sql(put, try.Letter.ID, try.Due, try.Letter.Domain()) != 1 {
			t.Errorf("letter %d to %s was not set aside", try.Letter.ID, try.Letter.To)
		}
	}
	if p := o.progress(i.ID); !cmp.Equal(p, map[mce.Outcome]int{mce.Delivered: 1, mce.Refused: 1, mce.Deferred: 2, mce.Waiting: 2}) {
		t.Errorf("the issue: %v", p)
	}
	if rest := value(o.RunLetters(t.Context(), run, 0, 100))(t); len(rest) != 2 {
		t.Errorf("%d letters are left in the run", len(rest))
	}
	if got := o.claim(5); len(got) != 0 {
		t.Errorf("claimed before its time: %v", got)
	}
	_, got, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 5, Now: now.Add(90 * time.Second)})
	if err != nil || len(got) != 1 || got[0].ID != letters[0].ID || got[0].Attempts != 0 {
		t.Errorf("at its time: %v, %v", got, err)
	}
}

func TestALetterAtItsEndOrInDoubtIsNotSetAside(t *testing.T) {
	o := newOffice(t)
	o.many(3)
	i := o.sending()
	_, letters := o.lease(4)
	o.settle(mce.Delivered, letters[0])
	o.settle(mce.Uncertain, letters[1])
	must(t, o.Settle(t.Context(), []mce.Try{aside(letters[0], 0), aside(letters[1], 0)}, now))
	if p := o.progress(i.ID); !cmp.Equal(p, map[mce.Outcome]int{mce.Delivered: 1, mce.Uncertain: 1, mce.Waiting: 1}) {
		t.Errorf("%v", p)
	}
	value(o.Cancel(t.Context(), i.ID, "a test", now))(t)
	must(t, o.Settle(t.Context(), []mce.Try{aside(letters[2], 0)}, now))
	if p := o.progress(i.ID); p[mce.LeftOut] != 2 || o.sql(`select from express`) != 0 {
		t.Errorf("a letter of a cancelled issue goes again: %v", p)
	}
}

// TestWhatIsDoubtedMeanwhileIsNotSetAside: a daemon that lost its lease sets a letter aside while another one doubts it.
func TestWhatIsDoubtedMeanwhileIsNotSetAside(t *testing.T) {
	o := newOffice(t)
	o.many(1)
	o.sending()
	_, letters := o.lease(4)
	tx := value(o.db.BeginTx(t.Context(), nil))(t)
	defer tx.Rollback()
	for _, statement := range []string{
		`update letters set outcome = 'uncertain'`,
		`insert into express (letter_id, born, issue_id, kind, due, parked) select id, born, issue_id, kind, created_at, true from letters`,
	} {
		value(tx.ExecContext(t.Context(), statement))(t)
	}
	done := make(chan error, 1)
	go func() { done <- o.Settle(t.Context(), []mce.Try{aside(letters[0], time.Minute)}, now) }()
	for late := time.Now().Add(20 * time.Second); o.sql(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) == 0; {
		if time.Now().After(late) {
			t.Fatal("the two do not meet")
		}
	}
	must(t, tx.Commit())
	must(t, <-done)
	if n := o.sql(`select from letters l join express x on x.letter_id = l.id where l.outcome = 'uncertain' and x.parked`); n != 1 {
		t.Error("the letter is not in doubt any more, and parked all the same: it is lost")
	}
}

func TestAClaimMayKeepToSomeLetters(t *testing.T) {
	o := newOffice(t)
	o.readers("a@slow.example en news", "b@example.org en news", "c@full.example en news")
	o.sending()
	_, letters := o.lease(4)
	var tries []mce.Try
	for _, l := range letters {
		tries = append(tries, aside(l, 0))
	}
	must(t, o.Settle(t.Context(), tries, now))
	o.register("d@slow.example")
	single := o.claim(1)
	o.settle(mce.Deferred, single...) // now its domain is known
	o.register("e@slow.example")      // of a new one it is not
	claim := func(c mce.Claim) map[string]bool {
		c.Letters, c.Now = 10, now
		lease, letters, err := o.ClaimExpress(t.Context(), c)
		must(t, err)
		must(t, o.ReleaseExpress(t.Context(), lease))
		got := map[string]bool{}
		for _, l := range letters {
			got[l.To] = true
		}
		return got
	}
	for name, c := range map[string]struct {
		claim mce.Claim
		want  []string
	}{
		"all":              {mce.Claim{}, []string{"a@slow.example", "b@example.org", "c@full.example", "d@slow.example", "e@slow.example"}},
		"single":           {mce.Claim{Single: true}, []string{"d@slow.example", "e@slow.example"}},
		"avoid":            {mce.Claim{Avoid: []string{"slow.example", "full.example"}}, []string{"b@example.org", "e@slow.example"}},
		"single and avoid": {mce.Claim{Single: true, Avoid: []string{"slow.example"}}, []string{"e@slow.example"}},
	} {
		want := map[string]bool{}
		for _, to := range c.want {
			want[to] = true
		}
		if diff := cmp.Diff(want, claim(c.claim)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
