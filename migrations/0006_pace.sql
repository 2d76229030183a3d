-- +goose Up
-- What all daemons together have used of the limits of a relay or a recipient domain. Only those that have limits stand here.
create table paces (
    name     text primary key,
    free_at  timestamptz not null default '-infinity', -- the business clock, as mce.Pace says
    later_at timestamptz not null default '-infinity',
    day      date not null default '-infinity',
    sent     integer not null default 0                -- on that day, UTC
);

-- Sessions that have letters for it in hand, or a connection to it. A seat lasts as long as its lease.
create table seats (
    name         text not null references paces on delete cascade,
    lease        uuid not null,
    leased_until timestamptz not null,  -- the database's clock
    primary key (name, lease)
);
create index on seats (lease);

-- Whom a single letter is for, so that a domain that cannot take any at present is passed over. Empty: not known.
alter table express add column domain text not null default '';

-- +goose Down
alter table express drop column domain;
drop table seats, paces;
