-- +goose Up
-- What the association publishes. Its web site may write these tables directly: every text is a jsonb object
-- {"en": "…", "it": "…"} whose English is required, content shows from publish_at until just before expire_at.

create table topics (
    slug     text primary key,
    name     jsonb not null check (name ? 'en'),
    position integer not null default 0
);

create table articles (
    id         bigint generated always as identity primary key,
    slug       text not null unique,
    title      jsonb not null check (title ? 'en'),
    body       jsonb not null check (body ? 'en'), -- Markdown
    link       text not null default '',
    image      text not null default '',
    image_alt  jsonb not null default '{}',
    topics     text[] not null default '{}',       -- empty: of interest to everybody
    priority   integer not null default 0,
    publish_at timestamptz not null,
    expire_at  timestamptz,
    check (image = '' or image_alt ? 'en'),
    check (expire_at > publish_at)
);

create table events (
    id             bigint generated always as identity primary key,
    slug           text not null unique,
    kind           text not null check (kind in ('conference', 'workshop', 'webinar', 'study-tour')),
    state          text not null check (state in ('announced', 'open', 'cancelled')),
    title          jsonb not null check (title ? 'en'),
    motto          jsonb not null default '{}',
    body           jsonb not null default '{}',    -- Markdown
    city           jsonb not null default '{}',
    venue          jsonb not null default '{}',
    address        text not null default '',
    online         text not null default '',
    contact        text not null default '',
    link           text not null default '',
    time_zone      text not null,
    starts         timestamptz not null,
    ends           timestamptz not null check (ends > starts),
    languages      text[] not null default '{}',
    interpretation text[] not null default '{}',
    topics         text[] not null default '{}',
    sequence       integer not null default 0,     -- material changes so far, RFC 5545 §3.8.7.4
    publish_at     timestamptz not null,
    expire_at      timestamptz,
    check (expire_at > publish_at)
);

create table sessions (
    event_id bigint not null references events on delete cascade,
    slug     text not null,
    title    jsonb not null check (title ? 'en'),
    starts   timestamptz not null,
    ends     timestamptz not null check (ends > starts),
    room     jsonb not null default '{}',
    speakers text[] not null default '{}',
    primary key (event_id, slug)
);

create table resources (
    id         bigint generated always as identity primary key,
    slug       text not null unique,
    kind       text not null check (kind in ('handout', 'video')),
    title      jsonb not null check (title ? 'en'),
    body       jsonb not null default '{}',
    link       text not null,
    event_id   bigint references events on delete set null,
    topics     text[] not null default '{}',
    publish_at timestamptz not null,
    expire_at  timestamptz,
    check (expire_at > publish_at)
);
create index on resources (event_id);

-- +goose Down
drop table resources, sessions, events, articles, topics;
