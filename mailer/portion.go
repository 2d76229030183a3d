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
	window  chan struct{} // a place for each letter whose outcome is not committed
	letters []mce.Letter  // read, and not yet in hand
	after   int64         // the last that was read
	read    time.Time     // when they were read, or sooner
	run     *mce.Run      // nil: single letters
	seat    string        // lease of its seats at domains with limits
	news    int64         // of the domains, that its letters were last held against
	waiting atomic.Int32  // sessions that were relieved of it, and wait for an answer about one of its letters
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
	p := &portion{lease: lease, letters: letters, read: queried, window: make(chan struct{}, Window)}
	if err := s.m.admit(s.hard, p); err != nil {
		return nil, errors.Join(err, s.m.end(s.hard, p))
	}
	return p, nil
}

// next takes the next letter in hand; ok is false when there is none left.
func (m *Mailer) next(ctx context.Context, p *portion) (l mce.Letter, ok bool, err error) {
	if len(p.letters) > 0 && time.Since(p.read) > fresh {
		p.after, p.letters = p.letters[0].ID-1, nil // single letters are given back
	}
	for len(p.letters) == 0 && p.run != nil {
		p.read = time.Now()
		if p.letters, err = m.Outbox.RunLetters(ctx, *p.run, p.after, m.domains.page()); err != nil || len(p.letters) == 0 {
			return l, false, err
		}
		p.after = p.letters[len(p.letters)-1].ID
		if err := m.admit(ctx, p); err != nil {
			return l, false, err
		}
	}
	switch err := m.sift(ctx, p); {
	case err != nil || len(p.letters) == 0 && p.run == nil:
		return l, false, err
	case len(p.letters) == 0: // all of the page was set aside
		return m.next(ctx, p)
	}
	l, p.letters = p.letters[0], p.letters[1:]
	return l, true, nil
}

// ahead is the next letter that is going to leave, if one is known: what a server may be told already.
func (s *session) ahead(p *portion) (l mce.Letter, ok bool) {
	i := slices.IndexFunc(p.letters, func(l mce.Letter) bool {
		s.nextReader.Store(readerOf(l)) // before the look at who has left
		return l.LeftOut == "" && !s.m.domains.held(l, p) && !s.m.leavers.have(l, p.read)
	})
	if i < 0 {
		s.nextReader.Store(0)
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
		return m.giveBack(ctx, func() error { return m.Outbox.ReleaseExpress(ctx, p.lease) })
	}
	if err := m.giveBack(ctx, func() error { return m.Outbox.ReturnRun(ctx, *p.run) }); err != nil {
		return err
	}
	done, err := m.Outbox.FinishIssues(ctx, m.Clock.Now())
	for _, id := range done {
		m.Log.Info("issue sent", "issue", id)
	}
	return err
}

// giveBack tries until the database takes a lease back, which is renewed meanwhile: one that ran out would put letters in doubt that were
// never tried. Only a hard stop ends it.
func (m *Mailer) giveBack(ctx context.Context, do func() error) error {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := do()
		if err == nil || ctx.Err() != nil {
			return err
		}
		m.Log.Error("a lease cannot be given back yet; trying again", "err", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}
