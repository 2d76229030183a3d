package mce

import (
	"testing"
	"time"
)

// TestNoMinuteHasMoreThanItsLimit asks all the time for as much as there is, in portions of all sizes.
func TestNoMinuteHasMoreThanItsLimit(t *testing.T) {
	for _, limit := range []int{1, 7, 60, 600, 6000} {
		l, p := Limit{PerMinute: limit}, Pace{}
		start := time.Date(2026, 3, 28, 23, 58, 0, 0, time.UTC)
		var sent []time.Time
		for now, n := start, 1; now.Before(start.Add(5 * time.Minute)); now, n = now.Add(37*time.Millisecond), n%50+1 {
			granted, again := p.Take(l, n, false, now)
			if granted > n || granted < n != !again.IsZero() || granted < n && !again.After(now) {
				t.Fatalf("asked for %d, granted %d, again in %s", n, granted, again.Sub(now))
			}
			for range granted {
				sent = append(sent, now)
			}
		}
		for i := range sent {
			if j := i + limit; j < len(sent) && sent[j].Sub(sent[i]) < time.Minute {
				t.Fatalf("more than %d letters in the minute from %s", limit, sent[i])
			}
		}
		if least := 5*limit*9/10 - 1; len(sent) < least {
			t.Errorf("%d letters in five minutes at %d a minute", len(sent), limit)
		}
	}
}

func TestAgainIsWhenTheNextOneIsGranted(t *testing.T) {
	l, p, now := Limit{PerMinute: 20}, Pace{}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for range 50 {
		_, again := p.Take(l, 3, false, now)
		early := p
		if n, _ := early.Take(l, 1, false, again.Add(-time.Millisecond)); n != 0 {
			t.Fatal("granted before its time")
		}
		if n, _ := p.Take(l, 1, false, again); n != 1 {
			t.Fatal("not granted at its time")
		}
		now = again
	}
}

func TestUrgentLettersAreCountedAndGo(t *testing.T) {
	l, p, now := Limit{PerMinute: 60, Warmup: Warmup{From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), First: 10, Growth: 1}}, Pace{}, time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	if n, again := p.Take(l, 30, true, now); n != 30 || !again.IsZero() {
		t.Errorf("%d granted", n)
	}
	if n, again := p.Take(l, 1, false, now); n != 0 || !again.Equal(now.Add(l.step()*30-burst+1)) {
		t.Errorf("%d granted, again %s", n, again)
	}
}

func TestWarmup(t *testing.T) {
	from := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	l := Limit{Warmup: Warmup{From: from, First: 100, Growth: 1.5}}
	var p Pace
	for day, want := range []int{100, 150, 225, 337} {
		now := from.AddDate(0, 0, day).Add(23 * time.Hour)
		n, again := p.Take(l, 1000, false, now)
		if n != want || !again.Equal(from.AddDate(0, 0, day+1)) {
			t.Errorf("day %d: %d letters, again %s", day, n, again)
		}
	}
	if n, again := new(Pace).Take(l, 1000, false, from.Add(-time.Second)); n != 1000 || !again.IsZero() {
		t.Errorf("before it begins: %d", n)
	}
	if n, _ := new(Pace).Take(l, 1000, false, from.AddDate(50, 0, 0)); n != 1000 {
		t.Errorf("when it is long over: %d", n)
	}
}

// TestAtMidnightTheQuotaIsNotGivenTwice: of two daemons one has a clock that is a little behind.
func TestAtMidnightTheQuotaIsNotGivenTwice(t *testing.T) {
	midnight := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	l, p := Limit{Warmup: Warmup{From: midnight.AddDate(0, 0, -1), First: 100, Growth: 1}}, Pace{}
	granted := 0
	for range 5 {
		behind, again := p.Take(l, 60, false, midnight.Add(-time.Second))
		if behind < 60 && !again.Equal(midnight) {
			t.Errorf("the daemon whose clock is behind is to ask again at %s", again)
		}
		ahead, _ := p.Take(l, 60, false, midnight.Add(time.Second))
		granted += behind + ahead
	}
	if granted != 60+100 {
		t.Errorf("%d letters in two days: 60 before midnight, 100 after", granted)
	}
	if n, _ := p.Take(l, 60, false, midnight.AddDate(-1, 0, 0)); n != 60 {
		t.Error("a clock that was wrong by a year is not forgotten")
	}
}

func TestLettersSetAsideAreSpread(t *testing.T) {
	l, p, now := Limit{PerMinute: 60}, Pace{}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p.Take(l, 10, false, now)
	last := now
	for i := range 100 {
		at := p.Later(l, now)
		if i > 0 && at.Sub(last) != l.step() || !at.After(now) {
			t.Fatalf("the %dth in %s", i, at.Sub(now))
		}
		last = at
	}
}
