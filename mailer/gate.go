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
	prober  *session // tries with its letter whether the relay is well again
	greeted bool     // the relay has answered a knock since
}

// probeTime is how long the session that probes may take before another one does.
const probeTime = dialTime + 5*time.Second

func newGate(log *slog.Logger) *gate { return &gate{log: log} }

// entry is what a session may do at a gate.
type entry int

const (
	stayOut entry = iota
	goIn
	probe // go in, and say with close, open or leave what came of it
	knock // see whether the relay answers, and say so with knocked
)

// enter says whether a session may try the relay with a letter. When a pause is over one may, and the others wait for what comes of it.
// Where there is a choice of relays, no letter waits for one that may not even answer: it is knocked at first.
func (g *gate) enter(who *session, choice bool) entry {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.err == nil:
		return goIn
	case g.prober == who:
		return probe
	case time.Now().Before(g.until):
		return stayOut
	}
	g.until, g.prober = time.Now().Add(probeTime), nil
	if choice && !g.greeted {
		return knock
	}
	g.prober = who
	return probe
}

// leave is for a session that has entered and found nothing out: the next one may try.
func (g *gate) leave(who *session) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.prober == who {
		g.prober, g.until = nil, time.Now()
	}
}

// close holds sessions back for 1 s, then for twice as long each time, up to a minute. Sessions that fail together count once.
func (g *gate) close(err error, who *session) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil || g.prober == who || !time.Now().Before(g.until) {
		g.shut(err)
	}
}

func (g *gate) shut(err error) {
	g.pause = min(max(2*g.pause, time.Second), time.Minute)
	g.err, g.until, g.prober, g.greeted = err, time.Now().Add(g.pause), nil, false
	g.log.Warn("the mail relay does not take letters", "pause", g.pause, "err", err)
}

// knocked: the relay did not answer, or it did and a letter may try it.
func (g *gate) knocked(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.err == nil:
	case err != nil:
		g.shut(err)
	default:
		g.greeted, g.until = true, time.Now() // or nothing was found out
	}
}

// open lets all sessions through; opened reports that it was closed.
func (g *gate) open() (opened bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil {
		return false
	}
	g.err, g.pause, g.prober = nil, 0, nil
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
