package mailer

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// admit sets those letters of a portion aside whose domains can take no more now: all at once, and before any other is tried. For domains
// without limits that answer, nearly all there are, it asks nobody.
func (m *Mailer) admit(ctx context.Context, p *portion) error {
	if len(m.domains.limits) == 0 && m.domains.waiting.Load() == 0 {
		return nil
	}
	grants, err := m.ask(ctx, p)
	if err != nil {
		return err
	}
	var aside []mce.Try
	var here []mce.Letter
	for _, l := range p.letters {
		g := grants[l.Domain()]
		_, limited := m.domains.limit(l.Domain())
		switch {
		case l.LeftOut != "":
			here = append(here, l)
		case m.domains.held(l, p) || limited && g == nil: // the latter: it was held when the question was put
			aside = append(aside, m.silent(l))
		case !limited:
			here = append(here, l)
		case g.Letters > 0:
			g.Letters--
			here = append(here, l)
		default:
			t := mce.Try{Letter: l, Outcome: mce.Deferred, Untried: true, Detail: "its domain has had as many letters as it may"}
			if g.Seated {
				t.Due, g.Later = g.Later[0], g.Later[1:]
			} else {
				t.Due = m.Clock.Now().Add(asideTime())
			}
			aside = append(aside, t)
		}
	}
	p.letters = here
	if len(aside) == 0 {
		return nil
	}
	return m.Outbox.Settle(ctx, aside, m.Clock.Now())
}

// sift sets those letters of a portion aside, all at once, whose domain has been found not to answer since the portion was read.
func (m *Mailer) sift(ctx context.Context, p *portion) error {
	news := m.domains.news.Load()
	if p.news == news {
		return nil
	}
	p.news = news
	var aside []mce.Try
	var here []mce.Letter
	for _, l := range p.letters {
		if l.LeftOut == "" && m.domains.held(l, p) {
			aside = append(aside, m.silent(l))
		} else {
			here = append(here, l)
		}
	}
	if len(aside) == 0 {
		return nil
	}
	p.letters = here
	return m.Outbox.Settle(ctx, aside, m.Clock.Now())
}

// ask puts one question for all the domains of a portion that have limits, and gives an answer for each.
func (m *Mailer) ask(ctx context.Context, p *portion) (map[string]*mce.Grant, error) {
	demands := m.demands(p)
	if len(demands) == 0 {
		return nil, nil
	}
	queried := time.Now()
	grants, err := m.Outbox.Admit(ctx, demands, m.Clock.Now())
	if err != nil {
		return nil, err
	}
	if p.seat != "" {
		m.leases.hold(p.seat, queried)
	}
	byDomain := make(map[string]*mce.Grant, len(grants))
	for i, g := range grants {
		byDomain[demands[i].Name] = &g
		if !g.Seated {
			m.domains.fill(demands[i].Name)
		}
	}
	return byDomain, nil
}

// demands are for the letters whose domains have limits. Single letters stand before newsletters in a portion; what comes with them goes.
func (m *Mailer) demands(p *portion) []mce.Demand {
	letters := map[string]int{}
	for _, l := range p.letters {
		if l.LeftOut == "" && !m.domains.held(l, p) {
			letters[l.Domain()]++
		}
	}
	var out []mce.Demand
	for domain, n := range letters {
		limit, ok := m.domains.limit(domain)
		if !ok {
			continue
		}
		if limit.Sessions > 0 && p.seat == "" {
			p.seat = newLease()
		}
		out = append(out, mce.Demand{Name: domain, Limit: limit, Letters: n, Lease: p.seat, Urgent: !p.letters[0].Kind.Bulk()})
	}
	return out
}

// silent sets a letter aside whose domain does not answer.
func (m *Mailer) silent(l mce.Letter) mce.Try {
	return mce.Try{
		Letter: l, Outcome: mce.Deferred, Untried: true, Due: m.Clock.Now().Add(asideTime()), Detail: "its domain does not answer at present",
	}
}

// asideTime is after how long a letter is looked at again whose domain does not answer or has no seat: half a minute, spread.
func asideTime() time.Duration { return 20*time.Second + rand.N(20*time.Second) }
