package mailer

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// RunLetters gives the letters up to the tenth, three at once.
func (*fakeOutbox) RunLetters(_ context.Context, _ mce.Run, after int64, _ int) (out []mce.Letter, _ error) {
	for id := after + 1; id <= min(after+3, 10); id++ {
		out = append(out, mce.Letter{ID: id})
	}
	return out, nil
}

// TestWhatWasReadLongAgoIsReadAnew: from the letter on that is next, and single letters are given back.
func TestWhatWasReadLongAgoIsReadAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(Options{Outbox: &fakeOutbox{}, Relays: []Relay{{Host: "relay.example", Port: 25}}, Clock: mce.SystemClock{}, Log: silent, Sessions: 1})
		run, single := &portion{run: &mce.Run{}}, &portion{letters: []mce.Letter{{ID: 1}}, read: time.Now()}
		for want := range int64(10) {
			l, ok, err := m.next(t.Context(), run)
			if l.ID != want+1 || !ok || err != nil {
				t.Fatalf("letter %d, %t, %v, want %d", l.ID, ok, err, want+1)
			}
			if age := time.Since(run.read); age > fresh {
				t.Errorf("letter %d was read %s ago", l.ID, age)
			}
			time.Sleep(fresh/2 + time.Second)
		}
		if _, ok, err := m.next(t.Context(), single); ok || err != nil {
			t.Errorf("a single letter was read long ago and goes: %v", err)
		}
	})
}

// TestWhoLeftIsKnownWhileWhatWasReadBeforeIsInHand: and no longer than that.
func TestWhoLeftIsKnownWhileWhatWasReadBeforeIsInHand(t *testing.T) {
	began := time.Now()
	v := leavers{left: map[int64]time.Time{}}
	want := func(when string, l mce.Letter, read time.Time, left bool) {
		t.Helper()
		if v.have(l, read) != left {
			t.Errorf("%s: %t", when, !left)
		}
	}
	news := mce.Letter{Kind: mce.Newsletter, PersonID: 7}
	want("nobody left", news, began, false)
	v.add(7, began.Add(time.Minute))
	want("read before", news, began, true)
	want("read at the same moment", news, began.Add(time.Minute), true)
	want("read after", news, began.Add(time.Minute+1), false)
	want("somebody else", mce.Letter{Kind: mce.Newsletter, PersonID: 8}, began, false)
	want("a request to confirm", mce.Letter{Kind: mce.OptIn, PersonID: 7}, began, true)
	want("an invitation", mce.Letter{Kind: mce.Invitation, PersonID: 7, CauseID: 3}, began, true)
	want("a delegate of that number", mce.Letter{Kind: mce.Confirmation, PersonID: 7}, began, false)
	want("a delegate of that number, reminded", mce.Letter{Kind: mce.Reminder, PersonID: 7}, began, false)
	v.forget(began.Add(time.Minute))
	want("remembered", news, began, true)
	v.forget(began.Add(time.Minute + 1))
	want("forgotten", news, began, false)
	if v.some.Load() != 0 {
		t.Error("each letter is looked up, and nobody has left")
	}
}
