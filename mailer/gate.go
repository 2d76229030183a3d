package mailer

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// gate holds every session back while the relay is down or refuses us. No letter's attempts are spent meanwhile.
type gate struct {
	log *slog.Logger

	mu    sync.Mutex
	err   error // why it is closed; nil when open
	until time.Time
	pause time.Duration
}

func newGate(log *slog.Logger) *gate { return &gate{log: log} }

// close holds sessions back for 1 s, then for twice as long each time, up to a minute. Sessions that fail together count once.
func (g *gate) close(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil && time.Now().Before(g.until) {
		return
	}
	g.pause = min(max(2*g.pause, time.Second), time.Minute)
	g.err, g.until = err, time.Now().Add(g.pause)
	g.log.Warn("the mail relay does not take letters; delivery pauses", "for", g.pause, "err", err)
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		g.log.Info("the mail relay takes letters again")
	}
	g.err, g.pause = nil, 0
}

func (g *gate) fault() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// wait returns when a session may try; false: ctx ended.
func (g *gate) wait(ctx context.Context) bool {
	g.mu.Lock()
	pause := time.Until(g.until)
	if g.err == nil {
		pause = 0
	}
	g.mu.Unlock()
	if pause <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
