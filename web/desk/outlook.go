package desk

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Planner looks ahead: what would leave if nobody did anything meanwhile, and every issue was approved in time.
type Planner interface {
	Plan(ctx context.Context, from, to time.Time) (mce.Plan, error)
}

const (
	// planFor is how long a plan is shown without another look, and at least ten times as long as a look takes; what is done at the desk is looked at
	// sooner.
	planFor = time.Minute
	// planPatience is how long a page waits for a newer plan before it shows the one there is.
	planPatience = 80 * time.Millisecond
	// planWatched is for how long after somebody saw it a plan is made anew as soon as something is done.
	planWatched = 30 * time.Minute
	// planLimit is when a look ahead is given up.
	planLimit = 2 * time.Minute
	// shiftsFor is how long a page tells what has become of the plan.
	shiftsFor = time.Hour
)

// outlook keeps the plan of the weeks to come. A look ahead plays all of them through in the database, so one is made at a time, for all who ask.
type outlook struct {
	weeks   int
	planner Planner
	clock   mce.Clock // of the business
	wall    mce.Clock
	log     *slog.Logger

	life    context.Context //nolint:containedctx // a look outlives who asked for it, and not the desk
	running sync.WaitGroup  // looks

	mu     sync.Mutex
	shown  sight
	err    error         // of the last look
	old    bool          // something was done since the last look began
	tried  time.Time     // when the last look began, also one that failed
	took   time.Duration // the last look
	seen   time.Time     // when somebody last asked, on people's clocks
	making chan struct{} // closed when the look that is on its way ends; nil: there is none
}

// sight is what a look ahead has seen.
type sight struct {
	mce.Plan
	At    time.Time // when it began, on people's clocks; zero: there was none yet
	Newer bool      // a newer one is on its way, or to be looked for
	// Failed: the last look did, and this is what an earlier one saw.
	Failed bool

	// Shifts is how it differs from the one before that said something else, but for numbers of people, and Since when that one was made.
	Shifts []mce.PlanDifference
	Since  time.Time
}

// see gives the newest plan that can be had at once; before the first there is none, and At is zero. The error is that of ctx.
func (o *outlook) see(ctx context.Context) (sight, error) {
	o.mu.Lock()
	o.seen = o.wall.Now()
	if o.isOld() {
		o.look()
	}
	making := o.making
	o.mu.Unlock()
	if making != nil {
		select {
		case <-making:
		case <-time.After(planPatience):
		case <-ctx.Done():
			return sight{}, ctx.Err()
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.shown
	s.Newer, s.Failed = o.making != nil || o.old, o.err != nil
	return s, nil
}

// isOld reports whether it is time to look again: the clocks of people or, in a demo, those of the business have gone on.
func (o *outlook) isOld() bool {
	age := o.wall.Now().Sub(o.tried)
	passed := !o.shown.At.IsZero() && o.clock.Now().Sub(o.shown.From) >= time.Hour
	return o.old || age < 0 || age >= max(planFor, 10*o.took) || passed && o.err == nil
}

// changed notes that something was done, and looks again at once where the plan is being watched: who goes on to it finds the newer one.
func (o *outlook) changed() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.old = true; o.weeks == horizons()[0] && !o.shown.At.IsZero() && o.wall.Now().Sub(o.seen) < planWatched {
		o.look()
	}
}

// look begins a look ahead if none is on its way. It outlives who asked: the others wait for it too.
func (o *outlook) look() {
	if o.making != nil || o.life.Err() != nil {
		return
	}
	o.making, o.old = make(chan struct{}), false
	begun := o.wall.Now()
	o.tried = begun
	o.running.Go(func() {
		ctx, cancel := context.WithTimeout(o.life, planLimit)
		defer cancel()
		from := o.clock.Now()
		plan, err := o.planner.Plan(ctx, from, from.AddDate(0, 0, 7*o.weeks))
		o.mu.Lock()
		defer o.mu.Unlock()
		close(o.making)
		o.making, o.err, o.took = nil, err, o.wall.Now().Sub(begun)
		switch {
		case o.life.Err() != nil: // the desk is closed
		case err != nil:
			o.log.Error("look ahead", "err", err)
		default:
			o.shown = o.shown.then(plan, begun)
		}
	})
}

// then is the sight that follows.
func (s sight) then(plan mce.Plan, at time.Time) sight {
	next := sight{Plan: plan, At: at, Shifts: s.Shifts, Since: s.Since}
	if s.At.IsZero() {
		return next
	}
	shifts := slices.DeleteFunc(plan.Against(s.Plan), func(d mce.PlanDifference) bool {
		return d.Change == mce.PlanChanged && slices.Equal(d.Fields, []mce.PlanChange{mce.PlanAudience})
	})
	switch {
	case len(shifts) > 0:
		next.Shifts, next.Since = shifts, s.At
	case at.Sub(s.Since) > shiftsFor:
		next.Shifts = nil
	}
	return next
}

// horizons are how many weeks may be looked ahead, the usual first.
func horizons() []int { return []int{6, 26} }

func newOutlooks(life context.Context, o Options) map[int]*outlook {
	out := map[int]*outlook{}
	for _, weeks := range horizons() {
		out[weeks] = &outlook{life: life, weeks: weeks, planner: o.Planner, clock: o.Clock, wall: o.Wall, log: o.Log}
	}
	return out
}

// outlookOf is the one that a request asks for.
func (d *Desk) outlookOf(r *http.Request) *outlook {
	for weeks, o := range d.outlooks {
		if r.URL.Query().Get("weeks") == strconv.Itoa(weeks) {
			return o
		}
	}
	return d.outlooks[horizons()[0]]
}
