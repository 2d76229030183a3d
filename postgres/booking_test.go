package postgres_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func secretary() *mce.Booking {
	return &mce.Booking{Event: "prato", Email: "secretary@example.org", Name: "Sara", Language: "it"}
}

// booked is a booking of two, with the first session to choose.
func booked(t *testing.T) (*office, []mce.Registration) {
	o := newOffice(t)
	o.tour(1, func(e *mce.Event) {
		e.Sessions = []mce.Session{{Slug: "lab", Title: en("Lab"), Starts: e.Starts, Ends: e.Starts.Add(time.Hour), Optional: true}}
	})
	return o, value(o.Register(t.Context(), mce.Order{Booker: secretary(), People: delegates("anna@example.org", "bob@example.org")}, told, domain, now))(t)
}

func TestWhoBooksAndEachDelegateGetAMail(t *testing.T) {
	o, people := booked(t)
	var got []string
	for _, l := range o.claim(10) {
		got = append(got, string(l.Kind)+" "+l.To+" "+l.Name)
		if l.Kind == mce.Booked && (l.PersonID != people[0].Booking || l.Purpose() != mce.ForBooking) {
			t.Errorf("the token of the booking would be of %s %d", l.Purpose(), l.PersonID)
		}
	}
	want := "confirmation anna@example.org Delegate anna@example.org, waiting bob@example.org Delegate bob@example.org, booking secretary@example.org Sara"
	if strings.Join(got, ", ") != want {
		t.Errorf("%q", got)
	}
	b, all, err := o.BookingByID(t.Context(), people[0].Booking)
	must(t, err)
	if b.Name != "Sara" || b.Event != "prato" || !b.CreatedAt.Equal(now) || len(all) != 2 || all[1].State != mce.OnWaitingList {
		t.Errorf("%+v, %+v", b, all)
	}
	_, _, err = o.BookingByID(t.Context(), 99)
	refused(t, err, mce.NotFound, "no such booking")
}

func TestABookingIsTakenWholeOrNotAtAll(t *testing.T) {
	o := newOffice(t)
	o.register("bob@example.org")
	for name, c := range map[string]struct {
		edit  func(*mce.Order)
		field string
		code  mce.Code
	}{
		"somebody is registered already": {func(x *mce.Order) { x.People[1].Email = "BOB@example.org" }, "people/1/email", mce.Conflict},
		"a session that is not there":    {func(x *mce.Order) { x.People[0].Sessions = []string{"nothing"} }, "people/0/sessions", mce.Invalid},
		"two events":                     {func(x *mce.Order) { x.People[1].Event = "rome" }, "event", mce.Invalid},
		"no such event":                  {func(x *mce.Order) { x.Booker.Event, x.People[0].Event, x.People[1].Event = "rome", "rome", "rome" }, "event", mce.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			order := mce.Order{Booker: secretary(), People: delegates("anna@example.org", "carla@example.org")}
			c.edit(&order)
			_, err := o.Register(t.Context(), order, told, domain, now)
			var fault *mce.FieldError
			if !errors.As(err, &fault) || fault.Field != c.field || mce.ErrorCode(err) != c.code {
				t.Errorf("%v (%+v)", err, fault)
			}
			if n := o.sql(`select from bookings`) + o.sql(`select from registrations where email <> 'bob@example.org'`); n != 0 {
				t.Errorf("%d lines are left", n)
			}
		})
	}
}

func TestADelegateChangesWhatIsTheirs(t *testing.T) {
	o, people := booked(t)
	id := people[0].ID
	to := people[0].Particulars()
	change := func(when time.Time) (mce.Registration, error) {
		return o.ChangeRegistration(t.Context(), id, to, told, domain, when)
	}
	to.Organisation = "City of Anna"
	value(change(now))(t)
	if n := o.letters(mce.ChangeOf, ""); n != 0 {
		t.Errorf("%d mails about what none of them says", n)
	}
	to.Sessions, to.Zone, to.Language = []string{"lab"}, "Asia/Tokyo", "it"
	r := value(change(now))(t)
	if kept := value(o.RegistrationByID(t.Context(), id))(t); kept.Zone != "Asia/Tokyo" || kept.Sessions[0] != "lab" || kept.Language != r.Language || kept.Code != people[0].Code {
		t.Errorf("%+v", kept)
	}
	if n := o.letters(mce.ChangeOf, "anna@example.org"); n != 1 {
		t.Errorf("%d mails", n)
	}
	to.Sessions = []string{"nothing"}
	_, err := change(now)
	refused(t, err, mce.Invalid, "can be chosen")
	to.Sessions = nil
	_, err = change(at("2024-10-26T00:00:00Z"))
	refused(t, err, mce.Conflict, "is over")
	must(t, o.CancelByID(t.Context(), id, told, domain, now))
	_, err = change(now)
	refused(t, err, mce.Conflict, "was cancelled")
	refused(t, o.CancelByID(t.Context(), id, told, domain, now), mce.Conflict, "was cancelled already")
}

func TestACodeIsTakenOnceAtTheDesk(t *testing.T) {
	o, people := booked(t)
	day := at("2024-10-23T07:00:00Z")
	code := strings.ToLower(people[0].Code[:4] + " " + people[0].Code[4:])
	for i, want := range []bool{true, false} {
		r, first, err := o.CheckIn(t.Context(), "prato", code, day.Add(time.Duration(i)*time.Minute))
		if err != nil || first != want || r.Email != "anna@example.org" || !r.Arrived.Equal(day) {
			t.Errorf("%+v, first %v, %v", r, first, err)
		}
	}
	_, _, err := o.CheckIn(t.Context(), "prato", people[1].Code, day)
	refused(t, err, mce.Conflict, "waiting list")
	_, _, err = o.CheckIn(t.Context(), "prato", "NOBODYS", day)
	refused(t, err, mce.NotFound, "nobody")
	refused(t, o.CancelByID(t.Context(), people[0].ID, told, domain, day), mce.Conflict, "has arrived")
}
