// Package demo plays the mailer's main job on a clock that runs fast: a few weeks around the Prato conference of October 2023, with
// sample content, an inbox one can read and a page to steer by. What it needs of the program it declares as Office.
package demo

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"
)

// Clock is the demo's business clock: it runs Speed times as fast as real time, can be stopped, and jumps forward only. It is safe for
// concurrent use.
type Clock struct {
	real func() time.Time

	mu     sync.Mutex
	at     time.Time // business time when the clock was last set
	since  time.Time // real time then
	speed  time.Duration
	paused bool
}

// Speeds are the choices of the page: business time per second.
func Speeds() []time.Duration {
	return []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour}
}

// NewClock stands still at a business time; once it runs, an hour passes in a second.
func NewClock(start time.Time) *Clock {
	return &Clock{real: time.Now, at: start, since: time.Now(), speed: time.Hour, paused: true}
}

// Now is the business time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now().UTC()
}

func (c *Clock) now() time.Time {
	if c.paused {
		return c.at
	}
	return c.at.Add(time.Duration(c.real().Sub(c.since).Seconds() * float64(c.speed)))
}

// set fixes the present before a change of pace.
func (c *Clock) set() { c.at, c.since = c.now(), c.real() }

// Pause stops the clock, Resume lets it run.
func (c *Clock) Pause() { c.change(func() { c.paused = true }) }

// Resume lets the clock run.
func (c *Clock) Resume() { c.change(func() { c.paused = false }) }

// SetSpeed is how much business time passes in a second.
func (c *Clock) SetSpeed(perSecond time.Duration) { c.change(func() { c.speed = perSecond }) }

// Jump goes forward to a time; one that has passed changes nothing.
func (c *Clock) Jump(to time.Time) {
	c.change(func() {
		if to.After(c.at) {
			c.at = to
		}
	})
}

func (c *Clock) change(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set()
	f()
}

// State is how the clock runs.
func (c *Clock) State() (now time.Time, perSecond time.Duration, paused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now().UTC(), c.speed, c.paused
}

// memory is what a second start of the demo goes on from.
type memory struct {
	Now  time.Time       `json:"now"`
	Done map[string]bool `json:"done"` // steps of the story, by their slugs
}

func remember(path string, m memory) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// recall gives ok false when there is nothing to go on from.
func recall(path string) (m memory, ok bool, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	return m, true, json.Unmarshal(b, &m)
}
