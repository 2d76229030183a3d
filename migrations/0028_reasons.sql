-- +goose Up
-- The reason beside its English words, for who says it in another language; {}: it was kept in words alone.
alter table issue_items add column why jsonb not null default '{}';

-- +goose Down
alter table issue_items drop column why;
