package mailer

import (
	"log/slog"
	"sync"
	"time"
)

// gate keeps sessions from a relay that is down or refuses us. No letter's attempts are spent meanwhile.
type gate struct {
	log *slog.Logger

	mu      sync.Mutex
	err     error // why it is closed; nil when open
	until   time.Time
	pause   time.Duration
	probing bool // one session tries whether it is well again
}

// probeTime is how long the session that probes may take before another one does.
const probeTime = dialTime + 5*time.Second

func newGate(log *slog.Logger) *gate { return &gate{log: log} }

// enter reports whether a session may try the relay. When a pause is over one may, and the others wait for what comes of it.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil {
		return true
	}
	if time.Now().Before(g.until) {
		return false
	}
	g.probing, g.until = true, time.Now().Add(probeTime)
	return true
}

// close holds sessions back for 1 s, then for twice as long each time, up to a minute. Sessions that fail together count once.
func (g *gate) close(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil && !g.probing && time.Now().Before(g.until) {
		return
	}
	g.pause = min(max(2*g.pause, time.Second), time.Minute)
	g.err, g.until, g.probing = err, time.Now().Add(g.pause), false
	g.log.Warn("the mail relay does not take letters", "pause", g.pause, "err", err)
}

// open lets all sessions through; opened reports that it was closed.
func (g *gate) open() (opened bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil {
		return false
	}
	g.err, g.pause, g.probing = nil, 0, false
	g.log.Info("the mail relay takes letters again")
	return true
}

func (g *gate) fault() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// closedFor is how long a session has to wait before it may try; 0: not at all.
func (g *gate) closedFor() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil {
		return 0
	}
	return max(0, time.Until(g.until))
}
