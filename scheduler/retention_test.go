package scheduler_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// journal is a log without times; seen is called after each line.
func journal(seen func(line string)) *slog.Logger {
	return slog.New(slog.NewTextHandler(lines(seen), &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

type lines func(string)

func (l lines) Write(b []byte) (int, error) {
	l(string(bytes.TrimSpace(b)))
	return len(b), nil
}

// twoMonths has a letter of September that was sent and one of October that was not.
func twoMonths(t *testing.T) *house {
	t.Helper()
	h := withDelegates(t)
	_, err := h.db.ExecContext(t.Context(), `update letters set outcome = 'delivered'`)
	h.must(err)
	_, err = h.db.ExecContext(t.Context(), `delete from express`)
	h.must(err)
	h.tick(aWeekBefore)
	return h
}

func TestTheNightRemovesOldLetters(t *testing.T) {
	h := twoMonths(t)
	h.clock.set(at("2023-12-31T00:00:00Z"))
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	var said string
	d := h.daemons[0]
	d.Nightly, d.Log = "@every 1s", journal(func(line string) {
		said = line
		stop()
	})
	h.must(d.Run(ctx, "@yearly"))
	if want := `level=INFO msg=retention partitions=1 letters=2 editions=2 unconfirmed=0 lapsed=0 unsubscribed=0 delegates=0 invitations=0 moves=0 wishes=0`; said != want {
		t.Errorf("the log says %q, want %q", said, want)
	}
	h.reminders(2, "of October")
}

func TestTheLogSaysWhyOldLettersAreKept(t *testing.T) {
	h := twoMonths(t)
	h.clock.set(at("2024-06-01T00:00:00Z"))
	var said []string
	h.daemons[0].Log = journal(func(line string) { said = append(said, line) })
	h.must(h.daemons[0].Retain(t.Context()))
	if len(said) != 2 || !strings.HasPrefix(said[1], `level=WARN msg="old letters are kept" month=2023-10 reason="`) {
		t.Errorf("%q", said)
	}
}

func TestAFaultOfTheNightIsLogged(t *testing.T) {
	h := newHouse(t, thursday, nil)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	var said string
	d := h.daemons[0]
	d.Nightly, d.Keep, d.Log = "@every 1s", mce.Keep{}, journal(func(line string) {
		if strings.Contains(line, "retention") {
			said = line
			stop()
		}
	})
	h.must(d.Run(ctx, "@yearly"))
	if !strings.Contains(said, "level=ERROR msg=retention") || !strings.Contains(said, "from 2 to 1200") {
		t.Errorf("the log says %q", said)
	}
}

func TestANightThatIsNoneIsRefused(t *testing.T) {
	d := newHouse(t, thursday, nil).daemons[0]
	d.Nightly = "at night"
	if err := d.Run(t.Context(), "@yearly"); mce.ErrorCode(err) != mce.Invalid || !strings.Contains(fmt.Sprint(err), "at night") {
		t.Errorf("error %v", err)
	}
}
