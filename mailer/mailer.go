// Package mailer takes letters out of the outbox and delivers them over SMTP.
//
// A letter's road here: claim (a run of a newsletter, or single letters of the express lane), stamp (the edition's prepared MIME with
// its slots filled), deliver (a kept-open connection), judge (what the server's answer means), settle (outcomes of all sessions
// together). docs/states.md argues why no crash loses or repeats a letter.
package mailer

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Outbox is what the mailer needs of the database.
type Outbox interface {
	LeaseRun(ctx context.Context, window int) (run mce.Run, ok bool, err error)
	RunLetters(ctx context.Context, run mce.Run, after int64, n int) ([]mce.Letter, error)
	ReturnRun(ctx context.Context, run mce.Run) error
	ClaimExpress(ctx context.Context, c mce.Claim) (lease string, letters []mce.Letter, err error)
	ReleaseExpress(ctx context.Context, lease string) error
	Renew(ctx context.Context, leases []string) (held []string, err error)
	Admit(ctx context.Context, demands []mce.Demand, now time.Time) ([]mce.Grant, error)
	LeaveSeats(ctx context.Context, lease string) error
	Settle(ctx context.Context, tries []mce.Try, now time.Time) error
	Edition(ctx context.Context, id int64) (mce.Edition, error)
	FinishIssues(ctx context.Context, now time.Time) ([]int64, error)
}

// Signer puts signatures before a finished letter. Sessions call it in parallel.
type Signer interface {
	Sign(dst, message []byte) ([]byte, error)
}

// Window is how many letters of a session may have been handed to the server without their outcome being committed. It bounds what a
// crash can leave in doubt.
const Window = 4

// page is how many letters of a leased run are read at once. Who is suppressed meanwhile is left out from the next page on; who
// unsubscribes, at once (leave.go).
const page = 100

// largePage is as many as a run has: what is set aside together costs half as much.
const largePage = 5 * page

// Options say how to deliver.
type Options struct {
	Outbox   Outbox
	Relays   []Relay              // in order: each is used while those before it do not take letters
	Domains  map[string]mce.Limit // of recipient domains; "*" is every other one
	Sender   Sender
	Keys     *mce.Keys
	Greet    func(lang mce.Lang, name string) string // "Dear Anna Rossi,": plain text
	Clock    mce.Clock
	Log      *slog.Logger
	Sign     Signer        // nil: the relay signs
	Sessions int           // parallel connections for newsletters; one more is kept for single letters. 0 means 8
	Poll     time.Duration // how often to look without having been woken; 0 means 5 s
}

// Mailer delivers. Make it with New, start it with Run.
type Mailer struct {
	Options
	routes  []*route
	domains *domains
	leases  *leases
	settler *settler
	press   *press
	leavers leavers
	usual   usual     // time of an answer
	made    time.Time // what vigils are counted from
	wake    []chan struct{}
	working sync.WaitGroup // sessions, and what they left to be finished

	mu       sync.Mutex
	sessions map[*session]struct{} // at work
}

// New prepares a mailer; it does not connect yet.
func New(o Options) *Mailer {
	if o.Sessions <= 0 {
		o.Sessions = 8
	}
	if o.Poll <= 0 {
		o.Poll = 5 * time.Second
	}
	m := &Mailer{Options: o, made: time.Now(), sessions: map[*session]struct{}{}}
	m.routes = newRoutes(o.Relays, o.Log)
	m.domains = newDomains(o.Domains, o.Sessions, o.Clock)
	m.leavers.left = map[int64]time.Time{}
	m.leases = newLeases(o.Outbox, o.Log)
	m.settler = newSettler(o.Outbox, o.Clock, o.Log, o.Sessions, &m.domains.waiting)
	m.press = newPress(o.Outbox, o.Sender, o.Greet, o.Sign == nil)
	for range o.Sessions + 1 {
		m.wake = append(m.wake, make(chan struct{}, 1))
	}
	return m
}

// Wake makes every idle session look into the outbox at once.
func (m *Mailer) Wake() {
	for _, w := range m.wake {
		select {
		case w <- struct{}{}:
		default: // it has been told already
		}
	}
}

// Health is why nothing is delivered now, or nil. It is well as long as one relay is.
func (m *Mailer) Health() error {
	for _, r := range m.routes {
		if r.gate.fault() == nil {
			return nil
		}
	}
	err := m.routes[0].gate.fault()
	if err != nil && mce.ErrorCode(err) == mce.Internal { // the server's own words are for the log
		err = mce.Unavailablef(err, "the mail relay does not take letters")
	}
	return err
}

// graceful is how long a letter on its way may take after the order to stop.
const graceful = 20 * time.Second

// Run delivers until ctx ends. Letters on their way then are finished and settled before it returns, for at most 25 seconds.
func (m *Mailer) Run(ctx context.Context) error {
	hard, kill := context.WithCancel(context.WithoutCancel(ctx))
	defer kill()
	stopped := context.AfterFunc(ctx, func() { time.AfterFunc(graceful, kill) })
	defer stopped()

	var helpers sync.WaitGroup
	helpers.Go(func() { m.settler.run(hard) })
	helpers.Go(func() { m.leases.run(hard) })
	m.mu.Lock()
	for i, wake := range m.wake {
		m.start(ctx, m.session(i == 0, wake, hard), nil)
	}
	m.mu.Unlock()
	m.watch(ctx)
	m.working.Wait()
	m.settler.close()
	m.leases.close()
	waitAtMost(hard, &helpers, 5*time.Second)
	if err := ctx.Err(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// waitAtMost waits, but not for longer than d after the hard stop: a database behind a dead network does not even answer a cancellation.
func waitAtMost(hard context.Context, wg *sync.WaitGroup, d time.Duration) {
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
		return
	case <-hard.Done():
	}
	select {
	case <-done:
	case <-time.After(d):
	}
}
