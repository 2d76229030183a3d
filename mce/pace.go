package mce

import (
	"math"
	"time"
)

// Limit bounds what leaves for a relay or a recipient domain, by all daemons together. What is zero is not bounded.
type Limit struct {
	PerMinute int // letters in any minute
	Sessions  int // sessions that may have letters for it in hand
	Warmup    Warmup
}

// Counts reports whether the limit bounds the number of letters, and not only that of sessions.
func (l Limit) Counts() bool { return l.PerMinute > 0 || l.Warmup.First > 0 }

// burst is how far letters may run ahead of an even pace, so that nobody need wake up for each.
const burst = time.Second

// step is the time from letter to letter. With what may run ahead no minute has more than PerMinute.
func (l Limit) step() time.Duration {
	if l.PerMinute == 0 {
		return 0
	}
	return (time.Minute + burst) / time.Duration(l.PerMinute)
}

// Warmup lets a new sending address earn its reputation: First letters on the day From (UTC), and Growth times as many on each day after.
// Newsletters wait for the next day; single letters are counted and go.
type Warmup struct {
	From   time.Time
	First  int
	Growth float64
}

// Quota is how many letters may leave on the day of now; ok is false when there is no plan, or it has not begun.
func (w Warmup) Quota(now time.Time) (quota int, ok bool) {
	if w.First == 0 || now.Before(w.From) {
		return 0, false
	}
	days := math.Floor(now.Sub(w.From).Hours() / 24)
	return int(min(float64(w.First)*math.Pow(w.Growth, days), math.MaxInt32)), true
}

// Pace is what has been used of a limit.
type Pace struct {
	FreeAt  time.Time // when the next letter may go, were nothing to run ahead
	LaterAt time.Time // up to when letters that were set aside have been given their times
	Day     time.Time // of Sent, UTC
	Sent    int
}

// Take asks for n letters at once. Those that are not granted may be asked for again at again. Urgent letters are counted and granted.
func (p *Pace) Take(l Limit, n int, urgent bool, now time.Time) (granted int, again time.Time) {
	now = now.UTC()
	day := now.Truncate(24 * time.Hour)
	if ahead := p.Day.Sub(day); ahead < 0 || ahead > 24*time.Hour { // a daemon whose clock is behind at midnight counts on
		p.Day, p.Sent = day, 0
	}
	granted = n
	if quota, ok := l.Warmup.Quota(now); ok && !urgent && p.Sent+granted > quota {
		granted, again = max(0, quota-p.Sent), day.AddDate(0, 0, 1)
	}
	if step := l.step(); step > 0 {
		if p.FreeAt.Before(now) {
			p.FreeAt = now
		}
		if room := int((burst - p.FreeAt.Sub(now) + step - 1) / step); !urgent && room < granted {
			granted = max(0, room)
			again = p.FreeAt.Add(time.Duration(granted)*step - burst + 1)
		}
		p.FreeAt = p.FreeAt.Add(time.Duration(granted) * step)
	}
	p.Sent += granted
	return granted, again
}

// Later gives a letter that is set aside a time of its own, behind those set aside before.
func (p *Pace) Later(l Limit, now time.Time) time.Time {
	for _, t := range []time.Time{p.FreeAt, now} {
		if p.LaterAt.Before(t) {
			p.LaterAt = t
		}
	}
	p.LaterAt = p.LaterAt.Add(l.step())
	return p.LaterAt
}

// Demand asks a limit for letters, and for a seat where it bounds sessions.
type Demand struct {
	Name    string // of the relay or the domain
	Limit   Limit
	Letters int
	Lease   string // for whom the seat is; it is kept while the lease is renewed. Empty: no seat is asked for
	Urgent  bool   // single letters: counted, never refused for their number, and one seat is kept for them
}

// Grant answers a Demand.
type Grant struct {
	Seated  bool        // false: all seats are taken, and no letter is granted
	Letters int         // that may go now
	Again   time.Time   // when to ask for more; zero when all were granted
	Later   []time.Time // a time for each letter that was not granted, where there is a seat
}
