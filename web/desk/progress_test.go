package desk_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/web/desk"
)

// TestOneLooksForAllWhoWatch: however many they are; and nobody looks when they have gone.
func TestOneLooksForAllWhoWatch(t *testing.T) {
	const viewers = 50
	var looks atomic.Int64
	var last atomic.Value
	step := make(chan struct{})
	follow := desk.Follow(time.Millisecond, func(ctx context.Context, issue int64) (mce.Progress, error) {
		last.Store(ctx)
		select {
		case <-step:
		case <-ctx.Done():
			return mce.Progress{}, ctx.Err()
		}
		n := int(looks.Add(1))
		return mce.Progress{State: mce.Sending, Letters: map[mce.Outcome]int{mce.Delivered: n, mce.Waiting: 100 - n}}, nil
	})
	var told []<-chan mce.Progress
	var leave []func()
	for range viewers {
		c, gone := follow(1)
		told, leave = append(told, c), append(leave, gone)
	}
	for n := 1; n <= 3; n++ {
		step <- struct{}{}
		for i, c := range told {
			if p := <-c; p.Done() != n || p.Total() != 100 {
				t.Errorf("viewer %d is told %+v at look %d", i, p, n)
			}
		}
	}
	late, gone := follow(1)
	if p := <-late; p.Done() != 3 {
		t.Errorf("who comes later is told %+v", p)
	}
	if got := looks.Load(); got != 3 {
		t.Errorf("%d looks for %d viewers", got, viewers)
	}
	for _, gone := range append(leave, gone) {
		gone()
	}
	select {
	case <-last.Load().(context.Context).Done():
	case <-time.After(10 * time.Second):
		t.Error("somebody still looks when all have gone")
	}
}
