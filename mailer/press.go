package mailer

import (
	"context"
	"sync"

	"github.com/majorcities/mce-mailer/mce"
)

// press keeps the stamps of the editions in use, so that each is prepared once.
type press struct {
	outbox Outbox
	sender Sender
	greet  func(lang mce.Lang, name string) string
	wire   bool // letters go as they are; false: they are signed first

	mu     sync.Mutex
	stamps map[int64]*stamp
	order  []int64 // the oldest first
}

// kept is how many stamps stay in memory: 32 topic sets in 2 languages are 64.
const kept = 128

func newPress(o Outbox, s Sender, greet func(mce.Lang, string) string, wire bool) *press {
	return &press{outbox: o, sender: s, greet: greet, wire: wire, stamps: map[int64]*stamp{}}
}

// edition gives the stamp of an edition, preparing it at its first use. An edition that cannot be
// made into a mail gives an error of code Invalid, one that is gone of NotFound; any other error may pass.
func (p *press) edition(ctx context.Context, id int64) (*stamp, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if st, ok := p.stamps[id]; ok {
		return st, nil
	}
	e, err := p.outbox.Edition(ctx, id)
	if err != nil {
		return nil, err
	}
	st, err := prepare(e, p.sender, func(name string) string { return p.greet(e.Lang, name) })
	if err != nil {
		return nil, &mce.Error{Code: mce.Invalid, Message: "the edition cannot be made into a mail", Err: err}
	}
	if p.wire {
		st = st.forWire()
	}
	if len(p.order) == kept {
		delete(p.stamps, p.order[0])
		p.order = p.order[1:]
	}
	p.stamps[id], p.order = st, append(p.order, id)
	return st, nil
}
