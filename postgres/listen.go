package postgres

import (
	"context"
	"log/slog"
	"time"

	"github.com/lib/pq"
)

// Listen calls wake whenever a letter has been put into the outbox, by this process or any other, until ctx ends. After a lost
// connection, when messages may have been missed, it calls wake too. Polling remains the fallback.
func (s *Store) Listen(ctx context.Context, log *slog.Logger, wake func()) error {
	l := pq.NewListener(s.url, time.Second, time.Minute, func(_ pq.ListenerEventType, err error) {
		if err != nil {
			log.Warn("listening for letters", "err", err)
		}
	})
	defer l.Close()                                      //nolint:errcheck // the connection may be gone already
	stop := context.AfterFunc(ctx, func() { l.Close() }) //nolint:errcheck // Listen does not heed ctx while there is no connection
	defer stop()
	if err := l.Listen("letters"); err != nil && ctx.Err() == nil {
		return err
	}
	check := time.NewTicker(time.Minute)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-l.Notify: // nil after a reconnection
			wake()
		case <-check.C:
			go l.Ping() //nolint:errcheck // a failed one makes the listener reconnect
		}
	}
}
