-- +goose Up
-- What readers choose beside topics and language, and what they may tell of themselves.
alter table subscribers
    add column organisation text not null default '',
    add column country      text not null default '' check (country ~ '^([A-Z]{2})?$'), -- ISO 3166-1; empty: not told
    add column pace         text not null default 'each' check (pace in ('each', 'monthly')),
    add column paused_until timestamptz, -- newsletters whose cause lies before it are left out; null: none are
    add column linked_at    timestamptz; -- when the link to their own page was last asked for

-- Whom a series is for: those of its pace, and of its segment. An empty segment is everybody.
alter table series
    add column pace    text not null default 'each' check (pace in ('each', 'monthly')),
    add column segment jsonb not null default '{}';

-- A wish is to subscribe, or to be mailed the link to one's own page.
alter table wishes
    add column kind         text not null default 'subscribe' check (kind in ('subscribe', 'link')),
    add column organisation text not null default '',
    add column country      text not null default '',
    add column pace         text not null default 'each';

-- A new address that a subscriber wants to be written to, until somebody confirms it there or its time is over.
create table moves (
    id            bigint generated always as identity primary key,
    subscriber_id bigint not null references subscribers,
    email         text not null check (email ~ '^([^@\s]+|"[^[:cntrl:]]+")@[^@\s]+$'),
    at            timestamptz not null
);
create index on moves (subscriber_id);
create index on moves (lower(email), at);

-- Cities and companies, members and sponsors of the association. Who belongs to one is said by the office, never by a form: an address among
-- its contacts, or any address of one of its domains.
create table organisations (
    id         bigint generated always as identity primary key,
    name       text not null check (name <> ''),
    country    text not null default '' check (country ~ '^([A-Z]{2})?$'),
    membership text not null default 'none' check (membership in ('none', 'member', 'sponsor')),
    domains    text[] not null default '{}', -- in small letters, ASCII
    changed_at timestamptz not null
);
create unique index organisations_name on organisations (lower(name));
create index on organisations using gin (domains);

create table contacts (
    organisation_id bigint not null references organisations on delete cascade,
    email           text not null check (email ~ '^([^@\s]+|"[^[:cntrl:]]+")@[^@\s]+$'),
    name            text not null default '',
    role            text not null default ''
);
create unique index contacts_person on contacts (organisation_id, lower(email));
create index on contacts (lower(email));

alter table editions drop constraint editions_kind_check;
alter table editions add constraint editions_kind_check
    check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in', 'welcome', 'link', 'move'));
-- What has nothing of a person's own is made once for all who read alike.
create index on editions (kind, lang, created_at) where kind in ('welcome', 'link');

-- +goose Down
drop index editions_kind_lang_created_at_idx;
delete from express x using letters l where l.id = x.letter_id and l.kind in ('welcome', 'link', 'move');
delete from letters where kind in ('welcome', 'link', 'move');
delete from editions where kind in ('welcome', 'link', 'move');
alter table editions drop constraint editions_kind_check;
alter table editions add constraint editions_kind_check check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in'));
drop table contacts, organisations, moves;
delete from wishes where kind <> 'subscribe';
alter table wishes drop column kind, drop column organisation, drop column country, drop column pace;
alter table series drop column pace, drop column segment;
alter table subscribers drop column organisation, drop column country, drop column pace, drop column paused_until, drop column linked_at;
