-- +goose Up
-- Events with everything that a delegate needs: how many may come, who, and when they may register.
alter table events
    drop constraint events_state_check,
    add constraint events_state_check check (state in ('announced', 'open', 'closed', 'moved', 'cancelled')),
    add column capacity  integer not null default 0 check (capacity >= 0), -- 0: as many as come
    add column admission text not null default 'everyone' check (admission in ('everyone', 'members')),
    add column opens     timestamptz, -- null: registration opens as soon as the state is open
    add column closes    timestamptz, -- null: one may register until the event begins
    add column feedback  text not null default '', -- link to a form about it, for afterwards
    add column version   integer not null default 0, -- of what delegates see; see event_versions
    add check (closes > opens);

alter table sessions
    add column interpretation text[] not null default '{}',
    add column optional boolean not null default false; -- for those alone who chose it

-- What delegates saw of an event, each time it changed: what one of them knows is told apart from what stands now by comparing the two.
create table event_versions (
    event_id bigint not null references events on delete cascade,
    version  integer not null,
    event    jsonb not null,
    at       timestamptz not null,
    primary key (event_id, version)
);

alter table registrations
    drop constraint registrations_state_check,
    add constraint registrations_state_check check (state in ('registered', 'waiting', 'cancelled')),
    add column role       text not null default 'delegate' check (role in ('delegate', 'speaker')), -- a speaker takes no place
    add column zone       text not null default '',   -- where the person is at home; empty: not told
    add column sessions   text[] not null default '{}', -- the optional ones that were chosen, by slug
    add column told       integer not null default 0; -- the version of the event that the person knows
-- The waiting list, in its order.
create index registrations_waiting on registrations (event_id, created_at, id) where state = 'waiting';

-- What an edition carries beside its words: pictures that its HTML shows by their cid, and files.
create table edition_files (
    edition_id bigint not null references editions on delete cascade,
    position   integer not null,
    name       text not null,
    type       text not null,            -- media type
    cid        text not null default '', -- Content-ID of a picture in the HTML; empty: a file
    content    bytea not null,
    primary key (edition_id, position)
);

alter table editions drop constraint editions_kind_check;
alter table editions add constraint editions_kind_check check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in', 'welcome', 'link', 'move',
    'waiting', 'cancellation', 'change'));

-- The letters of a registration leave in the order of their causes: no cancellation before its invitation.
alter table express add column registration_id bigint;
create index express_registration on express (registration_id, letter_id) where registration_id is not null;
update express x set registration_id = l.registration_id from letters l
    where l.id = x.letter_id and l.born = x.born and l.registration_id is not null;

-- +goose Down
drop index express_registration;
alter table express drop column registration_id;
delete from express where kind in ('waiting', 'cancellation', 'change');
delete from letters where kind in ('waiting', 'cancellation', 'change');
delete from editions where kind in ('waiting', 'cancellation', 'change');
alter table editions drop constraint editions_kind_check;
alter table editions add constraint editions_kind_check
    check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in', 'welcome', 'link', 'move'));
drop table edition_files;
update registrations set state = 'cancelled' where state = 'waiting';
drop index registrations_waiting;
alter table registrations
    drop constraint registrations_state_check,
    drop column role, drop column zone, drop column sessions, drop column told,
    add constraint registrations_state_check check (state in ('registered', 'cancelled'));
drop table event_versions;
alter table sessions drop column interpretation, drop column optional;
update events set state = 'announced' where state in ('closed', 'moved');
alter table events
    drop constraint events_state_check,
    drop column capacity, drop column admission, drop column opens, drop column closes, drop column feedback, drop column version,
    add constraint events_state_check check (state in ('announced', 'open', 'cancelled'));
