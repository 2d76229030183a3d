package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/majorcities/mce-mailer/mce"
)

func TestTheReadershipGrowsAndShrinksByTheRecordOfConsent(t *testing.T) {
	store := officeOf(t)
	ctx := t.Context()
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	add := func(at time.Time, emails ...string) {
		t.Helper()
		var people []mce.Subscriber
		for _, e := range emails {
			people = append(people, mce.Subscriber{Email: e, Choices: mce.Choices{Language: "en"}})
		}
		if _, err := store.ImportSubscribers(ctx, people, "yes", "test", at, nil); err != nil {
			t.Fatal(err)
		}
	}
	leave := func(email, reason string, at time.Time) {
		t.Helper()
		p, err := store.SubscriberByEmail(ctx, email)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Leave(ctx, p.ID, "test", reason, at); err != nil {
			t.Fatal(err)
		}
	}
	add(now.AddDate(-1, 0, 0), "old@x.example")
	add(time.Date(2026, 1, 31, 23, 59, 0, 0, time.UTC), "a@x.example", "b@x.example")
	add(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), "c@x.example")
	leave("a@x.example", "too-many", now.AddDate(0, -1, 0))
	leave("b@x.example", "", now.AddDate(0, 0, -1))
	if _, err := store.AddSuppression(ctx, mce.Suppression{Email: "s@x.example", Reason: "x", Source: "test", At: now}); err != nil {
		t.Fatal(err)
	}
	month := func(m time.Month) time.Time { return time.Date(2026, m, 1, 0, 0, 0, 0, time.UTC) }
	want := []mce.GrowthMonth{
		{Month: month(1), Came: map[string]int{"imported": 2}, Left: map[string]int{}, Total: 3},
		{Month: month(2), Came: map[string]int{"imported": 1}, Left: map[string]int{"too-many": 1}, Total: 3},
		{Month: month(3), Came: map[string]int{}, Left: map[string]int{"": 1}, Suppressed: 1, Total: 2},
	}
	got, err := store.Growth(ctx, 3, now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFewReasonsAreNotToldByThemselves(t *testing.T) {
	_, got := mce.GrowthReasons([]mce.GrowthMonth{{Left: map[string]int{"too-many": 3, "new-work": 4, "": 1}}, {Left: map[string]int{"too-many": 2}}})
	if diff := cmp.Diff(map[string]int{"too-many": 5, "": 5}, got); diff != "" {
		t.Error(diff)
	}
}
