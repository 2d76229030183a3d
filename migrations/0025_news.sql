-- +goose Up
-- What an editor decides about telling the people of an event what has changed of it.
alter table events
    add column let_go   integer not null default 0,  -- the version that they may be told of at once
    add column withheld text    not null default ''; -- why they are told nothing for the time being; empty: they are

-- +goose Down
alter table events drop column let_go, drop column withheld;
