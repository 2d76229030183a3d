package postgres_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

func TestTwoWhoEditAnEventComeOneAfterTheOther(t *testing.T) {
	o := newOffice(t)
	var both errgroup.Group
	for range 10 {
		both.Go(func() error {
			_, _, err := o.EditEvent(t.Context(), "prato", func(old *mce.Event) (mce.Event, error) {
				old.Capacity++
				return *old, nil
			}, now)
			return err
		})
	}
	must(t, both.Wait())
	if e := value(o.Event(t.Context(), "prato"))(t); e.Capacity != 10 {
		t.Errorf("%d of 10 edits are there", e.Capacity)
	}
}

func TestAnEventIsAddedOnce(t *testing.T) {
	o := newOffice(t)
	e := library().Events[0]
	e.Slug = "rome"
	there := errors.New("there is one")
	put := func() (mce.Event, bool, error) {
		return o.EditEvent(t.Context(), "rome", func(old *mce.Event) (mce.Event, error) {
			if old != nil {
				return e, there
			}
			return e, nil
		}, now)
	}
	added := make(chan bool, 5)
	var all errgroup.Group
	for range cap(added) {
		all.Go(func() error {
			_, ok, err := put()
			if errors.Is(err, there) {
				err = nil
			}
			added <- ok
			return err
		})
	}
	must(t, all.Wait())
	close(added)
	n := 0
	for ok := range added {
		if ok {
			n++
		}
	}
	if n != 1 {
		t.Errorf("added %d times", n)
	}
}

func TestAnEditThatChangesNothingMakesNoVersion(t *testing.T) {
	o := newOffice(t)
	before := value(o.Event(t.Context(), "prato"))(t)
	same := func(old *mce.Event) (mce.Event, error) { return *old, nil }
	after, added, err := o.EditEvent(t.Context(), "prato", same, now)
	must(t, err)
	if diff := cmp.Diff(before, after); diff != "" || added {
		t.Error(added, diff)
	}
	_, _, err = o.EditEvent(t.Context(), "prato", func(old *mce.Event) (mce.Event, error) {
		old.Topics = []string{"nothing"}
		return *old, nil
	}, now)
	refused(t, err, mce.Invalid, `there is no topic "nothing"`)
}
