package postgres_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

func TestWhoLeavesAfterTheFanOutIsLeftOut(t *testing.T) {
	o := newOffice(t)
	o.readers("a@example.org en news", "b@example.org en news", "c@example.org en news")
	o.sending()
	value(o.Leave(t.Context(), o.subscriber("a@example.org").ID, "one click", "", now))(t)
	o.sql(`insert into suppressions values ('c@example.org', 'complained', 'test', now())`)
	got := map[string]string{}
	_, letters := o.lease(4)
	for _, l := range letters {
		got[l.To] = l.LeftOut
	}
	if diff := cmp.Diff(map[string]string{"a@example.org": "unsubscribed", "b@example.org": "", "c@example.org": "the address is suppressed"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestARunIsReadInOrderAndInPortions(t *testing.T) {
	o := newOffice(t)
	o.many(5)
	o.sending()
	run, all := o.lease(4)
	part := value(o.RunLetters(t.Context(), run, all[1].ID, 2))(t)
	if diff := cmp.Diff(all[2:4], part); diff != "" {
		t.Error(diff)
	}
}

func TestAfterACrashAtMostAWindowIsUncertainAndTheRestGoesOn(t *testing.T) {
	o := newOffice(t)
	o.many(10)
	i := o.sending()
	_, first := o.lease(4)
	o.settle(mce.Delivered, first[:3]...)
	if _, ok, err := o.LeaseRun(t.Context(), 4); ok || err != nil {
		t.Fatalf("a leased run is leased again: %v", err)
	}
	o.crash()
	_, next := o.lease(4)
	if diff := cmp.Diff(first[7:], next); diff != "" {
		t.Error("the untried letters:", diff)
	}
	if diff := cmp.Diff(map[mce.Outcome]int{mce.Delivered: 3, mce.Uncertain: 4, mce.Waiting: 3}, o.progress(i.ID)); diff != "" {
		t.Error(diff)
	}
	if len(o.claim(10)) != 0 {
		t.Error("a letter in doubt is sent again by itself")
	}
	st := value(o.OutboxStatus(t.Context(), now))(t)
	if st.Uncertain != 4 || st.Runs != 1 || st.Due != 0 || st.NextDue != nil {
		t.Errorf("%+v", st)
	}
	o.settle(mce.Delivered, first[3]) // the dead session was only slow
	if p := o.progress(i.ID); p[mce.Uncertain] != 3 || p[mce.Delivered] != 4 {
		t.Errorf("a fact does not overrule the doubt: %v", p)
	}
}

func TestLettersInDoubtAreSentAgainOrLeftAsTheOperatorDecides(t *testing.T) {
	for name, c := range map[string]struct {
		resend bool
		claim  int
		want   mce.Outcome
	}{"resend": {true, 2, mce.Deferred}, "leave": {false, 0, mce.Uncertain}} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.many(2)
			i := o.sending()
			run, letters := o.lease(4)
			o.settle(mce.Uncertain, letters...)
			must(t, o.ReturnRun(t.Context(), run))
			doubt := value(o.UncertainLetters(t.Context(), i.ID))(t)
			if len(doubt) != 2 || doubt[0].Email != letters[0].To || doubt[0].IssueID != i.ID {
				t.Errorf("%+v", doubt)
			}
			if n := value(o.Resolve(t.Context(), i.ID, c.resend, now))(t); n != 2 {
				t.Errorf("%d letters", n)
			}
			if p := o.progress(i.ID); p[c.want] != 2 {
				t.Errorf("letters: %v", p)
			}
			if done := value(o.FinishIssues(t.Context(), now))(t); len(done) == 1 == c.resend {
				t.Errorf("finished: %v", done)
			}
			if got := o.claim(5); len(got) != c.claim {
				t.Errorf("%d letters go again", len(got))
			}
			_, err := o.Resolve(t.Context(), i.ID, c.resend, now)
			refused(t, err, mce.Conflict, "is in doubt")
		})
	}
}

func TestARunReturnedInGoodOrderLeavesNoDoubt(t *testing.T) {
	o := newOffice(t)
	o.many(4)
	i := o.sending()
	run, letters := o.lease(4)
	o.settle(mce.Delivered, letters[0])
	must(t, o.ReturnRun(t.Context(), run))
	again, rest := o.lease(4)
	if len(rest) != 3 || o.progress(i.ID)[mce.Uncertain] != 0 {
		t.Errorf("%d letters, %v", len(rest), o.progress(i.ID))
	}
	must(t, o.ReturnRun(t.Context(), run)) // with a lease that is lost: nothing
	if _, ok, _ := o.LeaseRun(t.Context(), 4); ok {
		t.Error("an old lease gives the run away")
	}
	o.settle(mce.Delivered, rest...)
	must(t, o.ReturnRun(t.Context(), again))
	if st := value(o.OutboxStatus(t.Context(), now))(t); st.Runs != 0 {
		t.Errorf("a run without letters stays: %+v", st)
	}
}

func TestRenewTellsWhichLeasesHold(t *testing.T) {
	o := newOffice(t)
	o.many(2)
	o.sending()
	run, _ := o.lease(4)
	o.register("d@example.org")
	single, _, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 5, Now: now})
	must(t, err)
	lost := "00000000-0000-0000-0000-000000000000"
	o.crash()
	held := value(o.Renew(t.Context(), []string{run.Lease, single, lost}))(t)
	slices.Sort(held)
	want := []string{run.Lease, single}
	slices.Sort(want)
	if diff := cmp.Diff(want, held); diff != "" {
		t.Error(diff)
	}
	if _, ok, _ := o.LeaseRun(t.Context(), 4); ok || len(o.claim(5)) != 0 {
		t.Error("a renewed lease did not hold")
	}
}

func TestTheExpressLaneServesPeopleBeforeNewslettersAndTheLongestDueFirst(t *testing.T) {
	o := newOffice(t)
	o.many(2)
	o.sending()
	_, letters := o.lease(4)
	o.settle(mce.Deferred, letters...)
	o.register("late@example.org", "early@example.org")
	o.sql(`update express set due = due - interval '1 hour' where letter_id in (select max(letter_id) from express)`)
	var got []string
	for range 4 {
		for _, l := range o.claim(1) {
			got = append(got, fmt.Sprint(l.Kind, " ", l.To))
		}
	}
	want := []string{"confirmation early@example.org", "confirmation late@example.org", "newsletter " + letters[0].To, "newsletter " + letters[1].To}
	slices.Sort(got[2:])
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(o.claim(4)) != 0 {
		t.Error("a claimed letter is claimed again")
	}
}

func TestALetterIsNotClaimedBeforeItIsDue(t *testing.T) {
	o := newOffice(t)
	o.register("d@example.org")
	if _, letters, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 5, Now: now.Add(-time.Second)}); err != nil || len(letters) != 0 {
		t.Error(letters, err)
	}
	st := value(o.OutboxStatus(t.Context(), now.Add(-time.Second)))(t)
	if st.Later != 1 || st.Due != 0 || st.NextDue == nil || !st.NextDue.Equal(now) {
		t.Errorf("%+v", st)
	}
}

func TestAfterACrashPeoplesLettersGoAgainAndNewslettersAreParked(t *testing.T) {
	o := newOffice(t)
	o.many(1)
	i := o.sending()
	_, letters := o.lease(4)
	o.settle(mce.Deferred, letters...)
	o.register("d@example.org")
	if got := o.claim(5); len(got) != 2 {
		t.Fatal(got)
	}
	o.crash()
	got := o.claim(5)
	if len(got) != 1 || got[0].To != "d@example.org" {
		t.Errorf("claimed again: %v", got)
	}
	if p := o.progress(i.ID); p[mce.Uncertain] != 1 {
		t.Errorf("newsletter: %v", p)
	}
}

func TestReleasedLettersAreFreeAndNotInDoubt(t *testing.T) {
	o := newOffice(t)
	o.many(1)
	o.sending()
	_, letters := o.lease(4)
	o.settle(mce.Deferred, letters...)
	lease, _, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 5, Now: now})
	must(t, err)
	must(t, o.ReleaseExpress(t.Context(), lease))
	if got := o.claim(5); len(got) != 1 || got[0].Attempts != 1 {
		t.Errorf("%+v", got)
	}
}

func TestSettleKeepsEachOutcome(t *testing.T) {
	o := newOffice(t)
	for outcome, want := range map[mce.Outcome]struct{ attempts, open int }{
		mce.Delivered: {1, 0}, mce.Deferred: {1, 1}, mce.Refused: {1, 0}, mce.Expired: {1, 0}, mce.Uncertain: {1, 1}, mce.LeftOut: {0, 0}, mce.Failed: {1, 0},
	} {
		o.sql(`delete from express`)
		o.register(string(outcome) + "@example.org")
		l := o.claim(1)[0]
		o.settle(outcome, l)
		if n := o.sql(`select from letters where id = $1 and outcome = $2::outcome and attempts = $3 and settled_at = $4`, l.ID, string(outcome), want.attempts, now); n != 1 {
			t.Errorf("the letter does not say that it is %s", outcome)
		}
		if n := o.sql(`select from express where lease is null and parked = $1`, outcome == mce.Uncertain); n != want.open {
			t.Errorf("%s: %d letters on the express lane", outcome, n)
		}
	}
}

func TestALetterThatReachedItsEndStaysThere(t *testing.T) {
	o := newOffice(t)
	for _, end := range []mce.Outcome{mce.Delivered, mce.Refused, mce.Expired, mce.Failed, mce.LeftOut} {
		o.register(string(end) + "@example.org")
		l := o.claim(1)[0]
		o.settle(end, l)
		o.settle(mce.Deferred, l) // a session that had lost its lease
		o.settle(mce.Uncertain, l)
		if n := o.sql(`select from letters where id = $1 and outcome = $2::outcome`, l.ID, string(end)); n != 1 || o.sql(`select from express`) != 0 {
			t.Errorf("a letter that is %s goes again", end)
		}
	}
}

func TestAnAddressAtFaultIsSuppressed(t *testing.T) {
	o := newOffice(t)
	o.register("Gone@example.org")
	l := o.claim(1)[0]
	must(t, o.Settle(t.Context(), []mce.Try{{Letter: l, Outcome: mce.Refused, Code: 550, Status: "5.1.1", Detail: "no such user", Suppress: true}}, now))
	if n := o.sql(`select from suppressions where email = 'gone@example.org' and reason = 'no such user'`); n != 1 {
		t.Error("not suppressed")
	}
	must(t, o.CancelRegistration(t.Context(), "prato", "gone@example.org", told, domain, now))
	o.register("gone@example.org")
	if got := o.claim(1); got[0].LeftOut != "the address is suppressed" {
		t.Errorf("%+v", got)
	}
}

func TestALetterWakesTheDaemons(t *testing.T) {
	o := newOffice(t)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	woken, done := make(chan bool, 10), make(chan error, 1)
	go func() { done <- o.Listen(ctx, slog.New(slog.DiscardHandler), func() { woken <- true }, func(int64) {}) }()
	for o.sql(`select from pg_stat_activity where datname = current_database() and query like 'LISTEN%'`) == 0 && ctx.Err() == nil {
	}
	o.register("d@example.org")
	select {
	case <-woken:
	case <-ctx.Done():
		t.Error("nobody woke")
	}
	stop()
	must(t, <-done)
}

func TestDaemonsHearOnceWhoLeaves(t *testing.T) {
	o := newOffice(t)
	o.readers("anna@example.org en news", "bob@example.org en news")
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	left, done := make(chan int64, 10), make(chan error, 1)
	go func() {
		done <- o.Listen(ctx, slog.New(slog.DiscardHandler), func() {}, func(subscriberID int64) { left <- subscriberID })
	}()
	for o.sql(`select from pg_stat_activity where datname = current_database() and query = 'LISTEN "left"'`) == 0 && ctx.Err() == nil {
	}
	o.sql(`notify "left", 'nobody'`)
	for _, email := range []string{"anna@example.org", "anna@example.org", "bob@example.org"} {
		id := o.subscriber(email).ID
		first := value(o.Leave(ctx, id, "test", "", now))(t)
		if !first {
			continue // she had left before: there is nothing to hear
		}
		select {
		case got := <-left:
			if got != id {
				t.Errorf("%d has left, heard of %d", id, got)
			}
		case <-ctx.Done():
			t.Fatal("nobody heard of it")
		}
	}
	stop()
	must(t, <-done)
}

func TestPartitionsAreMadeOnceForThisMonthAndTheNext(t *testing.T) {
	o := newOffice(t)
	for _, now := range []string{"2024-01-31T23:59:59Z", "2024-12-31T00:00:00Z"} {
		var all errgroup.Group
		for range 6 {
			all.Go(func() error { return o.PreparePartitions(t.Context(), at(now)) })
		}
		must(t, all.Wait())
	}
	for _, name := range []string{"letters_2024_01", "letters_2024_02", "letters_2024_12", "letters_2025_01"} {
		if o.sql(`select from pg_class where relname = $1`, name) != 1 {
			t.Errorf("%s is missing", name)
		}
	}
	if n := o.sql(`select from pg_inherits where inhparent = 'letters'::regclass`); n != 4 {
		t.Errorf("%d partitions", n)
	}
}

// TestPartitionsAreMadeWhileLettersAreReadAndWritten: a long transaction of either kind holds nobody up.
func TestPartitionsAreMadeWhileLettersAreReadAndWritten(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	long := value(o.db.BeginTx(t.Context(), nil))(t)
	defer long.Rollback()
	_, err := long.ExecContext(t.Context(), `update letters set detail = 'looked at'`)
	must(t, err)
	must(t, o.PreparePartitions(t.Context(), now.AddDate(0, 5, 0)))
	if n := o.sql(`select from pg_class where relname = 'letters_2024_08' and 'fillfactor=80' = any(reloptions)`); n != 1 {
		t.Error("there is no partition with room in its pages")
	}
	if n := o.sql(`select from pg_inherits i join pg_index x on x.indexrelid = i.inhrelid where x.indrelid = 'letters_2024_08'::regclass and x.indisunique`); n != 2 {
		t.Errorf("%d of its keys are those of the letters", n)
	}
	must(t, long.Commit())
	value(o.Register(t.Context(), mce.Order{People: delegates("bob@example.org")}, told, domain, now.AddDate(0, 5, 0)))(t)
	if n := o.sql(`select distinct id from letters`); n != 2 {
		t.Errorf("%d ids of letters in two partitions", n)
	}
}
