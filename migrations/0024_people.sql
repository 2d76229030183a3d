-- +goose Up
-- People are searched as delegates and as who booked, too: what is searched stands in small letters, as that of subscribers does.
alter table registrations add column searched text
    generated always as (lower(coalesce(email, '') || E'\n' || name || E'\n' || organisation)) stored;
alter table bookings add column searched text
    generated always as (lower(coalesce(email, '') || E'\n' || name)) stored;

-- A table of subscribers that somebody at the desk is importing: between its upload and its import, a day at most. It goes with its user.
create table desk_uploads (
    id      bigint generated always as identity primary key,
    user_id bigint not null references users on delete cascade,
    name    text not null, -- of the file
    content bytea not null,
    at      timestamptz not null
);
create index on desk_uploads (user_id);

-- How the readership grew and shrank, month by month.
create index consents_came on consents (at) where action in ('confirmed', 'imported', 'returned');

-- +goose Down
drop index consents_came;
drop table desk_uploads;
alter table bookings drop column searched;
alter table registrations drop column searched;
