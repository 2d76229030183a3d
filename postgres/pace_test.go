package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// lease is a lease of a test's own.
func lease(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// admit asks one limit.
func (o *office) admit(d mce.Demand, now time.Time) mce.Grant {
	o.t.Helper()
	return value(o.Admit(o.t.Context(), []mce.Demand{d}, now))(o.t)[0]
}

// seated asks for a seat of a relay that has two.
func (o *office) seated(n int, urgent bool) bool {
	o.t.Helper()
	return o.admit(mce.Demand{Name: "relay", Limit: mce.Limit{Sessions: 2}, Lease: lease(n), Urgent: urgent}, now).Seated
}

func TestOneSeatIsKeptForSingleLetters(t *testing.T) {
	o := newOffice(t)
	for _, step := range []struct {
		lease  int
		urgent bool
		want   bool
	}{
		{1, false, true}, {2, false, false}, {1, false, true}, // who has one keeps it
		{3, true, true}, {4, true, false}, {3, true, true},
		{3, false, false}, // a newsletter does not keep what a single letter got
	} {
		if got := o.seated(step.lease, step.urgent); got != step.want {
			t.Errorf("%+v: %t", step, got)
		}
	}
	must(t, o.LeaveSeats(t.Context(), lease(3)))
	if !o.seated(4, true) {
		t.Error("a seat that was given back is not free")
	}
	only := mce.Demand{Name: "domain", Limit: mce.Limit{Sessions: 1}, Lease: lease(1)}
	if !o.admit(only, now).Seated {
		t.Error("where there is one seat, nobody gets it")
	}
	if only.Lease = lease(2); o.admit(only, now).Seated {
		t.Error("one seat was given twice")
	}
}

func TestASeatOfTheDeadIsFree(t *testing.T) {
	o := newOffice(t)
	o.seated(1, false)
	o.sql(`update seats set leased_until = now() - interval '1 second'`)
	if !o.seated(1, false) {
		t.Error("its owner does not get it again")
	}
	if o.seated(2, false) {
		t.Error("its owner has it again, and somebody else too")
	}
	o.sql(`update seats set leased_until = now() - interval '1 second'`)
	if !o.seated(2, false) {
		t.Error("it is not free")
	}
	if n := o.sql(`select from seats`); n != 1 {
		t.Errorf("%d seats are kept", n)
	}
	if held := value(o.Renew(t.Context(), []string{lease(1), lease(2)}))(t); len(held) != 1 || held[0] != lease(2) {
		t.Errorf("renewed: %v", held)
	}
	o.sql(`update seats set leased_until = now() + interval '1 second'`)
	value(o.Renew(t.Context(), []string{lease(2)}))(t)
	if n := o.sql(`select from seats where leased_until > now() + interval '10 seconds'`); n != 1 {
		t.Error("a seat is not kept by renewing its lease")
	}
}

// TestDaemonsTogetherKeepALimit: they ask at the same moment, two limits each, in any order.
func TestDaemonsTogetherKeepALimit(t *testing.T) {
	o := newOffice(t)
	const perMinute = 120
	var all errgroup.Group
	granted := make([]int, 4)
	for daemon := range granted {
		all.Go(func() error {
			for second := range 30 {
				one := mce.Demand{Name: "one", Limit: mce.Limit{PerMinute: perMinute}, Letters: 7}
				demands := []mce.Demand{one, {Name: "other", Limit: one.Limit, Letters: 1, Urgent: true}}
				if daemon%2 == 1 {
					demands[0], demands[1] = demands[1], demands[0]
				}
				grants, err := o.Admit(t.Context(), demands, now.Add(time.Duration(second)*time.Second))
				if err != nil {
					return err
				}
				granted[daemon] += grants[daemon%2].Letters
			}
			return nil
		})
	}
	must(t, all.Wait())
	sum := 0
	for _, n := range granted {
		sum += n
	}
	if sum > perMinute/2+2 || sum < perMinute/4 {
		t.Errorf("%d letters in half a minute: %v", sum, granted)
	}
	if n := o.sql(`select from paces where name = 'other' and sent = 120`); n != 1 {
		t.Error("letters that may not wait were not all counted")
	}
}

// TestLettersThatAreNotGrantedAreGivenTimes, one behind the other, over all daemons; those without a seat are not.
func TestLettersThatAreNotGrantedAreGivenTimes(t *testing.T) {
	o := newOffice(t)
	d := mce.Demand{Name: "example.org", Limit: mce.Limit{PerMinute: 60, Sessions: 1}, Letters: 5, Lease: lease(1)}
	first := o.admit(d, now)
	if !first.Seated || first.Letters != 1 || len(first.Later) != 4 || first.Again.IsZero() {
		t.Fatalf("%+v", first)
	}
	other := d
	other.Lease = lease(2)
	for range 100 {
		if g := o.admit(other, now); g.Seated || g.Letters != 0 {
			t.Fatalf("without a seat: %+v", g)
		}
	}
	last := now
	for _, at := range append(first.Later, o.admit(d, now).Later...) {
		if pause := at.Sub(last); last != now && (pause < time.Second || pause > 1100*time.Millisecond) {
			t.Errorf("%s after the one before", pause)
		}
		last = at
	}
}

func TestPacesAreTold(t *testing.T) {
	o := newOffice(t)
	o.admit(mce.Demand{Name: "relay", Limit: mce.Limit{PerMinute: 60, Sessions: 3}, Letters: 3, Urgent: true, Lease: lease(1)}, now)
	got := value(o.OutboxStatus(t.Context(), now))(t).Limits
	if len(got) != 1 || got[0].Name != "relay" || got[0].Sessions != 1 || got[0].Today != 3 || !got[0].FreeAt.After(now.Add(2*time.Second)) {
		t.Errorf("%+v", got)
	}
	if got := value(o.OutboxStatus(t.Context(), now.AddDate(0, 0, 1)))(t).Limits; len(got) != 1 || got[0].Today != 0 {
		t.Errorf("a day later: %+v", got)
	}
	if got := value(o.OutboxStatus(t.Context(), now.AddDate(0, 0, 9)))(t).Limits; len(got) != 0 {
		t.Errorf("nine days later: %+v", got)
	}
}
