package mailer

import (
	"context"
	"log/slog"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// settler commits the outcomes of all sessions together: while one commit is under way the next ones gather.
type settler struct {
	outbox Outbox
	clock  mce.Clock
	log    *slog.Logger
	in     chan outcome
}

type outcome struct {
	try    mce.Try
	window <-chan struct{} // a place is freed once it is committed
}

// most is how many outcomes one transaction takes.
const most = 500

func newSettler(o Outbox, c mce.Clock, log *slog.Logger) *settler {
	return &settler{outbox: o, clock: c, log: log, in: make(chan outcome, most)}
}

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
	for len(batch) < most {
		select {
		case o, open := <-s.in:
			if !open {
				return batch
			}
			batch = append(batch, o)
		default:
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
