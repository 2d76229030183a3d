package postgres_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
)

// TestARehearsalWritesNoRealTable: not by mistake either, for PostgreSQL refuses it.
func TestARehearsalWritesNoRealTable(t *testing.T) {
	o := newOffice(t)
	err := o.Rehearse(t.Context(), now, func(stage *postgres.Store) error {
		_, err := stage.AddSuppression(t.Context(), mce.Suppression{Email: "anna@example.org"})
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "read-only transaction") {
		t.Errorf("a write to a real table gives: %v", err)
	}
}

// TestAPartOfARehearsalFailsAlone: what it wrote is taken back, and the rest goes on.
func TestAPartOfARehearsalFailsAlone(t *testing.T) {
	o := newOffice(t)
	must(t, o.Rehearse(t.Context(), now, func(stage *postgres.Store) error {
		series, err := stage.AllSeries(t.Context())
		must(t, err)
		slot := mce.Slot{Wall: "2024-03-07 09:00", Due: now}
		issue, made, err := stage.Assemble(t.Context(), series[0], slot, true, now)
		if err != nil || !made {
			t.Fatalf("the issue is not made: %v", err)
		}
		if _, err := stage.Schedule(t.Context(), issue.ID, now, "look"); mce.ErrorCode(err) != mce.Conflict {
			t.Errorf("an issue that nobody approved is scheduled: %v", err)
		}
		if _, err := stage.Approve(t.Context(), issue.ID, "editor", "look", now); err != nil {
			t.Errorf("after a fault nothing goes on: %v", err)
		}
		return nil
	}))
	if all, err := o.Issues(t.Context(), ""); err != nil || len(all) > 0 {
		t.Errorf("%d issues stay: %v", len(all), err)
	}
	faulty := errors.New("faulty")
	if err := o.Rehearse(t.Context(), now, func(*postgres.Store) error { return faulty }); !errors.Is(err, faulty) {
		t.Errorf("a fault is told as %v", err)
	}
}

// TestInThePastARehearsalTakesThingsAsTheyAreNow: series are watched from its beginning, and new issues get ids behind those that there are.
func TestInThePastARehearsalTakesThingsAsTheyAreNow(t *testing.T) {
	o := newOffice(t)
	o.readers("anna@example.org en news")
	series, err := o.AllSeries(t.Context())
	must(t, err)
	kept, _, err := o.Assemble(t.Context(), series[0], mce.Slot{Wall: "2024-03-07 09:00", Due: now}, true, now)
	must(t, err)
	before := now.AddDate(-1, 0, 0)
	must(t, o.Rehearse(t.Context(), before, func(stage *postgres.Store) error {
		since, err := stage.WatchedSince(t.Context(), series[0].ID)
		must(t, err)
		if !since.Equal(now) {
			t.Errorf("watched since %s: what has its issue gets no other", since)
		}
		made, _, err := stage.Assemble(t.Context(), series[0], mce.Slot{Wall: "2024-02-01 09:00", Due: now.Add(-time.Hour)}, true, now)
		must(t, err)
		if made.ID <= kept.ID {
			t.Errorf("issue %d is made after issue %d", made.ID, kept.ID)
		}
		return nil
	}))
	o.sql(`delete from item_ledger`)
	o.sql(`delete from issues`)
	must(t, o.Rehearse(t.Context(), before, func(stage *postgres.Store) error {
		since, err := stage.WatchedSince(t.Context(), series[0].ID)
		must(t, err)
		if !since.Equal(before) {
			t.Errorf("watched since %s, want %s", since, before)
		}
		return nil
	}))
}
