package scheduler_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

func TestAFaultInOnePartLeavesTheOthersTheirWork(t *testing.T) {
	h := withDelegates(t)
	h.lib.Series[0].Paused = false
	bad := h.lib.Series[0]
	bad.Slug = "a-broken-one"
	h.lib.Series = append(h.lib.Series, bad)
	h.lib.Reminders = append(h.lib.Reminders, h.lib.Reminders[0])
	h.lib.Reminders[1].Slug = "a-broken-rule"
	h.save()
	_, err := h.db.ExecContext(t.Context(), `update series set cron = 'x' where slug = 'a-broken-one'`)
	h.must(err)
	_, err = h.db.ExecContext(t.Context(), `update reminder_rules set at = 'noon' where slug = 'a-broken-rule'`)
	h.must(err)
	h.clock.set(thursday)
	err = h.daemons[0].Tick(t.Context())
	if err == nil || !strings.Contains(err.Error(), "a-broken-one") || !strings.Contains(err.Error(), "a-broken-rule") {
		t.Errorf("error %v", err)
	}
	if n := len(h.issues()); n != 1 {
		t.Errorf("%d issues of the sound series", n)
	}
	h.reminders(2, "by the sound rule")
}

func TestRunTicksUntilItIsStopped(t *testing.T) {
	h := newHouse(t, thursday.Add(-time.Hour), nil)
	h.clock.set(thursday)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	h.daemons[0].Clock = firstLook{h.clock, stop}
	h.must(h.daemons[0].Run(ctx, "@every 1s"))
}

// firstLook calls then when the clock is first looked at.
type firstLook struct {
	mce.Clock
	then func()
}

func (c firstLook) Now() time.Time {
	defer c.then()
	return c.Clock.Now()
}

func TestATickThatIsNoneIsRefused(t *testing.T) {
	h := newHouse(t, thursday, nil)
	if err := h.daemons[0].Run(t.Context(), "often"); mce.ErrorCode(err) != mce.Invalid || !strings.Contains(err.Error(), "@every 30s") {
		t.Errorf("error %v", err)
	}
}
