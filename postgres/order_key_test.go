package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// programs makes the tokens of two programs.
func (o *office) programs() (a, b int64) {
	o.t.Helper()
	o.token("site", time.Time{})
	o.token("desk", time.Time{})
	all := value(o.APITokens(o.t.Context()))(o.t)
	return all[0].ID, all[1].ID
}

func keyed(token int64, key, body string, emails ...string) mce.Order {
	k := mce.NewOrderKey(token, key, []byte(body))
	return mce.Order{People: delegates(emails...), Key: &k}
}

func TestAnOrderUnderOneKeyIsCarriedOutOnce(t *testing.T) {
	o := newOffice(t)
	site, _ := o.programs()
	answers := make([][]mce.Registration, 5)
	var all errgroup.Group
	for i := range answers {
		all.Go(func() (err error) {
			answers[i], err = o.Register(t.Context(), keyed(site, "k1", "both", "bob@example.org", "anna@example.org"), told, domain, now)
			return err
		})
	}
	must(t, all.Wait())
	for _, a := range answers {
		if diff := cmp.Diff(answers[0], a); diff != "" || len(a) != 2 || a[0].Email != "bob@example.org" {
			t.Errorf("%+v\n%s", a, diff)
		}
	}
	if n := o.sql(`select from registrations`); n != 2 {
		t.Errorf("%d registrations", n)
	}
	if letters := o.claim(10); len(letters) != 2 {
		t.Errorf("%d letters", len(letters))
	}
}

func TestAKeyStandsForOneOrderOfOneProgram(t *testing.T) {
	o := newOffice(t)
	site, desk := o.programs()
	register := func(order mce.Order) error {
		_, err := o.Register(t.Context(), order, told, domain, now)
		return err
	}
	must(t, register(keyed(site, "k1", "anna", "anna@example.org")))
	err := register(keyed(site, "k1", "bob", "bob@example.org"))
	if refused(t, err, mce.Conflict, "another body"); !errors.Is(err, mce.ErrKeyReused) {
		t.Error(err)
	}
	must(t, register(keyed(desk, "k1", "bob", "bob@example.org")))
	refused(t, register(keyed(site, "k2", "anna", "anna@example.org")), mce.Conflict, "registered for Conference already")
	// What was refused is not remembered: once its cause is gone, the same order is taken.
	must(t, o.CancelRegistration(t.Context(), "prato", "anna@example.org", told, domain, now))
	must(t, register(keyed(site, "k2", "anna", "anna@example.org")))
}

func TestKeysOfOrdersAreForgotten(t *testing.T) {
	o := sealed(t)
	site, _ := o.programs()
	value(o.Register(t.Context(), keyed(site, "k1", "anna", "anna@example.org"), told, domain, now))(t)
	value(o.Register(t.Context(), keyed(site, "k2", "bob", "bob@example.org"), told, domain, now.Add(time.Hour)))(t)
	o.gone(now.Add(mce.KeepOrderKeys), mce.Purged{})
	o.gone(now.Add(mce.KeepOrderKeys+time.Second), mce.Purged{OrderKeys: 1})
	must(t, o.CancelRegistration(t.Context(), "prato", "bob@example.org", told, domain, now))
	must(t, o.Erase(t.Context(), "bob@example.org", "test", now))
	if n := o.sql(`select from order_keys`); n != 0 {
		t.Error("the key leads to somebody who was erased")
	}
}

// A key is of the program's choice, and may say what it is for.
func TestNeitherKeyNorBodyIsKept(t *testing.T) {
	o := newOffice(t)
	site, _ := o.programs()
	value(o.Register(t.Context(), keyed(site, "order-of-carla", "carla's words", "anna@example.org"), told, domain, now))(t)
	if found := o.everywhere("carla"); len(found) > 0 {
		t.Errorf("%v", found)
	}
}
