-- +goose Up
-- Who waits for a confirmation or has left, the longest first: every night looks for those whose time is over.
create index subscribers_waiting on subscribers (state, changed_at) where state in ('pending', 'unsubscribed');

-- +goose Down
drop index subscribers_waiting;
