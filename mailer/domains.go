package mailer

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// domains knows what is special about some recipient domains: the limits that the operator set, and which of them do not answer at
// present. A letter to one that cannot take it now is set aside, so that nobody behind it waits.
type domains struct {
	limits map[string]mce.Limit // "*": every other domain
	many   int                  // letters that may wait for one domain before others to it are held back
	clock  mce.Clock

	waiting atomic.Int32 // letters that wait for an answer for too long; 0: nearly always

	mu   sync.Mutex
	slow map[string]*slow
	full map[string]time.Time // business time until which no seat is asked for
}

// slow is a domain that letters wait for.
type slow struct {
	letters int
	others  bool // meanwhile another domain has answered: it is not the relay that is slow
}

func newDomains(limits map[string]mce.Limit, sessions int, clock mce.Clock) *domains {
	return &domains{limits: limits, many: max(1, sessions/2), clock: clock, slow: map[string]*slow{}, full: map[string]time.Time{}}
}

func (d *domains) limit(domain string) (mce.Limit, bool) {
	if l, ok := d.limits[domain]; ok {
		return l, true
	}
	l, ok := d.limits["*"]
	return l, ok
}

// stalls notes that a letter waits for an answer.
func (d *domains) stalls(domain string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting.Add(1)
	if d.slow[domain] == nil {
		d.slow[domain] = &slow{}
	}
	d.slow[domain].letters++
}

// recovers notes that it waits no more.
func (d *domains) recovers(domain string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting.Add(-1)
	if d.slow[domain].letters--; d.slow[domain].letters == 0 {
		delete(d.slow, domain)
	}
}

// answered notes that a letter had its answer in time.
func (d *domains) answered(l mce.Letter) {
	if d.waiting.Load() == 0 {
		return
	}
	domain := l.Domain()
	d.mu.Lock()
	defer d.mu.Unlock()
	for name, s := range d.slow {
		s.others = s.others || name != domain
	}
}

// held reports whether a letter is to be held back, because too many wait for its domain already while others are answered.
func (d *domains) held(l mce.Letter) bool {
	if d.waiting.Load() == 0 {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.heldBack(l.Domain())
}

func (d *domains) heldBack(domain string) bool {
	s := d.slow[domain]
	return s != nil && s.others && s.letters >= d.many
}

// fill notes that all seats of a domain are taken.
func (d *domains) fill(domain string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full[domain] = d.clock.Now().Add(fullTime)
}

// avoid lists the domains whose letters are not worth claiming now.
func (d *domains) avoid() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for name := range d.slow {
		if d.heldBack(name) {
			out = append(out, name)
		}
	}
	now := d.clock.Now()
	for name, until := range d.full {
		if now.After(until) {
			delete(d.full, name)
		} else {
			out = append(out, name)
		}
	}
	return out
}
