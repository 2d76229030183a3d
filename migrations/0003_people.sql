-- +goose Up
create table subscribers (
    id         bigint generated always as identity primary key,
    email      text not null check (email ~ '^[^@\s]+@[^@\s]+$'),
    name       text not null default '',
    language   text not null default 'en',
    topics     text[] not null default '{}',
    state      text not null check (state in ('pending', 'active', 'unsubscribed')),
    created_at timestamptz not null,
    changed_at timestamptz not null
);
create unique index subscribers_email on subscribers (lower(email));

-- What was asked, in which words, and what the person answered. Only ever added to.
create table consents (
    id            bigint generated always as identity primary key,
    subscriber_id bigint not null references subscribers,
    action        text not null check (action in ('asked', 'confirmed', 'imported', 'withdrawn')),
    wording       text not null,
    source        text not null,
    at            timestamptz not null
);
create index on consents (subscriber_id, at);

-- +goose StatementBegin
create function append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end $$;
-- +goose StatementEnd
create trigger append_only before update or delete or truncate on consents
    for each statement execute function append_only();

-- Addresses that must not be written to.
create table suppressions (
    email  text primary key check (email = lower(email)),
    reason text not null,
    source text not null,
    at     timestamptz not null
);

create table registrations (
    id           bigint generated always as identity primary key,
    event_id     bigint not null references events,
    email        text not null check (email ~ '^[^@\s]+@[^@\s]+$'),
    name         text not null,
    organisation text not null default '',
    country      text not null default '',
    language     text not null default 'en',
    state        text not null check (state in ('registered', 'cancelled')),
    code         text not null,
    sequence     integer not null default 0,
    created_at   timestamptz not null,
    cancelled_at timestamptz,
    unique (event_id, code)
);
create unique index registrations_person on registrations (event_id, lower(email));

-- When a mail about an event is due, relative to the event.
create table reminder_rules (
    id           bigint generated always as identity primary key,
    slug         text not null unique,
    kinds        text[] not null default '{}',
    event        text not null default '',
    anchor       text not null check (anchor in ('start', 'end')),
    days         integer not null,
    at           text not null,
    useful_hours integer not null check (useful_hours > 0),
    subject      jsonb not null check (subject ? 'en'),
    body         jsonb not null check (body ? 'en'),
    show         text[] not null default '{}'
);

-- What became of each reminder: one line per rule and delegate, so that none goes twice.
create table reminders (
    rule_id         bigint not null references reminder_rules,
    registration_id bigint not null references registrations,
    outcome         text not null check (outcome in ('queued', 'dropped')),
    reason          text not null default '',
    at              timestamptz not null,
    primary key (rule_id, registration_id)
);

-- +goose Down
drop table reminders, reminder_rules, registrations, suppressions, consents, subscribers;
drop function append_only;
