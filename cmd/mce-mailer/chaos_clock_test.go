package main

import (
	"sync"
	"testing"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// clock is a business clock that stands still until it is put forward: what happens in between has an exact time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now().UTC().Truncate(time.Second)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// onClock is a house on a clock of its own, with an issue for n readers that is to go out now, to a sink that does as the script says.
// Its daemons run within the test.
func onClock(t *testing.T, n int, does script) (*house, *sink, *clock) {
	t.Helper()
	h, s, c := newHouse(t), newSink(t, does), newClock()
	h.clock = c
	h.schedule(s, people(n))
	return h, s, c
}

// forward lets time pass and tells the daemons, who would look after a few seconds by themselves.
func (h *house) forward(c *clock, d time.Duration) {
	h.t.Helper()
	c.forward(d)
	h.exec(`notify letters`)
}

// quiet waits until nothing is left to do at the present time.
func (h *house) quiet(c *clock) {
	h.t.Helper()
	within(h.t, 3*time.Minute, "nothing is left to do at the present time", func() bool {
		return h.number(`select count(*) from letters`) > 0 && h.number(`select count(*) from runs`) == 0 &&
			h.number(`select count(*) from express where not parked and (due <= $1 or lease is not null)`, c.Now()) == 0
	})
}

// letterRow is a letter as the database knows it.
type letterRow struct {
	reader   int
	outcome  mce.Outcome
	attempts int
	code     int
	status   string
	settled  time.Time
	due      time.Time // zero: it is not to be tried again by itself
	parked   bool
}

// rows are all letters of the newsletter.
func (h *house) rows() (out []letterRow) {
	h.t.Helper()
	found, err := h.db.QueryContext(h.t.Context(), `
		select s.email, l.outcome, l.attempts, l.code, l.status, l.settled_at, coalesce(x.due, '0001-01-01 00:00Z'), coalesce(x.parked, false)
		from letters l join subscribers s on s.id = l.subscriber_id left join express x on x.letter_id = l.id`)
	if err != nil {
		h.t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var r letterRow
		var email string
		if err := found.Scan(&email, &r.outcome, &r.attempts, &r.code, &r.status, &r.settled, &r.due, &r.parked); err != nil {
			h.t.Fatal(err)
		}
		r.reader = reader(email)
		out = append(out, r)
	}
	if err := found.Err(); err != nil {
		h.t.Fatal(err)
	}
	return out
}
