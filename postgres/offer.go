package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// Offers lists the events that are published at now and are not over for longer than mce.OfferedFor, in order of their start.
func (s *Store) Offers(ctx context.Context, now time.Time) ([]mce.Offer, error) {
	return offers(ctx, s.db, now, ` and ends > $2 order by starts, id`, now.Add(-mce.OfferedFor))
}

// Offer is one event that is published at now, however long ago it was; any other is an error of code NotFound.
func (s *Store) Offer(ctx context.Context, slug string, now time.Time) (mce.Offer, error) {
	found, err := offers(ctx, s.db, now, ` and slug = $2`, slug)
	if err != nil {
		return mce.Offer{}, err
	}
	if len(found) == 0 {
		return mce.Offer{}, mce.NotFoundf("there is no event %q", slug)
	}
	return found[0], nil
}

// offers are the published events of a condition, each with where it stands.
func offers(ctx context.Context, q sqlx.QueryerContext, now time.Time, and string, args ...any) ([]mce.Offer, error) {
	const published = ` where publish_at <= $1 and (expire_at is null or expire_at > $1)`
	found, err := events(ctx, q, published+and, append([]any{now}, args...)...)
	if err != nil {
		return nil, err
	}
	taken, err := placesTaken(ctx, q, found)
	if err != nil {
		return nil, err
	}
	out := make([]mce.Offer, len(found))
	for i, e := range found {
		out[i] = mce.Offer{Event: e, Standing: e.Standing(taken[e.ID], now)}
	}
	return out, nil
}

// placesTaken counts by event the places that are taken or waited for.
func placesTaken(ctx context.Context, q sqlx.QueryerContext, of []mce.Event) (map[int64]int, error) {
	ids := make([]int64, len(of))
	for i, e := range of {
		ids[i] = e.ID
	}
	var rows []struct {
		EventID int64 `db:"event_id"`
		Taken   int
	}
	err := sqlx.SelectContext(ctx, q, &rows, `
		select event_id, count(*) as taken from registrations
		where event_id = any($1) and role = 'delegate' and state in ('registered', 'waiting') group by event_id`, pq.Array(ids))
	out := map[int64]int{}
	for _, r := range rows {
		out[r.EventID] = r.Taken
	}
	return out, err
}
