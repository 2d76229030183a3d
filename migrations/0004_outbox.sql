-- +goose Up
-- A mail frozen in one language, with slots for what is personal.
create table editions (
    id         bigint generated always as identity primary key,
    kind       text not null check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in')),
    issue_id   bigint references issues,
    lang       text not null,
    topics     text[] not null default '{}',
    subject    text not null,
    html       text not null,
    plain      text not null,
    nonce      text not null,
    calendar   text not null default '',
    method     text not null default '',
    reply_to   text not null default '',
    list_id    text not null default '',
    number     integer not null default 0,
    domain     text not null,            -- right half of the Message-IDs, fixed before the first try
    archive    boolean not null default false, -- the public copy of an issue; no letter refers to it
    latest     timestamptz,              -- last moment of use; null: retries decide
    created_at timestamptz not null
);
create index on editions (issue_id);

create type outcome as enum ('waiting', 'delivered', 'deferred', 'refused', 'expired', 'uncertain', 'left_out', 'failed');

-- One mail to one person. Partitioned by the day on which its cause happened, in months: old ones are dropped, not deleted.
-- A row is written twice in its life (fan-out, outcome); no index contains what the second write changes (HOT).
create table letters (
    id              bigint generated always as identity,
    born            date not null,
    created_at      timestamptz not null,
    kind            text not null,
    edition_id      bigint not null,
    issue_id        bigint,
    subscriber_id   bigint,
    registration_id bigint,
    cause_id        bigint not null default 0, -- second number of the letter's token: issue, consent
    outcome         outcome not null default 'waiting',
    attempts        smallint not null default 0,
    code            smallint not null default 0, -- SMTP reply
    status          text not null default '',    -- RFC 3463
    detail          text not null default '',
    settled_at      timestamptz,
    primary key (id, born),
    unique (issue_id, subscriber_id, born),      -- nobody twice; nulls (single letters) do not collide
    check ((subscriber_id is null) <> (registration_id is null))
) partition by range (born);

-- Runs: consecutive letters of an issue that one delivery session leases whole and works in order.
create table runs (
    id           bigint generated always as identity primary key,
    issue_id     bigint not null references issues,
    born         date not null,
    first_id     bigint not null,
    last_id      bigint not null,
    lease        uuid,
    leased_until timestamptz              -- the database's clock
);
create index on runs (issue_id);

-- The express lane: single letters and retries, each with its due time; and letters in doubt, parked until somebody resolves them.
create table express (
    letter_id    bigint primary key,
    born         date not null,
    issue_id     bigint references issues,
    kind         text not null,
    due          timestamptz not null,    -- business clock
    parked       boolean not null default false,
    lease        uuid,
    leased_until timestamptz              -- the database's clock
);
create index on express ((kind = 'newsletter'), due) where not parked; -- the order of claims
create index on express (issue_id);

-- One row of facts about this installation.
create table installation (
    one         boolean primary key default true check (one),
    fingerprint bytea not null -- of the secret; a daemon with another one is refused
);

-- +goose Down
drop table installation, express, runs, letters, editions;
drop type outcome;
