package postgres_test

import (
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// blocked waits until so many sessions of the database wait for a lock.
func (o *office) blocked(n int) {
	o.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for waiting := -1; waiting != n; {
		must(o.t, o.db.QueryRowContext(o.t.Context(), `
			select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waiting))
		if time.Now().After(deadline) {
			o.t.Fatalf("%d sessions wait for a lock, want %d", waiting, n)
		}
	}
}

// abandoned is a run of three letters whose session has died, and its letters.
func abandoned(t *testing.T) (*office, []mce.Letter) {
	t.Helper()
	o := newOffice(t)
	o.many(3)
	o.start(o.scheduled().ID)
	run, ok, err := o.LeaseRun(t.Context(), 4)
	must(t, err)
	if !ok {
		t.Fatal("there is no run")
	}
	letters := value(o.RunLetters(t.Context(), run, 0, 10))(t)
	o.sql(`update runs set leased_until = now() - interval '1 second'`)
	return o, letters
}

func (o *office) outcome(l mce.Letter) (outcome string, lanes int) {
	o.t.Helper()
	must(o.t, o.db.QueryRowContext(o.t.Context(), `
		select outcome, (select count(*) from express where letter_id = $1) from letters where id = $1`, l.ID).Scan(&outcome, &lanes))
	return outcome, lanes
}

// TestDoubtDoesNotOverruleAFactThatIsBeingCommitted: the dead session's last commit was on its way when its run was taken over.
func TestDoubtDoesNotOverruleAFactThatIsBeingCommitted(t *testing.T) {
	o, letters := abandoned(t)
	late, err := o.db.BeginTx(t.Context(), nil)
	must(t, err)
	_, err = late.ExecContext(t.Context(), `update letters set outcome = 'delivered' where id = $1`, letters[0].ID)
	must(t, err)
	taken := make(chan error, 1)
	go func() {
		_, _, err := o.LeaseRun(t.Context(), 4)
		taken <- err
	}()
	o.blocked(1)
	must(t, late.Commit())
	must(t, <-taken)
	if outcome, lanes := o.outcome(letters[0]); outcome != "delivered" || lanes != 0 {
		t.Errorf("the delivered letter is %s, with %d places on the express lane", outcome, lanes)
	}
	if outcome, lanes := o.outcome(letters[1]); outcome != "uncertain" || lanes != 1 {
		t.Errorf("the letter in doubt is %s, with %d places on the express lane", outcome, lanes)
	}
}

// TestAFactOverrulesDoubtThatIsBeingCommitted: the other way round; nothing of the letter may stay parked.
func TestAFactOverrulesDoubtThatIsBeingCommitted(t *testing.T) {
	o, letters := abandoned(t)
	doubting, err := o.db.BeginTx(t.Context(), nil)
	must(t, err)
	for _, statement := range []string{
		`update letters set outcome = 'uncertain' where id = $1`,
		`insert into express (letter_id, born, issue_id, kind, due, parked) select id, born, issue_id, kind, created_at, true from letters where id = $1`,
	} {
		_, err = doubting.ExecContext(t.Context(), statement, letters[0].ID)
		must(t, err)
	}
	settled := make(chan error, 1)
	go func() {
		settled <- o.Settle(t.Context(), []mce.Try{{Letter: letters[0], Outcome: mce.Delivered, Code: 250}}, now)
	}()
	o.blocked(1)
	must(t, doubting.Commit())
	must(t, <-settled)
	if outcome, lanes := o.outcome(letters[0]); outcome != "delivered" || lanes != 0 {
		t.Errorf("the delivered letter is %s, with %d places on the express lane", outcome, lanes)
	}
}

// TestALostLeaseReadsNothingMore: whoever slept through its lease goes no further in the run.
func TestALostLeaseReadsNothingMore(t *testing.T) {
	o := newOffice(t)
	o.many(3)
	o.start(o.scheduled().ID)
	run, _, err := o.LeaseRun(t.Context(), 1)
	must(t, err)
	o.sql(`update runs set leased_until = now() - interval '1 second'`)
	if _, ok, err := o.LeaseRun(t.Context(), 1); !ok || err != nil {
		t.Fatalf("the run was not taken over: %t %v", ok, err)
	}
	if letters := value(o.RunLetters(t.Context(), run, 0, 10))(t); len(letters) != 0 {
		t.Errorf("%d letters were given for a lost lease", len(letters))
	}
}

// TestCancellingWhileLettersComeBack: no letter of a cancelled issue stays on the express lane.
func TestCancellingWhileLettersComeBack(t *testing.T) {
	o, letters := abandoned(t)
	cancelling, err := o.db.BeginTx(t.Context(), nil)
	must(t, err)
	_, err = cancelling.ExecContext(t.Context(), `select from issues for update`)
	must(t, err)
	settled := make(chan error, 1)
	go func() {
		settled <- o.Settle(t.Context(), []mce.Try{
			{Letter: letters[0], Outcome: mce.Delivered, Code: 250},
			{Letter: letters[1], Outcome: mce.Deferred, Code: 451, Due: now.Add(time.Hour)},
		}, now)
	}()
	o.blocked(1)
	for _, statement := range []string{
		`update letters set outcome = 'left_out' where outcome = 'waiting'`, `delete from runs`,
		`update issues set state = 'cancelled'`,
	} {
		_, err = cancelling.ExecContext(t.Context(), statement)
		must(t, err)
	}
	must(t, cancelling.Commit())
	must(t, <-settled)
	if outcome, lanes := o.outcome(letters[1]); outcome != "left_out" || lanes != 0 {
		t.Errorf("a letter of the cancelled issue is %s, with %d places on the express lane", outcome, lanes)
	}
}
