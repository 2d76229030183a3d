-- +goose Up
-- Who registers others: one mail to them, besides those to each of the delegates.
create table bookings (
    id         bigint generated always as identity primary key,
    event_id   bigint not null references events,
    email      text, -- null: the person was erased
    name       text not null,
    language   text not null,
    created_at timestamptz not null
);
create index bookings_email on bookings (lower(email));

alter table registrations
    add column booking_id bigint references bookings, -- null: nobody registered them but themselves
    add column arrived_at timestamptz;                -- when their code was taken at the desk
create index registrations_booking on registrations (booking_id) where booking_id is not null;

-- A letter is to a subscriber, to a delegate, or to who booked for delegates.
alter table letters
    add column booking_id bigint,
    drop constraint letters_check,
    add constraint letters_person check (num_nonnulls(subscriber_id, registration_id, booking_id) = 1);
create index letters_booking on letters (booking_id) where booking_id is not null;

alter table editions drop constraint editions_kind_check;
alter table editions add constraint editions_kind_check check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in', 'welcome', 'link', 'move',
    'waiting', 'cancellation', 'change', 'booking'));

-- +goose Down
delete from express where kind = 'booking';
delete from letters where kind = 'booking';
delete from editions where kind = 'booking';
alter table editions drop constraint editions_kind_check;
alter table editions add constraint editions_kind_check check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in', 'welcome', 'link', 'move',
    'waiting', 'cancellation', 'change'));
drop index letters_booking;
alter table letters
    drop constraint letters_person,
    drop column booking_id,
    add check ((subscriber_id is null) <> (registration_id is null));
drop index registrations_booking;
alter table registrations drop column booking_id, drop column arrived_at;
drop table bookings;
