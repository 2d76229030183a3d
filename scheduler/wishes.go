package scheduler

import (
	"context"

	"github.com/majorcities/mce-mailer/mce"
)

// grant looks at what people wished for on the pages: who may be asked gets a letter that asks to confirm, or the link to their own page.
func (s *Scheduler) grant(ctx context.Context) (err error) {
	for more := true; more && err == nil; {
		more, err = s.Store.GrantWish(ctx, wishLetters{s, ctx}, s.Domain)
	}
	return err
}

// wishLetters makes the letters that grant wishes.
type wishLetters struct {
	*Scheduler
	ctx context.Context //nolint:containedctx // for the length of one call
}

// OptIn names the topics that were chosen.
func (w wishLetters) OptIn(p mce.Subscriber) (mce.Edition, error) {
	topics, err := w.Store.Topics(w.ctx)
	if err != nil {
		return mce.Edition{}, err
	}
	return w.Letters.OptIn(p.Language, mce.Chosen(topics, p.Topics))
}

// Link is the same for all of a language.
func (w wishLetters) Link(lang mce.Lang) (mce.Edition, error) { return w.Letters.Link(lang) }

// Login is likewise.
func (w wishLetters) Login(lang mce.Lang) (mce.Edition, error) { return w.Letters.Login(lang) }
