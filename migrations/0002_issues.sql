-- +goose Up
create table series (
    id        bigint generated always as identity primary key,
    slug      text not null unique,
    name      jsonb not null check (name ? 'en'),
    cron      text not null,
    time_zone text not null,
    sections  jsonb not null,
    languages text[] not null,
    minimum   integer not null check (minimum > 0),
    approval  text not null check (approval in ('required', 'automatic')),
    "from"    timestamptz not null,
    paused    boolean not null default false,
    -- Slots before this are none of ours: when the series was made, resumed, or given other times.
    watched_from timestamptz not null
);

-- One number of a series, one per slot: the unique key is what lets every daemon run the cron.
create table issues (
    id            bigint generated always as identity primary key,
    series_id     bigint not null references series,
    number        integer, -- null: skipped, or cancelled before it was sent; so the numbers that readers see have no holes
    slot          text not null,                    -- wall clock of the series' zone, names the slot
    due           timestamptz not null,
    state         text not null check (state in
        ('assembled', 'in_review', 'approved', 'scheduled', 'sending', 'paused', 'sent', 'cancelled', 'skipped')),
    subject       jsonb not null default '{}',
    reason        text not null default '',
    seal          bytea,                            -- hash of what was approved
    approved_by   text not null default '',
    assembled_at  timestamptz not null,
    scheduled_for timestamptz,
    started_at    timestamptz,
    finished_at   timestamptz,
    unique (series_id, slot),
    unique (series_id, number),
    check ((seal is not null) = (state in ('approved', 'scheduled', 'sending', 'paused', 'sent')) or state = 'cancelled'),
    check ((scheduled_for is not null) = (state in ('scheduled', 'sending', 'paused', 'sent')) or state = 'cancelled')
);
create index on issues (state) where state in ('scheduled', 'approved', 'sending');

-- What the assembly decided, for "issue explain" and for the editions.
create table issue_items (
    issue_id bigint not null references issues on delete cascade,
    kind     text not null check (kind in ('article', 'event', 'resource')),
    item_id  bigint not null,
    slug     text not null,
    title    text not null,
    section  text not null,
    position integer not null,
    verdict  text not null check (verdict in ('in', 'held', 'dropped')),
    reason   text not null,
    line     integer not null,                      -- order of explain
    primary key (issue_id, kind, item_id)
);

-- The ledger: an item runs once in a series.
create table item_ledger (
    series_id bigint not null references series,
    kind      text not null,
    item_id   bigint not null,
    issue_id  bigint not null references issues on delete cascade,
    primary key (series_id, kind, item_id)
);
create index on item_ledger (issue_id);

-- +goose Down
drop table item_ledger, issue_items, issues, series;
