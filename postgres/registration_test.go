package postgres_test

import (
	"regexp"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

func TestARegistrationHasItsConfirmationAndItsCode(t *testing.T) {
	o := newOffice(t)
	r := o.register("Anna@example.org")[0]
	if !regexp.MustCompile(`^[ACDEFGHJKLMNPQRTUVWXY3479]{8}$`).MatchString(r.Code) || r.State != mce.Registered || r.Event != "prato" || r.Sequence != 0 {
		t.Errorf("%+v", r)
	}
	l := o.claim(5)
	if len(l) != 1 || l[0].To != "Anna@example.org" || l[0].Code != r.Code || l[0].PersonID != r.ID || l[0].Purpose() != mce.ForDelegate {
		t.Fatalf("%+v", l)
	}
	if e := value(o.Edition(t.Context(), l[0].EditionID))(t); e.Subject != "See you in Prato" || e.Method != "REQUEST" || e.Domain != domain {
		t.Errorf("%+v", e)
	}
	_, err := o.Edition(t.Context(), 999)
	refused(t, err, mce.NotFound, "")
}

func TestAQuotedAddressIsCarried(t *testing.T) {
	o := newOffice(t)
	const address = `"Anna @ \"home\""@example.org`
	if kept, err := mce.ParseAddress(address); err != nil || kept != address {
		t.Fatal(kept, err)
	}
	_, err := o.ImportSubscribers(t.Context(), []mce.Subscriber{{Email: address, Choices: mce.Choices{Language: "en"}}}, "yes", "test", now, nil)
	must(t, err)
	value(o.SubscriberByEmail(t.Context(), mce.AddressKey(address)))(t)
	p := delegates("anna@example.org")
	p[0].Email = address
	value(o.Register(t.Context(), mce.Order{People: p}, told, domain, now))(t)
	if l := o.claim(5); len(l) != 1 || l[0].To != address || l[0].Domain() != "example.org" {
		t.Errorf("%+v", l)
	}
	for _, bad := range []string{"anna@home@example.org", "\"a\nb\"@example.org", "anna rossi@example.org"} {
		if _, err := o.db.ExecContext(t.Context(), `update subscribers set email = $1`, bad); err == nil {
			t.Errorf("%q is kept", bad)
		}
	}
}

func TestTheSamePersonRegistersOnce(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	_, err := o.Register(t.Context(), mce.Order{People: delegates("bob@example.org", "ANNA@example.org")}, told, domain, now)
	refused(t, err, mce.Conflict, "ANNA@example.org is registered for Conference already")
	if all := value(o.Registrations(t.Context(), "prato"))(t); len(all) != 1 || len(o.claim(5)) != 1 {
		t.Errorf("not all or nothing: %v", all)
	}
	var twice errgroup.Group
	for range 4 {
		twice.Go(func() error {
			_, err := o.Register(t.Context(), mce.Order{People: delegates("eve@example.org")}, told, domain, now)
			if mce.ErrorCode(err) == mce.Conflict {
				err = nil
			}
			return err
		})
	}
	must(t, twice.Wait())
	if got := o.claim(5); len(got) != 1 {
		t.Errorf("%d confirmations for one click too many", len(got))
	}
}

func TestWhoComesBackHasAHigherSequence(t *testing.T) {
	o := newOffice(t)
	first := o.register("anna@example.org")[0]
	must(t, o.CancelRegistration(t.Context(), "prato", "Anna@example.org", told, domain, now))
	refused(t, o.CancelRegistration(t.Context(), "prato", "anna@example.org", told, domain, now), mce.NotFound, "not registered")
	cancelled := value(o.Registrations(t.Context(), "prato"))(t)[0]
	again := o.register("anna@example.org")[0]
	if again.ID != first.ID || again.Code != first.Code || cancelled.Sequence <= first.Sequence || again.Sequence <= cancelled.Sequence {
		t.Errorf("sequences %d, %d, %d", first.Sequence, cancelled.Sequence, again.Sequence)
	}
}

func TestOnlyAnOpenEventTakesRegistrations(t *testing.T) {
	o := newOffice(t)
	for name, change := range map[string]func(*mce.Event){
		"announced": func(e *mce.Event) { e.State = mce.EventAnnounced },
		"cancelled": func(e *mce.Event) { e.State = mce.EventCancelled },
		"over":      func(e *mce.Event) { e.Starts, e.Ends = now.Add(-time.Hour), now },
	} {
		lib := library()
		change(&lib.Events[0])
		o.save(lib)
		if _, err := o.Register(t.Context(), mce.Order{People: delegates("anna@example.org")}, told, domain, now); mce.ErrorCode(err) != mce.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := o.Register(t.Context(), mce.Order{People: []mce.Registration{{Event: "nowhere", Email: "a@example.org"}}}, told, domain, now)
	refused(t, err, mce.NotFound, `no event "nowhere"`)
}
