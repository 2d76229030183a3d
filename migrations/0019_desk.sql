-- +goose Up
-- Who works at the editors' desk. A line stays when its user is removed: the audit log refers to it.
create table users (
    id         bigint generated always as identity primary key,
    email      text check (email ~ '^([^@\s]+|"[^[:cntrl:]]+")@[^@\s]+$'), -- null: removed
    name       text not null,
    role       text not null check (role in ('editor', 'approver', 'admin')),
    language   text not null,
    added_at   timestamptz not null,
    removed_at timestamptz,
    check ((email is null) = (removed_at is not null))
);
create unique index users_email on users (lower(email));

-- A wish to log in says from which browser it comes, and where to go then.
alter table wishes
    drop constraint wishes_kind_check,
    add constraint wishes_kind_check check (kind in ('subscribe', 'link', 'login')),
    add column browser bytea,
    add column next    text not null default '',
    add column until   timestamptz,
    add check ((kind = 'login') = (browser is not null and until is not null));

-- Links into the desk. The secrets of browsers are kept as SHA-256; until is on the wall clock.
create table logins (
    id      bigint generated always as identity primary key,
    user_id bigint not null references users,
    browser bytea not null check (length(browser) = 32),
    next    text not null,
    origin  text not null,
    until   timestamptz not null,
    used_at timestamptz
);
create index on logins (user_id, until);

-- Browsers in which a user is logged in. Times are on the wall clock.
create table desk_sessions (
    id        bigint generated always as identity primary key,
    user_id   bigint not null references users,
    hash      bytea not null unique check (length(hash) = 32), -- SHA-256 of the cookie
    client    text not null,
    origin    text not null,
    logged_in timestamptz not null, -- when the user last opened a mailed link
    seen      timestamptz not null
);
create index on desk_sessions (user_id);

-- Who did what to what. A line names users by their ids, and what is personal stands apart, to be forgotten in its time.
create table audit (
    id        bigint generated always as identity primary key,
    at        timestamptz not null,
    user_id   bigint references users,
    actor     text not null default '', -- of who is no user: the command line
    action    text not null,
    object    text not null,            -- kind of thing
    object_id bigint not null,
    detail    text not null default '',
    reason    text not null default '',
    check ((user_id is null) = (actor <> ''))
);
create index on audit (object, object_id, id);
create trigger append_only before update or delete or truncate on audit
    for each statement execute function append_only();

-- From which network address it was done.
create table audit_origins (
    id     bigint primary key references audit,
    origin text not null,
    at     timestamptz not null
);

-- A letter may be to a user of the desk, too.
alter table letters
    add column user_id bigint,
    drop constraint letters_person,
    add constraint letters_person check (num_nonnulls(subscriber_id, registration_id, booking_id, user_id) = 1);

alter table editions drop constraint editions_kind_check;
alter table editions add constraint editions_kind_check check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in', 'welcome', 'link', 'move',
    'waiting', 'cancellation', 'change', 'booking', 'invitation', 'certificate', 'login'));

-- +goose Down
delete from express where kind = 'login';
delete from letters where kind = 'login';
delete from editions where kind = 'login';
alter table editions drop constraint editions_kind_check;
alter table editions add constraint editions_kind_check check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in', 'welcome', 'link', 'move',
    'waiting', 'cancellation', 'change', 'booking', 'invitation', 'certificate'));
alter table letters
    drop constraint letters_person,
    drop column user_id,
    add constraint letters_person check (num_nonnulls(subscriber_id, registration_id, booking_id) = 1);
drop table audit_origins, audit, desk_sessions, logins;
delete from wishes where kind = 'login';
alter table wishes
    drop column browser, drop column next, drop column until,
    drop constraint wishes_kind_check,
    add constraint wishes_kind_check check (kind in ('subscribe', 'link'));
drop table users;
