package postgres_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

func TestALookAtAnImportSaysWhatItWouldDoAndLeavesNothing(t *testing.T) {
	o := recorded(t)
	must(t, o.Erase(t.Context(), "carla@example.org", "test", now))
	o.sql(`insert into suppressions values ('bad@example.org', 'bounced', 'test', now())`)
	before := o.verify("")
	people := list(6000)
	for i, email := range []string{"anna@example.org", "Carla@example.org", "BAD@example.org"} {
		people[i*2500].Email = email
	}
	would := value(o.TryImport(t.Context(), people, now, nil))(t)
	if would.Added != 5997 || would.Known != 1 || would.Erased != 1 || would.Suppressed != 1 || would.Left[2].Index != 5000 {
		t.Errorf("%+v", would)
	}
	if diff := cmp.Diff(before, o.verify("")); diff != "" || o.sql(`select from subscribers where state = 'active'`) != 2 {
		t.Errorf("something was written: %s", diff)
	}
	if diff := cmp.Diff(would, value(o.ImportSubscribers(t.Context(), people, "yes", "desk", now, nil))(t)); diff != "" {
		t.Error(diff)
	}
	if after := o.verify(before.Head); len(after.Faults) > 0 || after.Records != before.Records+5997 {
		t.Errorf("%+v", after)
	}
}

// TestTwoImportsOfTheSamePeople: whoever comes second finds them known, and the chain has one order.
func TestTwoImportsOfTheSamePeople(t *testing.T) {
	o := recorded(t)
	var all errgroup.Group
	added := make([]int, 4)
	for i := range added {
		all.Go(func() error {
			r, err := o.ImportSubscribers(t.Context(), list(300), "yes", fmt.Sprint("list ", i), now, nil)
			added[i] = r.Added
			if err == nil && r.Added+r.Known != 300 {
				err = fmt.Errorf("%+v", r)
			}
			return err
		})
	}
	must(t, all.Wait())
	if sum := added[0] + added[1] + added[2] + added[3]; sum != 300 {
		t.Errorf("added %v", added)
	}
	if r := o.verify(""); len(r.Faults) > 0 || r.Records != 306 {
		t.Errorf("%+v", r)
	}
}

func TestAnImportThatFailsLeavesNothing(t *testing.T) {
	o := recorded(t)
	people := list(5500)
	people[5499].Country = "Italia"
	if _, err := o.ImportSubscribers(t.Context(), people, "yes", "desk", now, nil); err == nil {
		t.Fatal("it went through")
	}
	if _, err := o.TryImport(t.Context(), people, now, nil); err == nil {
		t.Error("the look does not see it")
	}
	if n := o.sql(`select from subscribers`); n != 4 || len(o.verify("").Faults) > 0 {
		t.Errorf("%d subscribers", n)
	}
}

func TestAnImportKeepsAllThatTheFileTells(t *testing.T) {
	o := newOffice(t)
	p := mce.Subscriber{
		Email: "anna@example.org", Details: mce.Details{Name: "Anna", Organisation: `Città "di" Prato, \o/`, Country: "IT"},
		Choices: mce.Choices{Language: "it", Topics: []string{"news"}, Pace: mce.Monthly},
	}
	value(o.ImportSubscribers(t.Context(), []mce.Subscriber{p}, "yes", "desk", now, nil))(t)
	got := o.subscriber("anna@example.org")
	p.ID, p.State, p.CreatedAt, p.ChangedAt = got.ID, mce.Active, now, now
	if diff := cmp.Diff(p, got); diff != "" {
		t.Error(diff)
	}
}
