package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/majorcities/mce-mailer/mce"
)

// remind queues the reminder that is due an hour after now.
func (o *office) remind() int {
	o.t.Helper()
	return value(o.queue(o.reminder))(o.t)
}

func (o *office) reminder(lang mce.Lang) (mce.Edition, error) {
	return mce.Edition{Kind: mce.Reminder, Lang: lang, Subject: "Soon"}, nil
}

func (o *office) queue(render func(mce.Lang) (mce.Edition, error)) (int, error) {
	rule, event := value(o.ReminderRules(o.t.Context()))(o.t)[0], value(o.EventsAround(o.t.Context(), now))(o.t)[0]
	due := now.Add(time.Hour)
	return o.QueueReminder(o.t.Context(), rule, event, due, due.Add(time.Hour), due, render, domain)
}

func (o *office) drop() int {
	o.t.Helper()
	rule, event := value(o.ReminderRules(o.t.Context()))(o.t)[0], value(o.EventsAround(o.t.Context(), now))(o.t)[0]
	return value(o.DropReminder(o.t.Context(), rule, event, now.Add(time.Hour), "too late", now.AddDate(0, 0, 1)))(o.t)
}

func TestAReminderGoesOnceToWhoRegisteredBeforeItWasDue(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org", "bob@example.org", "gone@example.org", "late@example.org")
	o.settle(mce.Delivered, o.claim(10)...)
	must(t, o.CancelRegistration(t.Context(), "prato", "gone@example.org", told, domain, now))
	o.sql(`update registrations set created_at = $1 where email = 'late@example.org'`, now.Add(time.Hour))
	o.sql(`update registrations set language = 'it' where email = 'bob@example.org'`)
	if n := o.remind(); n != 2 {
		t.Errorf("%d letters", n)
	}
	if n := o.remind(); n != 0 {
		t.Errorf("%d letters at the second time", n)
	}
	if n := o.drop(); n != 0 {
		t.Errorf("%d reminders dropped that went out", n)
	}
	_, letters, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 10, Now: now.Add(time.Hour)})
	must(t, err)
	got := map[string]mce.Lang{}
	for _, l := range letters {
		if l.Kind != mce.Reminder {
			continue // the cancellation
		}
		e := value(o.Edition(t.Context(), l.EditionID))(t)
		got[l.To] = e.Lang
		if !e.Latest.Equal(now.Add(2 * time.Hour)) {
			t.Errorf("latest moment of use: %s", e.Latest)
		}
	}
	if len(got) != 2 || got["anna@example.org"] != "en" || got["bob@example.org"] != "it" {
		t.Error(got)
	}
}

func TestDaemonsThatRemindAtOnceRemindOnce(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org", "bob@example.org")
	var all errgroup.Group
	for range 6 {
		all.Go(func() error { _, err := o.queue(o.reminder); return err })
	}
	must(t, all.Wait())
	if n := o.sql(`select from letters where kind = 'reminder'`); n != 2 {
		t.Errorf("%d letters for two delegates", n)
	}
}

func TestADroppedReminderIsRecordedAndNeverSent(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	if n := o.drop(); n != 1 {
		t.Errorf("%d dropped", n)
	}
	if o.drop() != 0 || o.remind() != 0 {
		t.Error("it is dropped or sent after all")
	}
	if n := o.sql(`select from reminders where outcome = 'dropped' and reason = 'too late'`); n != 1 {
		t.Error("not recorded")
	}
}

func TestAReminderThatCannotBeRenderedIsTriedAgain(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	if _, err := o.queue(func(mce.Lang) (mce.Edition, error) { return mce.Edition{}, errors.New("no ink") }); err == nil {
		t.Error("no error")
	}
	if n := o.remind(); n != 1 {
		t.Errorf("%d letters", n)
	}
}

func TestEventsLongOverAreNotLookedAt(t *testing.T) {
	o := newOffice(t)
	if events := value(o.EventsAround(t.Context(), at("2025-02-01T00:00:00Z")))(t); len(events) != 0 {
		t.Error(events)
	}
}

// The event was moved forward after an outage: the date that was missed does not count any more.
func TestADroppedReminderGoesWhenItIsDueAgain(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	o.drop()
	rule, event := value(o.ReminderRules(t.Context()))(t)[0], value(o.EventsAround(t.Context(), now))(t)[0]
	due := now.AddDate(0, 0, 7)
	for _, want := range []int{1, 0} {
		if n := value(o.QueueReminder(t.Context(), rule, event, due, due.Add(time.Hour), due, o.reminder, domain))(t); n != want {
			t.Errorf("%d letters, want %d", n, want)
		}
	}
	later := due.AddDate(0, 0, 7)
	if n := value(o.QueueReminder(t.Context(), rule, event, later, later.Add(time.Hour), later, o.reminder, domain))(t); n != 0 {
		t.Errorf("%d letters although it went", n)
	}
}

func TestAReminderGoesToItsAudience(t *testing.T) {
	for audience, want := range map[mce.Audience]int{"": 2, mce.ForDelegates: 2, mce.ForSpeakers: 1, mce.ForWaiting: 1} {
		t.Run(string(audience), func(t *testing.T) {
			o := newOffice(t)
			o.register("anna@example.org", "waits@example.org", "speaks@example.org")
			o.settle(mce.Delivered, o.claim(10)...)
			o.sql(`update registrations set state = 'waiting' where email = 'waits@example.org'`)
			o.sql(`update registrations set role = 'speaker' where email = 'speaks@example.org'`)
			rule, event := value(o.ReminderRules(t.Context()))(t)[0], value(o.EventsAround(t.Context(), now))(t)[0]
			rule.For = audience
			due := now.Add(time.Hour)
			if n := value(o.QueueReminder(t.Context(), rule, event, due, due.Add(time.Hour), due, o.reminder, domain))(t); n != want {
				t.Errorf("%d letters, want %d", n, want)
			}
			_, letters, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 10, Now: due})
			must(t, err)
			if len(letters) != want {
				t.Errorf("%d letters, want %d", len(letters), want)
			}
			for _, l := range letters {
				if l.LeftOut != "" {
					t.Errorf("%s: %s", l.To, l.LeftOut)
				}
			}
		})
	}
}

// Who got a place after a reminder for the waiting list was queued is not told to wait.
func TestAReminderOfTheWaitingListIsLeftOutOnceAPlaceIsFound(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org")
	o.settle(mce.Delivered, o.claim(10)...)
	if n := o.remind(); n != 1 {
		t.Fatalf("%d letters", n)
	}
	o.sql(`update registrations set created_at = $1`, now.Add(2*time.Hour))
	_, letters, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 10, Now: now.Add(2 * time.Hour)})
	must(t, err)
	if len(letters) != 1 || letters[0].LeftOut == "" {
		t.Errorf("it leaves: %+v", letters)
	}
}

// TestWhoCancelsBetweenDueAndSentGetsNoReminder; who then comes back has a fresh confirmation, and not the reminder of before.
func TestWhoCancelsBetweenDueAndSentGetsNoReminder(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org", "bob@example.org")
	o.settle(mce.Delivered, o.claim(5)...)
	o.remind()
	later := now.Add(2 * time.Hour)
	for _, email := range []string{"anna@example.org", "bob@example.org"} {
		must(t, o.CancelRegistration(t.Context(), "prato", email, told, domain, later))
	}
	value(o.Register(t.Context(), mce.Order{People: delegates("bob@example.org")}, told, domain, later))(t)
	got := map[string][]string{}
	for range 3 { // of each person one letter at a time, in their order
		_, letters, err := o.ClaimExpress(t.Context(), mce.Claim{Letters: 5, Now: later})
		must(t, err)
		for _, l := range letters {
			got[l.To] = append(got[l.To], string(l.Kind)+": "+l.LeftOut)
			o.settle(mce.Delivered, l)
		}
	}
	want := map[string][]string{
		"anna@example.org": {"reminder: the registration was cancelled", "cancellation: "},
		"bob@example.org":  {"reminder: the registration was made anew since", "cancellation: ", "confirmation: "},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheRemindersOfAnAddress(t *testing.T) {
	o := newOffice(t)
	o.register("anna@example.org", "bob@example.org")
	o.drop()
	people, fates, err := o.RemindersOf(t.Context(), "Anna@example.org")
	must(t, err)
	if len(people) != 1 || len(fates) != 1 || fates[0].RegistrationID != people[0].ID || fates[0].Reason != "too late" || !fates[0].Due.Equal(now.Add(time.Hour)) {
		t.Error(people, fates)
	}
}

// TestARuleIsChangedByWhoSawItAsItStands: of two who opened the same rule, the second is told, and what has gone out keeps its rule.
func TestARuleIsChangedByWhoSawItAsItStands(t *testing.T) {
	o := newOffice(t)
	first := value(o.ReminderRules(t.Context()))(t)[0]
	seen := first.Mark()
	deed := mce.WithDeed(t.Context(), mce.Deed{By: mce.Actor{Name: "Anna"}, At: now})
	changed := first
	changed.Days--
	must(t, o.SaveReminderRule(deed, changed, seen))
	if code := mce.ErrorCode(o.SaveReminderRule(deed, first, seen)); code != mce.Conflict {
		t.Errorf("who saves second: %q", code)
	}
	got := value(o.ReminderRule(t.Context(), first.Slug))(t)
	if got.Days != changed.Days || got.ID != first.ID {
		t.Errorf("%+v, want %+v", got, changed)
	}

	other := changed
	other.Slug = "other"
	must(t, o.SaveReminderRule(deed, other, ""))
	if code := mce.ErrorCode(o.SaveReminderRule(deed, other, "")); code != mce.Conflict {
		t.Errorf("a new one of a name that is taken: %q", code)
	}
	o.register("anna@example.org")
	o.drop() // of the first by name
	for _, slug := range []string{first.Slug, "other"} {
		stands := value(o.ReminderRule(t.Context(), slug))(t)
		used := o.sql(`select from reminders where rule_id = $1`, stands.ID) > 0
		if code := mce.ErrorCode(o.RemoveReminderRule(deed, slug, "old")); code != mce.Conflict {
			t.Errorf("%s is removed by who saw another one: %q", slug, code)
		}
		err := o.RemoveReminderRule(deed, slug, stands.Mark())
		if used != (mce.ErrorCode(err) == mce.Conflict) || !used && err != nil {
			t.Errorf("%s: used %v, removed with %v", slug, used, err)
		}
	}
	if n := o.sql(`select from reminder_rules`); n != 1 {
		t.Errorf("%d rules are left, want the one that was left out for somebody", n)
	}
	if n := o.sql(`select from audit where object = 'reminder'`); n != 3 {
		t.Errorf("%d lines in the log", n)
	}
}

func TestDecidingAboutARuleAtOnceChangesItOnce(t *testing.T) {
	o := newOffice(t)
	rule := value(o.ReminderRules(t.Context()))(t)[0]
	seen := rule.Mark()
	var all errgroup.Group
	refused := make(chan error, 5)
	for i := range 5 {
		mine := rule
		mine.Useful += i + 1
		all.Go(func() error {
			err := o.SaveReminderRule(t.Context(), mine, seen)
			if mce.ErrorCode(err) == mce.Conflict {
				refused <- err
				return nil
			}
			return err
		})
	}
	must(t, all.Wait())
	if len(refused) != 4 {
		t.Errorf("%d of five were refused", len(refused))
	}
}
