package mailer_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mailer"
	"github.com/majorcities/mce-mailer/mce"
)

// grants are what limits have granted, to all daemons that share them.
type grants struct {
	mu  sync.Mutex
	all map[string][]grant
}

type grant struct {
	at      time.Time
	letters int
	urgent  bool
}

func (w *watched) Admit(ctx context.Context, demands []mce.Demand, now time.Time) ([]mce.Grant, error) {
	out, err := w.Store.Admit(ctx, demands, now)
	if err == nil && !out[0].Seated {
		select {
		case w.refused <- struct{}{}:
		default:
		}
	}
	if w.granted != nil && err == nil {
		w.granted.mu.Lock()
		defer w.granted.mu.Unlock()
		for i, d := range demands {
			w.granted.all[d.Name] = append(w.granted.all[d.Name], grant{now, out[i].Letters, d.Urgent})
		}
	}
	return out, err
}

// most is the largest number of letters that were granted within a minute; urgent ones, which are not refused, do not count.
func (g *grants) most(name string) (most int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, from := range g.all[name] {
		sum := 0
		for _, other := range g.all[name] {
			if !other.urgent && !other.at.Before(from.at) && other.at.Sub(from.at) < time.Minute {
				sum += other.letters
			}
		}
		most = max(most, sum)
	}
	return most
}

// sum is how many letters were granted.
func (g *grants) sum(name string) (sum int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, one := range g.all[name] {
		sum += one.letters
	}
	return sum
}

// daemons starts some whose grants are noted together.
func (s *scene) daemons(n, sessions int) (all []*daemon, g *grants) {
	s.t.Helper()
	g = &grants{all: map[string][]grant{}}
	for range n {
		w := s.watch()
		w.granted = g
		all = append(all, s.daemon(sessions, w))
	}
	return all, g
}

// relayName is how the limits of a relay are called.
func (f *relay) relayName() string { return "relay " + f.Addr().String() }

// withLimits gives the scene's daemons a relay with more behind the question mark, and limits of domains.
func (s *scene) withLimits(more, domains string) {
	s.t.Helper()
	t := s.t.(*testing.T)
	limits, err := mailer.ParseLimits(domains)
	s.check(err)
	relay := s.relay.with(t, more)
	s.options = func(o *mailer.Options) { o.Relays, o.Domains = []mailer.Relay{relay}, limits }
}
