package mailer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// session works through the outbox on one connection of its own.
type session struct {
	m        *Mailer
	wake     <-chan struct{}
	express  bool            // single letters only, so that they never wait behind a newsletter
	hard     context.Context //nolint:containedctx // one for all sessions: ends when even letters on their way must be given up
	window   chan struct{}   // a place for each letter whose outcome is not committed
	conn     *conn           // nil while not connected
	buf      []byte          // the letter in hand
	unsigned []byte
}

func (s *session) run(ctx context.Context) {
	defer s.hangUp()
	for ctx.Err() == nil {
		if !s.m.gate.wait(ctx) {
			return
		}
		worked, err := s.work(ctx)
		if err != nil && ctx.Err() == nil {
			s.m.Log.Error("outbox", "err", err)
			worked = false
		}
		if !worked && !s.idle(ctx) {
			return
		}
	}
}

// idle waits for news, hanging up first when the connection has not been used for a while; false: it is time to stop.
func (s *session) idle(ctx context.Context) bool {
	if s.conn != nil && s.conn.unused() > keepIdle {
		s.hangUp()
	}
	timer := time.NewTimer(s.m.Poll)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-s.wake:
	case <-timer.C:
	}
	return true
}

// work does one portion; false means that there was none. Its claims are not cut short by the order to stop: one that the database had
// granted already would look like that of a dead session, and its first letters would be in doubt.
func (s *session) work(ctx context.Context) (bool, error) {
	if s.express {
		return s.workExpress(ctx)
	}
	if worked, err := s.workRun(ctx); worked || err != nil {
		return worked, err
	}
	return s.workExpress(ctx) // nothing else to do: a hand for the single letters and retries
}

// workExpress delivers a handful of single letters: never more than may be in doubt together.
func (s *session) workExpress(ctx context.Context) (bool, error) {
	queried := time.Now()
	lease, letters, err := s.m.Outbox.ClaimExpress(s.hard, Window, s.m.Clock.Now())
	if err != nil || len(letters) == 0 {
		return false, err
	}
	s.m.leases.hold(lease, queried)
	defer s.m.leases.drop(lease)
	for goOn, i := true, 0; goOn && err == nil && i < len(letters) && ctx.Err() == nil; i++ {
		goOn, err = s.letter(letters[i], s.ahead(letters[i+1:]), lease)
	}
	s.settled()
	return true, errors.Join(err, s.giveBack(func() error { return s.m.Outbox.ReleaseExpress(s.hard, lease) }))
}

// workRun delivers a run of a newsletter, strictly in order: what a crash leaves behind is then what was tried, in order, and what was not.
func (s *session) workRun(ctx context.Context) (bool, error) {
	queried := time.Now()
	run, ok, err := s.m.Outbox.LeaseRun(s.hard, Window)
	if err != nil || !ok {
		return false, err
	}
	s.m.leases.hold(run.Lease, queried)
	defer s.m.leases.drop(run.Lease)
	err = s.letters(ctx, run)
	s.settled()
	if err := s.giveBack(func() error { return s.m.Outbox.ReturnRun(s.hard, run) }); err != nil {
		return true, err
	}
	done, finishErr := s.m.Outbox.FinishIssues(s.hard, s.m.Clock.Now())
	for _, id := range done {
		s.m.Log.Info("issue sent", "issue", id)
	}
	if err == nil {
		err = finishErr
	}
	return true, err
}

// giveBack tries until the database takes a lease back, which is renewed meanwhile: one that ran out would put letters in doubt that were
// never tried. Only a hard stop ends it.
func (s *session) giveBack(do func() error) error {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := do()
		if err == nil || s.hard.Err() != nil {
			return err
		}
		s.m.Log.Error("a lease cannot be given back yet; trying again", "err", err)
		select {
		case <-s.hard.Done():
			return err
		case <-time.After(pause):
		}
	}
}

func (s *session) letters(ctx context.Context, run mce.Run) error {
	for after := int64(0); ctx.Err() == nil; {
		letters, err := s.m.Outbox.RunLetters(ctx, run, after, page)
		if err != nil || len(letters) == 0 {
			return err
		}
		for i, l := range letters {
			goOn := ctx.Err() == nil
			if goOn {
				goOn, err = s.letter(l, s.ahead(letters[i+1:]), run.Lease)
			}
			if !goOn || err != nil {
				return err
			}
			after = l.ID
		}
	}
	return nil
}

// ahead is the envelope of the next letter that is going to leave, if one is known: what a server may be told already.
func (s *session) ahead(rest []mce.Letter) *envelope {
	for _, l := range rest {
		if l.LeftOut == "" {
			e := s.envelope(l)
			return &e
		}
	}
	return nil
}

func (s *session) envelope(l mce.Letter) envelope {
	return envelope{from: s.m.Sender.returnPath(l, s.m.Keys), to: l.To}
}

// letter takes one letter through stamp, deliver, judge and settle; false: go no further under this lease, the letter is as it was.
// The error, if there is one, is the outbox's.
func (s *session) letter(l mce.Letter, next *envelope, lease string) (goOn bool, err error) {
	s.window <- struct{}{} // waits rather than exceed the window
	if l.LeftOut != "" {
		s.settle(mce.Try{Letter: l, Outcome: mce.LeftOut, Detail: l.LeftOut})
		return true, nil
	}
	edition, err := s.m.press.edition(s.hard, l.EditionID)
	if code := mce.ErrorCode(err); err != nil && code != mce.Invalid && code != mce.NotFound {
		<-s.window
		return false, fmt.Errorf("letter %d: %w", l.ID, err)
	}
	if err == nil {
		err = s.make(edition, l)
	}
	if err != nil {
		s.settle(unmade(l, err, s.m.Clock.Now()))
		return true, nil
	}
	if edition.over(s.m.Clock.Now()) {
		s.settle(mce.Try{Letter: l, Outcome: mce.Expired, Detail: "its latest useful moment had passed"})
		return true, nil
	}
	answer, ok := s.deliver(l, next, lease)
	if !ok {
		<-s.window
		return false, nil
	}
	s.settle(judge(l, edition.latest, answer, s.m.Clock.Now()))
	return true, nil
}

// make puts the finished letter into buf: stamped, and signed if we sign.
func (s *session) make(edition *stamp, l mce.Letter) (err error) {
	if s.m.Sign == nil {
		s.buf, err = edition.stamp(s.buf[:0], l, s.m.Keys)
		return err
	}
	if s.unsigned, err = edition.stamp(s.unsigned[:0], l, s.m.Keys); err != nil {
		return err
	}
	s.buf, err = s.m.Sign.Sign(s.buf[:0], s.unsigned)
	return err
}

// deliver sends the stamped letter. A connection that turns out dead before the server took anything is replaced once: servers hang up
// on idle clients. false: the relay, or the lease, is at fault and not the letter.
func (s *session) deliver(l mce.Letter, next *envelope, lease string) (answer, bool) {
	here := s.envelope(l)
	for fresh := false; ; {
		if s.conn == nil {
			c, err := s.m.Relay.dial(s.hard)
			if err != nil {
				s.m.gate.close(err)
				return answer{}, false
			}
			s.conn, fresh = c, true
		}
		if !s.m.leases.good(lease) {
			return answer{}, false
		}
		a := s.conn.send(s.hard, here, s.buf, next)
		if a.broken {
			s.conn.abort()
			s.conn = nil
			if a.phase == phaseMail && !fresh {
				continue
			}
		}
		if a.relayFault() {
			s.m.gate.close(a.err)
			return a, false
		}
		s.m.gate.open()
		return a, true
	}
}

func (s *session) settle(t mce.Try) {
	if t.Outcome != mce.Delivered && t.Outcome != mce.LeftOut {
		s.m.Log.Info("letter not delivered", "letter", t.Letter.ID, "kind", t.Letter.Kind, "outcome", t.Outcome, "code", t.Code,
			"status", t.Status, "due", t.Due)
	}
	s.m.settler.put(t, s.window)
}

// settled waits until every outcome of this session is committed.
func (s *session) settled() {
	for range Window {
		s.window <- struct{}{}
	}
	for range Window {
		<-s.window
	}
}

func (s *session) hangUp() {
	if s.conn != nil {
		s.conn.quit()
		s.conn = nil
	}
}
