package postgres_test

import (
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// edited moves the hall of the office's event at a time, and gives what its people do not know of it then.
func (o *office) edited(hall string, at time.Time) mce.News {
	o.t.Helper()
	lib := library()
	lib.Events[0].Venue = en(hall)
	o.saveAt(lib, at)
	o.tell(at) // notes the version; nothing has settled
	return o.news(at)
}

func (o *office) news(at time.Time) mce.News {
	o.t.Helper()
	e := value(o.Event(o.t.Context(), "prato"))(o.t)
	return value(o.News(o.t.Context(), e.ID, at))(o.t)
}

// TestLetGoTheyAreToldAtOnce, and the next edit settles anew.
func TestLetGoTheyAreToldAtOnce(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org", "bob@example.org")
	n := o.edited("Town hall", now)
	if n.People() != 2 || n.LetGo || !n.Due.Equal(now.Add(mce.SettleFor)) {
		t.Fatalf("before anybody decides: %+v", n)
	}
	must(t, o.LetNewsGo(t.Context(), n.Event.ID, n.Event.Version, now))
	if n := o.news(now); !n.LetGo || n.Due.After(now) {
		t.Errorf("let go, it is due at %s", n.Due)
	}
	if told := o.tell(now); told != 2 {
		t.Errorf("%d were told at once", told)
	}
	later := now.Add(time.Hour)
	if n := o.edited("Library", later); n.LetGo || n.People() != 2 || !n.Due.Equal(later.Add(mce.SettleFor)) {
		t.Errorf("another edit goes by the decision about the former one: %+v", n)
	}
	if told := o.tell(later.Add(mce.SettleFor - minutes)); told != 0 {
		t.Errorf("%d were told before it had settled", told)
	}
	if told := o.tell(later.Add(mce.SettleFor)); told != 2 {
		t.Errorf("%d were told once it had settled", told)
	}
}

// TestWithheldNobodyIsTold, not of later edits either, nor on the eve, until it is let go: then once of all.
func TestWithheldNobodyIsTold(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	n := o.edited("Town hall", now)
	must(t, o.WithholdNews(t.Context(), n.Event.ID, n.Event.Version, "not signed yet", now))
	eve := n.Event.Starts.Add(-20 * time.Hour)
	for _, at := range []time.Time{now, now.Add(24 * time.Hour), eve} {
		if told := o.tell(at); told != 0 {
			t.Errorf("%s: %d were told", at, told)
		}
	}
	n = o.edited("Library", eve)
	if told := o.tell(eve.Add(time.Hour)); told != 0 || n.Withheld != "not signed yet" || !n.Due.IsZero() {
		t.Errorf("%d were told of an edit after it: %+v", told, n)
	}
	withheld := value(o.WithheldNews(t.Context(), eve))(t)
	if len(withheld) != 1 || withheld[0].People() != 1 || withheld[0].Withheld != "not signed yet" {
		t.Errorf("withheld: %+v", withheld)
	}
	must(t, o.LetNewsGo(t.Context(), n.Event.ID, n.Event.Version, eve))
	if told := o.tell(eve); told != 1 {
		t.Errorf("%d letters, want one for both edits", told)
	}
	if all := value(o.WithheldNews(t.Context(), eve))(t); len(all) != 0 {
		t.Errorf("still withheld: %+v", all)
	}
}

// TestEditsThatCancelOutAreNoNews, decided about or not.
func TestEditsThatCancelOutAreNoNews(t *testing.T) {
	usual := library().Events[0].Venue[mce.English]
	for name, decide := range map[string]func(o *office, n mce.News) error{
		"undecided": func(*office, mce.News) error { return nil },
		"let go":    func(o *office, n mce.News) error { return o.LetNewsGo(o.t.Context(), n.Event.ID, n.Event.Version, now) },
		"withheld": func(o *office, n mce.News) error {
			return o.WithholdNews(o.t.Context(), n.Event.ID, n.Event.Version, "wait", now)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.register("anna@example.org")
			must(t, decide(o, o.edited("Town hall", now)))
			n := o.edited(usual, now.Add(minutes))
			if len(n.For) != 0 {
				t.Errorf("news: %+v", n.For)
			}
			if all := value(o.WithheldNews(t.Context(), now.Add(minutes)))(t); len(all) != 0 {
				t.Errorf("withheld, and of nothing: %+v", all)
			}
			if told := o.tell(now.Add(time.Hour)); told != 0 {
				t.Errorf("%d letters about nothing", told)
			}
		})
	}
}

// TestOfTwoWhoDecideAtOnceTheLastOneHolds: what stands is one of the two decisions as a whole, and both are in the log.
func TestOfTwoWhoDecideAtOnceTheLastOneHolds(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	n := o.edited("Town hall", now)
	deed := mce.WithDeed(t.Context(), mce.Deed{By: mce.Actor{Name: "Anna"}, At: now})
	start := sync.WaitGroup{}
	start.Add(1)
	var both errgroup.Group
	both.Go(func() error { start.Wait(); return o.LetNewsGo(deed, n.Event.ID, n.Event.Version, now) })
	both.Go(func() error {
		start.Wait()
		return o.WithholdNews(deed, n.Event.ID, n.Event.Version, "not signed yet", now)
	})
	start.Done()
	must(t, both.Wait())
	got := o.news(now)
	if got.LetGo == (got.Withheld != "") {
		t.Errorf("let go: %v, withheld: %q", got.LetGo, got.Withheld)
	}
	if lines := o.sql(`select from audit where object = 'event'`); lines != 2 {
		t.Errorf("%d lines in the log", lines)
	}
	want := 0
	if got.LetGo {
		want = 1
	}
	if told := o.tell(now); told != want {
		t.Errorf("%d were told, let go: %v", told, got.LetGo)
	}
}

// TestWhoDecidesAboutAnotherVersionIsRefused, and nothing changes.
func TestWhoDecidesAboutAnotherVersionIsRefused(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	old := o.edited("Town hall", now)
	o.edited("Library", now)
	for name, err := range map[string]error{
		"let go":   o.LetNewsGo(t.Context(), old.Event.ID, old.Event.Version, now),
		"withhold": o.WithholdNews(t.Context(), old.Event.ID, old.Event.Version, "wait", now),
	} {
		if mce.ErrorCode(err) != mce.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := o.news(now); n.LetGo || n.Withheld != "" {
		t.Errorf("it is decided all the same: %+v", n)
	}
}
