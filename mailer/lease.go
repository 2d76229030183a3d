package mailer

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// renewEvery leaves two more chances before a lease runs out.
const renewEvery = mce.LeaseTime / 3

// margin is how much sooner than the database we hold a lease to be over: no letter is begun in it.
const margin = mce.LeaseTime / 6

// leases keeps what the sessions hold alive. A lease is good until LeaseTime after the moment before it was asked for, on this machine's
// monotonic clock: however slow the database's answer was, it does not end sooner there than here.
type leases struct {
	outbox Outbox
	log    *slog.Logger
	done   chan struct{}

	mu   sync.Mutex
	held map[string]time.Time // lease → until when it is good
}

func newLeases(o Outbox, log *slog.Logger) *leases {
	return &leases{outbox: o, log: log, done: make(chan struct{}), held: map[string]time.Time{}}
}

func (k *leases) hold(lease string, queried time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held[lease] = queried.Add(mce.LeaseTime - margin)
}

func (k *leases) drop(lease string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.held, lease)
}

// good reports whether a letter may be begun under the lease.
func (k *leases) good(lease string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, until := time.Now(), k.held[lease]
	return now.Before(until) && now.Round(0).Before(until.Round(0)) // by the wall clock too: the other one stands while a machine sleeps
}

func (k *leases) close() { close(k.done) }

func (k *leases) run(ctx context.Context) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-k.done:
			return
		case <-tick.C:
			k.renew(ctx)
		}
	}
}

func (k *leases) renew(ctx context.Context) {
	k.mu.Lock()
	var all []string
	for l := range k.held {
		all = append(all, l)
	}
	k.mu.Unlock()
	if len(all) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, renewEvery)
	defer cancel()
	queried := time.Now()
	still, err := k.outbox.Renew(ctx, all)
	if err != nil {
		k.log.Error("leases cannot be renewed", "leases", len(all), "err", err)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, l := range all {
		if _, holding := k.held[l]; !holding {
			continue
		}
		if slices.Contains(still, l) {
			k.held[l] = queried.Add(mce.LeaseTime - margin)
		} else {
			k.held[l] = time.Time{} // somebody else has it now
		}
	}
}
