package mailer

import (
	"slices"
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
	news    atomic.Int64 // rises with whatever may hold letters back that were not before

	mu   sync.Mutex
	slow map[string]*slow
	full map[string]time.Time // business time until which no seat is asked for
}

// slow is a domain that letters wait for.
type slow struct {
	letters  int
	portions map[*portion]int // the letters' portions
	others   bool             // meanwhile another domain has answered: it is not the relay that is slow
}

func newDomains(limits map[string]mce.Limit, sessions int, clock mce.Clock) *domains {
	return &domains{
		limits: limits, many: min(max(2, sessions/2), Window-1), clock: clock, slow: map[string]*slow{}, full: map[string]time.Time{},
	}
}

func (d *domains) limit(domain string) (mce.Limit, bool) {
	if l, ok := d.limits[domain]; ok {
		return l, true
	}
	l, ok := d.limits["*"]
	return l, ok
}

// stalls notes that a letter of a portion waits for an answer.
func (d *domains) stalls(domain string, p *portion) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting.Add(1)
	p.waiting.Add(1)
	if d.slow[domain] == nil {
		d.slow[domain] = &slow{portions: map[*portion]int{}}
	}
	d.slow[domain].letters++
	d.slow[domain].portions[p]++
	d.news.Add(1)
}

// recovers notes that it waits no more.
func (d *domains) recovers(domain string, p *portion) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting.Add(-1)
	p.waiting.Add(-1)
	s := d.slow[domain]
	if s.portions[p]--; s.portions[p] == 0 {
		delete(s.portions, p)
	}
	if s.letters--; s.letters == 0 {
		delete(d.slow, domain)
	}
}

// page is how many letters of a run to read at once. Where limits are set, no more are asked for than leave soon.
func (d *domains) page() int {
	if d.waiting.Load() > 0 && len(d.limits) == 0 {
		return largePage
	}
	return page
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
		if !s.others && name != domain {
			s.others = true
			d.news.Add(1)
		}
	}
}

// held reports whether a letter of a portion is to be held back: too many wait for its domain already, or one of the same run does, or it
// would take the last place of the window, which is for those that are answered.
func (d *domains) held(l mce.Letter, p *portion) bool {
	if d.waiting.Load() == 0 {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.heldBack(l.Domain(), p)
}

func (d *domains) heldBack(domain string, p *portion) bool {
	s := d.slow[domain]
	if s == nil {
		return false
	}
	if limit, _ := d.limit(domain); limit.Sessions > 0 && s.portions[p] > 0 { // the portion's seat is for one session
		return true
	}
	second := p != nil && p.run != nil && s.portions[p] > 0
	if !second && s.letters < d.many && (p == nil || p.waiting.Load() < Window-1) {
		return false
	}
	// A newsletter's letters are set aside only for the sake of others: where nobody is answered, that is of no use.
	return p == nil || p.run == nil || s.others || d.elsewhere(p)
}

// elsewhere reports whether letters of the portion come up for domains that nobody waits for.
func (d *domains) elsewhere(p *portion) bool {
	return slices.ContainsFunc(p.letters, func(l mce.Letter) bool { return d.slow[l.Domain()] == nil })
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
		if d.heldBack(name, nil) {
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
