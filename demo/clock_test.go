package demo

import (
	"path/filepath"
	"testing"
	"time"
)

func TestTheClockStandsRunsAndJumpsForward(t *testing.T) {
	now := time.Now()
	start := time.Date(2023, 10, 18, 6, 0, 0, 0, time.UTC)
	c := NewClock(start)
	c.real = func() time.Time { return now }
	c.since = now
	pass := func(d time.Duration) { now = now.Add(d) }
	expect := func(what string, want time.Time) {
		t.Helper()
		if got := c.Now(); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	pass(time.Minute)
	expect("at first it stands still", start)
	c.Resume()
	pass(2 * time.Second)
	expect("an hour a second", start.Add(2*time.Hour))
	c.SetSpeed(time.Minute)
	pass(time.Second)
	expect("a minute a second", start.Add(2*time.Hour+time.Minute))
	c.Pause()
	pass(time.Hour)
	expect("paused", start.Add(2*time.Hour+time.Minute))
	c.Jump(start)
	expect("never back", start.Add(2*time.Hour+time.Minute))
	c.Jump(start.Add(24 * time.Hour))
	expect("forward", start.Add(24*time.Hour))
}

func TestAMemoryIsKeptAndItsAbsenceIsNoFault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "story.json")
	if _, ok, err := recall(path); ok || err != nil {
		t.Errorf("nothing is remembered yet: %t, %v", ok, err)
	}
	want := memory{Now: Start(), Done: map[string]bool{"registered": true}}
	if err := remember(path, want); err != nil {
		t.Fatal(err)
	}
	got, ok, err := recall(path)
	if err != nil || !ok || !got.Now.Equal(want.Now) || !got.Done["registered"] {
		t.Errorf("%+v, %t, %v", got, ok, err)
	}
}

func TestTheStoryIsInOrderAndEveryStepHasItsOwnName(t *testing.T) {
	seen := map[string]bool{}
	last := Start()
	for _, s := range Story() {
		if seen[s.Slug] {
			t.Errorf("step %s stands twice", s.Slug)
		}
		seen[s.Slug] = true
		if s.When.Before(last) {
			t.Errorf("step %s comes too late in the list", s.Slug)
		}
		last = s.When
	}
	if !last.Before(End()) {
		t.Error("the story ends before its last step")
	}
}

func TestDifferenceNamesWhoGotTooFewOrTooMany(t *testing.T) {
	if err := difference([]string{"a@x", "B@x"}, []string{"b@x", "a@x"}); err != nil {
		t.Errorf("the same people: %v", err)
	}
	for _, got := range [][]string{{"a@x"}, {"a@x", "b@x", "b@x"}, {"a@x", "b@x", "c@x"}, nil} {
		if difference([]string{"a@x", "b@x"}, got) == nil {
			t.Errorf("%v was taken for a and b", got)
		}
	}
}
