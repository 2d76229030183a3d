package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// enrol is what a stranger enters for an address.
func (o *office) enrol(email string, at time.Time) error {
	p := delegates(email)[0]
	p.Name = "A stranger"
	return o.Enrol(o.t.Context(), p, told, domain, at)
}

func TestWhoIsRegisteredIsToldAgainAndNothingElseChanges(t *testing.T) {
	o := newOffice(t)
	o.tour(1, nil)
	before := o.register("anna@example.org", "bob@example.org")
	for _, c := range []struct {
		after                 time.Duration
		confirmation, waiting int
	}{
		{10 * time.Minute, 1, 1}, // they have just been told
		{59 * time.Minute, 1, 1},
		{time.Hour, 2, 2},
		{90 * time.Minute, 2, 2},
		{2 * time.Hour, 3, 3},
	} {
		must(t, o.enrol("ANNA@example.org", now.Add(c.after)))
		must(t, o.enrol("bob@example.org", now.Add(c.after)))
		if a, w := o.letters(mce.Confirmation, ""), o.letters(mce.WaitingList, ""); a != c.confirmation || w != c.waiting {
			t.Errorf("after %s there are %d confirmations and %d notices of waiting", c.after, a, w)
		}
	}
	for _, was := range before {
		if is := value(o.RegistrationByID(t.Context(), was.ID))(t); fmt.Sprint(is) != fmt.Sprint(was) {
			t.Errorf("%+v became %+v", was, is)
		}
	}
}

func TestWhoEnrolsIsRegisteredAsAnybody(t *testing.T) {
	o := newOffice(t)
	o.tour(2, nil)
	old := o.register("anna@example.org")[0]
	must(t, o.CancelByID(t.Context(), old.ID, told, domain, now))
	must(t, o.enrol("anna@example.org", now)) // comes back
	must(t, o.enrol("new@example.org", now))
	must(t, o.enrol("late@example.org", now))
	if got := fmt.Sprint(o.standing(mce.Registered), o.standing(mce.OnWaitingList)); got != "[anna@example.org new@example.org] [late@example.org]" {
		t.Error(got)
	}
	if r := value(o.RegistrationByID(t.Context(), old.ID))(t); r.Name != "A stranger" || r.Sequence <= old.Sequence {
		t.Errorf("%+v", r)
	}
}

// A refusal must not tell who comes: it is the same for who is registered and for who is not.
func TestARefusalIsTheSameForWhoIsRegistered(t *testing.T) {
	o := newOffice(t)
	o.tour(0, nil)
	o.register("known@example.org")
	optional := func(e *mce.Event) {
		e.Sessions = []mce.Session{{Slug: "lab", Title: en("Lab"), Starts: e.Starts, Ends: e.Starts.Add(time.Hour), Optional: true}}
	}
	for field, c := range map[string]struct {
		change func(*mce.Event)
		at     time.Time
	}{
		"event":    {func(e *mce.Event) { e.State = mce.EventClosed }, now},
		"email":    {func(e *mce.Event) { e.Admission = mce.ForMembers }, now},
		"sessions": {optional, now},
	} {
		o.tour(0, c.change)
		var said []string
		for _, email := range []string{"known@example.org", "new@example.org"} {
			p := delegates(email)[0]
			if field == "sessions" {
				p.Sessions = []string{"none"}
			}
			err := o.Enrol(t.Context(), p, told, domain, c.at)
			var fault *mce.FieldError
			if !errors.As(err, &fault) || fault.Field != field {
				t.Errorf("%s, %s: %v", field, email, err)
				continue
			}
			said = append(said, strings.ReplaceAll(fault.Error(), email, "…"))
		}
		if len(said) == 2 && said[0] != said[1] {
			t.Errorf("%q and %q", said[0], said[1])
		}
	}
	if n := o.letters(mce.Confirmation, ""); n != 1 {
		t.Errorf("%d letters", n)
	}
}

// The same address, entered many times at once, is one registration and one mail.
func TestAnAddressEnteredManyTimesAtOnceIsOneRegistration(t *testing.T) {
	o := newOffice(t)
	o.tour(0, nil)
	var all errgroup.Group
	for range 20 {
		all.Go(func() error { return o.enrol("anna@example.org", now) })
	}
	must(t, all.Wait())
	if n, m := o.sql(`select from registrations`), o.letters(mce.Confirmation, ""); n != 1 || m != 1 {
		t.Errorf("%d registrations, %d mails", n, m)
	}
}
