package scheduler

import (
	"context"

	"github.com/majorcities/mce-mailer/mce"
)

// grant looks at what people wished for on the pages: who may be asked gets a letter that asks to confirm.
func (s *Scheduler) grant(ctx context.Context) (err error) {
	render := func(p mce.Subscriber) (mce.Edition, error) {
		topics, err := s.Store.Topics(ctx)
		if err != nil {
			return mce.Edition{}, err
		}
		return s.Letters.OptIn(p.Language, mce.Chosen(topics, p.Topics))
	}
	for more := true; more && err == nil; {
		more, err = s.Store.GrantWish(ctx, render, s.Domain)
	}
	return err
}
