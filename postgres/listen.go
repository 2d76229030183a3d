package postgres

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/lib/pq"
)

// Listen calls wake whenever a letter has been put into the outbox, and left with whoever has left, by this process or any other, until ctx
// ends. It waits for both to return. After a lost connection, when messages may have been missed, it calls wake too; who left meanwhile is
// not told of afterwards: letters that are read from then on know it. Polling remains the fallback.
func (s *Store) Listen(ctx context.Context, log *slog.Logger, wake func(), left func(subscriberID int64)) error {
	l := pq.NewListener(s.url, time.Second, time.Minute, func(_ pq.ListenerEventType, err error) {
		if err != nil {
			log.Warn("listening for letters", "err", err)
		}
	})
	defer l.Close()                                      //nolint:errcheck // the connection may be gone already
	stop := context.AfterFunc(ctx, func() { l.Close() }) //nolint:errcheck // Listen does not heed ctx while there is no connection
	defer stop()
	for _, channel := range []string{"letters", "left"} {
		if err := l.Listen(channel); err != nil && ctx.Err() == nil {
			return err
		}
	}
	check := time.NewTicker(time.Minute)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case n := <-l.Notify:
			if n == nil || n.Channel == "letters" { // nil: after a reconnection
				wake()
			} else if id, err := strconv.ParseInt(n.Extra, 10, 64); err == nil {
				left(id)
			}
		case <-check.C:
			go l.Ping() //nolint:errcheck // a failed one makes the listener reconnect
		}
	}
}
