package mailer

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// portion is what a session has leased: a run of a newsletter, or a handful of single letters. One session at a time works through it;
// another one takes it over when a letter's answer keeps the first one waiting (watch.go).
type portion struct {
	lease   string
	window  chan struct{}       // a place for each letter whose outcome is not committed
	letters []mce.Letter        // read, and not yet in hand
	after   int64               // the last that was in hand
	run     *mce.Run            // nil: single letters
	aside   map[int64]time.Time // letters that must wait for their domains' limits, and until when
	seat    string              // lease of its seats at domains with limits
	waiting atomic.Int32        // sessions that were relieved of it, and wait for an answer about one of its letters
}

// claim leases a portion; nil: there is none. Claims are not cut short by the order to stop: one that the database had granted already
// would look like that of a dead session, and its first letters would be in doubt.
func (s *session) claim() (*portion, error) {
	if s.express {
		return s.claimSingle()
	}
	if p, err := s.claimRun(); p != nil || err != nil {
		return p, err
	}
	return s.claimSingle() // nothing else to do: a hand for the single letters and retries
}

func (s *session) claimRun() (*portion, error) {
	queried := time.Now()
	run, ok, err := s.m.Outbox.LeaseRun(s.hard, Window)
	if err != nil || !ok {
		return nil, err
	}
	s.m.leases.hold(run.Lease, queried)
	return &portion{lease: run.Lease, run: &run, window: make(chan struct{}, Window)}, nil
}

// claimSingle claims a handful: never more than may be in doubt together.
func (s *session) claimSingle() (*portion, error) {
	queried := time.Now()
	now := s.m.Clock.Now()
	lease, letters, err := s.m.Outbox.ClaimExpress(s.hard, mce.Claim{
		Letters: Window, Now: now, Single: s.closedFor(false) > 0, Avoid: s.m.domains.avoid(),
	})
	if err != nil || len(letters) == 0 {
		return nil, err
	}
	s.m.leases.hold(lease, queried)
	p := &portion{lease: lease, letters: letters, window: make(chan struct{}, Window)}
	if err := s.m.admit(s.hard, p); err != nil {
		return nil, errors.Join(err, s.m.end(s.hard, p))
	}
	return p, nil
}

// next takes the next letter in hand; ok is false when there is none left.
func (m *Mailer) next(ctx context.Context, p *portion) (l mce.Letter, ok bool, err error) {
	if len(p.letters) == 0 && p.run != nil {
		if p.letters, err = m.Outbox.RunLetters(ctx, *p.run, p.after, page); err == nil {
			err = m.admit(ctx, p)
		}
	}
	if err != nil || len(p.letters) == 0 {
		return l, false, err
	}
	l, p.letters = p.letters[0], p.letters[1:]
	p.after = l.ID
	return l, true, nil
}

// admit asks the limits of the domains of a portion's letters, and notes which letters must wait. It is one question for all of them; for
// domains without limits there is none.
func (m *Mailer) admit(ctx context.Context, p *portion) error {
	p.aside = nil
	if len(m.domains.limits) == 0 || len(p.letters) == 0 {
		return nil
	}
	byDomain := map[string][]int64{}
	for _, l := range p.letters {
		if domain := l.Domain(); l.LeftOut == "" {
			byDomain[domain] = append(byDomain[domain], l.ID)
		}
	}
	demands := m.demands(p, byDomain)
	if len(demands) == 0 {
		return nil
	}
	queried := time.Now()
	grants, err := m.Outbox.Admit(ctx, demands, m.Clock.Now())
	if err != nil {
		return err
	}
	if p.seat != "" {
		m.leases.hold(p.seat, queried)
	}
	p.aside = map[int64]time.Time{}
	for i, g := range grants {
		ids := byDomain[demands[i].Name]
		if !g.Seated {
			m.domains.fill(demands[i].Name)
		}
		for j, id := range ids[g.Letters:] {
			if g.Seated {
				p.aside[id] = g.Later[j]
			} else {
				p.aside[id] = m.Clock.Now().Add(asideTime())
			}
		}
	}
	return nil
}

// demands are those of the domains that have limits. Single letters stand before newsletters in a portion; what comes with them goes.
func (m *Mailer) demands(p *portion, byDomain map[string][]int64) []mce.Demand {
	var out []mce.Demand
	for domain, ids := range byDomain {
		limit, ok := m.domains.limit(domain)
		if !ok {
			continue
		}
		if limit.Sessions > 0 && p.seat == "" {
			p.seat = newLease()
		}
		out = append(out, mce.Demand{Name: domain, Limit: limit, Letters: len(ids), Lease: p.seat, Urgent: !p.letters[0].Kind.Bulk()})
	}
	return out
}

// putOff says whether a letter must wait for its domain, until when and why.
func (m *Mailer) putOff(l mce.Letter, p *portion) (due time.Time, why string) {
	if due, ok := p.aside[l.ID]; ok {
		return due, "its domain has had as many letters as it may"
	}
	if m.domains.held(l, p) {
		return m.Clock.Now().Add(asideTime()), "its domain does not answer at present"
	}
	return time.Time{}, ""
}

// ahead is the next letter that is going to leave, if one is known: what a server may be told already.
func (m *Mailer) ahead(p *portion) (l mce.Letter, ok bool) {
	i := slices.IndexFunc(p.letters, func(l mce.Letter) bool {
		_, why := m.putOff(l, p)
		return l.LeftOut == "" && why == ""
	})
	if i < 0 {
		return l, false
	}
	return p.letters[i], true
}

// stuck: each place of the window waits for an answer, so nothing of the portion can go on.
func (p *portion) stuck() bool { return p.waiting.Load() >= Window }

// finish gives back what is left of a portion once every outcome is kept. Where a session waits for an answer still, that may take
// minutes, and nobody else shall wait for it.
func (m *Mailer) finish(ctx context.Context, p *portion) error {
	if p.waiting.Load() == 0 {
		return m.end(ctx, p)
	}
	m.working.Go(func() {
		if err := m.end(ctx, p); err != nil {
			m.Log.Error("outbox", "err", err)
		}
	})
	return nil
}

func (m *Mailer) end(ctx context.Context, p *portion) error {
	for range Window {
		p.window <- struct{}{}
	}
	defer m.leases.drop(p.lease)
	m.leaveSeat(ctx, p.seat)
	if p.run == nil {
		return m.Outbox.ReleaseExpress(ctx, p.lease)
	}
	if err := m.Outbox.ReturnRun(ctx, *p.run); err != nil {
		return err
	}
	done, err := m.Outbox.FinishIssues(ctx, m.Clock.Now())
	for _, id := range done {
		m.Log.Info("issue sent", "issue", id)
	}
	return err
}
