package mailer

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestTheGate: pauses double from a second to a minute, sessions that fail together count once, one tries whether the relay is well again,
// and a letter taken ends it.
func TestTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, one, other := newGate(silent), &session{}, &session{}
		if g.enter(one, false) != goIn || g.fault() != nil || g.closedFor() != 0 {
			t.Error("closed from the beginning")
		}
		down := errors.New("down")
		for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			g.close(down, one)
			g.close(errors.New("another session's"), other)
			if g.closedFor() != want*time.Second || g.enter(one, false) != stayOut {
				t.Errorf("a pause of %s, want %d s", g.closedFor(), want)
			}
			time.Sleep(g.closedFor())
			if g.enter(one, false) != probe || g.enter(other, false) != stayOut || g.enter(one, false) != probe {
				t.Error("not one session, but none or two try whether the relay is well again")
			}
			if !errors.Is(g.fault(), down) {
				t.Errorf("fault: %v", g.fault())
			}
		}
		time.Sleep(probeTime)
		if g.enter(other, false) != probe {
			t.Error("the session that tried has said nothing, and no other may")
		}
		if !g.open() || g.open() || g.fault() != nil || g.enter(one, false) != goIn || g.enter(other, true) != goIn {
			t.Errorf("fault: %v", g.fault())
		}
		if g.close(down, one); g.closedFor() != time.Second {
			t.Errorf("a pause of %s after all was well", g.closedFor())
		}
	})
}

// TestAProbeThatFindsNothingOutIsNotWaitedFor: its lease was lost, or it had no seat.
func TestAProbeThatFindsNothingOutIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, one, other := newGate(silent), &session{}, &session{}
		g.close(errors.New("down"), one)
		time.Sleep(time.Second)
		g.enter(one, false)
		g.leave(other)
		if g.enter(other, false) != stayOut {
			t.Error("who does not probe ends the probe")
		}
		g.leave(one)
		if g.closedFor() != 0 || g.enter(other, false) != probe {
			t.Error("the next one may not try")
		}
	})
}

// TestWithAChoiceOfRelaysOneIsKnockedAtFirst.
func TestWithAChoiceOfRelaysOneIsKnockedAtFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, one, other := newGate(silent), &session{}, &session{}
		g.close(errors.New("down"), one)
		for _, want := range []time.Duration{2, 4} {
			time.Sleep(g.closedFor())
			if g.enter(one, true) != knock || g.enter(other, true) != stayOut {
				t.Error("not one session knocks")
			}
			g.knocked(errors.New("still down"))
			if g.closedFor() != want*time.Second {
				t.Errorf("a pause of %s", g.closedFor())
			}
		}
		time.Sleep(g.closedFor())
		g.enter(one, true)
		g.knocked(nil)
		if g.fault() == nil || g.enter(one, true) != probe || g.enter(other, true) != stayOut {
			t.Error("the relay has answered, and not one letter may try it")
		}
		if g.close(errors.New("refuses"), one); g.closedFor() != 8*time.Second {
			t.Errorf("a pause of %s", g.closedFor())
		}
		time.Sleep(g.closedFor())
		if g.enter(one, true) != knock {
			t.Error("an answer before the last fault counts")
		}
		if g.open(); g.enter(one, true) != goIn {
			t.Error("a letter that was taken does not open it")
		}
		if g.knocked(errors.New("late")); g.fault() != nil {
			t.Error("a late knock closes it")
		}
	})
}
