package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// notify tells delegates what has changed of their events, and gives places that have become free to those who wait: in this order, so that
// whoever moves up is told of the event as it stands, once.
func (s *Scheduler) notify(ctx context.Context, now time.Time) error {
	told, tellErr := s.Store.TellChanges(ctx, s.Letters, s.Domain, now)
	if told > 0 {
		s.Log.Info("changes of events", "letters", told)
	}
	if tellErr != nil {
		tellErr = fmt.Errorf("tell of changes: %w", tellErr)
	}
	moved, err := s.Store.MoveUp(ctx, s.Letters, s.Domain, now)
	if moved > 0 {
		s.Log.Info("waiting list", "moved_up", moved)
	}
	if err != nil {
		err = fmt.Errorf("waiting list: %w", err)
	}
	return errors.Join(tellErr, err)
}
