package scheduler

import "context"

// Retain removes what has been kept for its time, and says in the log what went and what stays though it is old.
func (s *Scheduler) Retain(ctx context.Context) error {
	p, err := s.Store.Purge(ctx, s.Keep, s.Clock.Now())
	if !p.None() {
		s.Log.Info("retention", "partitions", len(p.Removed), "letters", p.Letters(), "editions", p.Editions, "unconfirmed", p.Unconfirmed,
			"lapsed", p.Lapsed, "unsubscribed", p.Unsubscribed, "delegates", p.Delegates, "invitations", p.Invitations, "moves", p.Moves, "wishes", p.Wishes)
	}
	for _, k := range p.Kept {
		s.Log.Warn("old letters are kept", "month", k.Month, "reason", k.Reason)
	}
	return err
}
