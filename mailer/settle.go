package mailer

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// settler commits the outcomes of all sessions together. A commit costs the database much the same for one outcome as for fifty, so it
// waits for company: until half of what may be under way has come, or for a few milliseconds.
type settler struct {
	outbox Outbox
	clock  mce.Clock
	log    *slog.Logger
	places int           // for outcomes that are not committed, of all sessions
	taken  *atomic.Int32 // of these, by letters that wait for an answer
	in     chan outcome
}

type outcome struct {
	try    mce.Try
	window <-chan struct{} // a place is freed once it is committed
}

const (
	// most is how many outcomes one transaction takes.
	most = 500
	// patience is how long an outcome waits for company.
	patience = 8 * time.Millisecond
)

func newSettler(o Outbox, c mce.Clock, log *slog.Logger, sessions int, waiting *atomic.Int32) *settler {
	return &settler{outbox: o, clock: c, log: log, places: sessions * Window, taken: waiting, in: make(chan outcome, most)}
}

// enough is how many outcomes are worth a commit at once: half of those that may come before one.
func (s *settler) enough() int { return min(most, max(1, (s.places-int(s.taken.Load()))/2)) }

func (s *settler) put(t mce.Try, window <-chan struct{}) { s.in <- outcome{t, window} }

// close lets run end when everything is settled. Nothing may be put after it.
func (s *settler) close() { close(s.in) }

func (s *settler) run(ctx context.Context) {
	for first := range s.in {
		batch := s.gather(first)
		tries := make([]mce.Try, len(batch))
		for i, o := range batch {
			tries[i] = o.try
		}
		s.commit(ctx, tries)
		for _, o := range batch {
			<-o.window
		}
	}
}

func (s *settler) gather(first outcome) []outcome {
	batch := []outcome{first}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for len(batch) < most {
		var wait <-chan time.Time
		if len(batch) < s.enough() {
			wait = timer.C
		} else if len(s.in) == 0 {
			break
		}
		select {
		case o, open := <-s.in:
			if !open {
				return batch
			}
			batch = append(batch, o)
		case <-wait:
			return batch
		}
	}
	return batch
}

// commit tries until it succeeds: an outcome is a fact that must not be lost. Only a hard stop ends it; the letters are then in doubt.
func (s *settler) commit(ctx context.Context, tries []mce.Try) {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := s.outbox.Settle(ctx, tries, s.clock.Now())
		if err == nil {
			return
		}
		s.log.Error("outcomes cannot be kept yet; trying again", "letters", len(tries), "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}
