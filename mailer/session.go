package mailer

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// session works through the outbox on one connection of its own.
type session struct {
	m          *Mailer
	wake       <-chan struct{}
	express    bool               // single letters only, so that they never wait behind a newsletter
	hard       context.Context    //nolint:containedctx // one for all sessions: ends when even letters on their way must be given up
	conn       *conn              // nil while not connected
	full       map[sort]time.Time // no seat is asked for before
	probing    []*gate            // of relays that the letter in hand tries
	vigil      vigil
	reader     atomic.Int64 // the subscriber whose letter is begun, and the one whom the server is told of ahead; 0: none
	nextReader atomic.Int64
	next       envelope // of the letter nextID
	nextID     int64
	buf        []byte // the letter in hand, as it goes onto the wire
	plain      []byte // before it was signed
	signed     []byte // and after, before dots are stuffed
}

func (m *Mailer) session(express bool, wake <-chan struct{}, hard context.Context) *session { //nolint:revive // what it is comes first
	return &session{m: m, wake: wake, express: express, hard: hard, full: map[sort]time.Time{}}
}

// run works until ctx ends, or until another session has gone on in its place; first on p, if there is one.
func (s *session) run(ctx context.Context, p *portion) {
	defer s.hangUp()
	for p != nil || ctx.Err() == nil {
		if pause := s.closedFor(s.express); p == nil && pause > 0 {
			s.idle(ctx, pause)
			continue
		}
		worked, err := true, error(nil)
		if p == nil {
			p, err = s.claim()
			worked = p != nil
		}
		if p != nil {
			stay, workErr := s.work(ctx, p)
			if !stay {
				s.m.recovered(s, p)
				return
			}
			err = workErr
			if finishErr := s.m.finish(s.hard, p); err == nil {
				err = finishErr
			}
			p = nil
		}
		if err != nil && ctx.Err() == nil {
			s.m.Log.Error("outbox", "err", err)
		}
		if !worked || err != nil {
			s.idle(ctx, s.m.Poll)
		}
	}
}

// idle waits for news, hanging up first when the connection has not been used for a while, or at once when somebody else may want its
// seat. A pause in business time may end sooner than it seems: it is looked at again at every poll.
func (s *session) idle(ctx context.Context, pause time.Duration) {
	if s.conn != nil && (s.conn.unused() > keepIdle || s.conn.seat != "" && pause > time.Second) {
		s.hangUp()
	}
	if s.conn != nil {
		s.conn.granted = 0 // it was for now: used later, it would come on top of what is allowed then
	}
	timer := time.NewTimer(min(pause, s.m.Poll))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-s.wake:
	case <-timer.C:
	}
}

// work delivers a portion, strictly in order: what a crash leaves behind is then what was tried, in order, and what was not. stay is false
// when another session has gone on with it.
func (s *session) work(ctx context.Context, p *portion) (stay bool, err error) {
	defer s.nextReader.Store(0) // who was told of ahead and has not had their turn is not told of again without a look
	for ctx.Err() == nil && !p.stuck() {
		l, ok, err := s.m.next(ctx, p)
		if err != nil || !ok {
			return true, err
		}
		goOn, err := s.letter(l, p)
		if s.vigil.over() {
			return false, err
		}
		if !goOn || err != nil {
			return true, err
		}
	}
	return true, nil
}

// letter takes one letter through stamp, deliver, judge and settle; false: go no further with this portion, the letter is as it was.
// The error, if there is one, is the outbox's.
func (s *session) letter(l mce.Letter, p *portion) (goOn bool, err error) {
	p.window <- struct{}{} // waits rather than exceed the window
	if l.LeftOut != "" {
		s.settle(mce.Try{Letter: l, Outcome: mce.LeftOut, Detail: l.LeftOut}, p)
		return true, nil
	}
	if s.m.domains.held(l, p) {
		s.settle(s.m.silent(l), p)
		return true, nil
	}
	edition, err := s.m.press.edition(s.hard, l.EditionID)
	if code := mce.ErrorCode(err); err != nil && code != mce.Invalid && code != mce.NotFound {
		<-p.window
		return false, fmt.Errorf("letter %d: %w", l.ID, err)
	}
	if err == nil {
		err = s.make(edition, l)
	}
	if err != nil {
		s.settle(unmade(l, err, s.m.Clock.Now()), p)
		return true, nil
	}
	if edition.over(s.m.Clock.Now()) {
		s.settle(mce.Try{Letter: l, Outcome: mce.Expired, Detail: "its latest useful moment had passed"}, p)
		return true, nil
	}
	answer, ok, err := s.deliver(l, p)
	switch {
	case ok:
		s.settle(judge(l, edition.latest, answer, s.m.Clock.Now()), p)
	case s.vigil.over():
		// What comes behind it goes on, so it must not look like one that may have been tried: the first ones that wait do (docs/states.md).
		s.settle(mce.Try{Letter: l, Outcome: mce.Deferred, Due: s.m.Clock.Now().Add(asideTime()), Detail: "no relay took it", Untried: true}, p)
	default:
		<-p.window
	}
	return ok, err
}

// make puts the finished letter into buf, ready for the wire: stamped, and signed if we sign.
func (s *session) make(edition *stamp, l mce.Letter) (err error) {
	if s.m.Sign == nil {
		s.buf, err = edition.stamp(s.buf[:0], l, s.m.Keys)
	} else if s.plain, err = edition.stamp(s.plain[:0], l, s.m.Keys); err == nil {
		if s.signed, err = s.m.Sign.Sign(s.signed[:0], s.plain); err == nil {
			s.buf = stuff(s.buf[:0], s.signed)
		}
	}
	s.buf = slices.Grow(s.buf, spare)
	return err
}

// spare is room for what is sent behind a letter: its final dot, and the commands for the next one.
const spare = 1 << 10

// deliver sends the stamped letter. A connection that turns out dead before the server took anything is replaced once: servers hang up
// on idle clients. A relay that is at fault is passed over for the next one. false: there is none, or the lease is lost; the letter is not
// at fault. The error, if there is one, is the outbox's.
func (s *session) deliver(l mce.Letter, p *portion) (answer, bool, error) {
	here, read := s.envelope(l), p.read
	defer s.leaveGates()
	defer s.reader.Store(0)
	for fresh := false; ; {
		before := s.conn
		if ok, err := s.connect(!l.Kind.Bulk()); err != nil || !ok {
			return answer{}, false, err
		}
		fresh = fresh || s.conn != before
		if !s.m.leases.good(p.lease) {
			return answer{}, false, nil
		}
		s.reader.Store(readerOf(l)) // before the look at who has left
		if s.m.leavers.have(l, read) {
			return answer{phase: phaseMail, text: errLeft.Error(), err: errLeft}, true, nil
		}
		a := s.send(l, here, p)
		route := s.conn.route
		if a.broken {
			s.cut()
			if a.phase == phaseMail && !fresh {
				continue
			}
		}
		if a.relayFault() {
			route.gate.close(a.err, s)
			continue
		}
		if route.gate.open() {
			s.m.Wake()
		}
		return a, true, nil
	}
}

// send hands the letter to the server, which may be told of the next one, while the watch looks on.
func (s *session) send(l mce.Letter, here envelope, p *portion) answer {
	var next *envelope
	s.nextReader.Store(0)
	if !s.vigil.over() && s.conn.hasRoomFor(2) {
		if following, ok := s.ahead(p); ok {
			s.next, s.nextID = s.envelope(following), following.ID
			next = &s.next
		}
	}
	s.conn.granted--
	s.vigil.begin(l, p, time.Since(s.m.made))
	a := s.conn.send(here, s.buf, next)
	if a.err != nil {
		a = a.without(s.m.Keys.Token(l.Purpose(), l.PersonID, l.CauseID), s.m.Keys.Token(mce.ForReturn, l.ID, 0))
	}
	s.m.usual.took(s.conn.unused())
	if s.vigil.end() {
		s.m.domains.answered(l)
	}
	return a
}

func (s *session) envelope(l mce.Letter) envelope {
	if l.ID == s.nextID {
		return s.next
	}
	return envelope{from: s.m.Sender.returnPath(l, s.m.Keys), to: l.To}
}

func (s *session) settle(t mce.Try, p *portion) {
	switch {
	case t.Outcome == mce.Delivered || t.Outcome == mce.LeftOut:
	case t.Untried:
		s.m.Log.Debug("letter set aside", "letter", t.Letter.ID, "why", t.Detail, "due", t.Due)
	default:
		s.m.Log.Info("letter not delivered", "letter", t.Letter.ID, "kind", t.Letter.Kind, "outcome", t.Outcome, "code", t.Code,
			"status", t.Status, "due", t.Due)
	}
	s.m.settler.put(t, p.window)
}
