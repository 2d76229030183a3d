-- +goose Up
-- Proof of consent: a chain of seals over the record, and what in it is personal kept apart, so that a person can be erased and the chain
-- stays whole.
alter table consents drop constraint consents_action_check;
alter table consents add constraint consents_action_check
    check (action in ('asked', 'confirmed', 'imported', 'changed', 'withdrawn', 'returned', 'erased'));
alter table consents add column detail text not null default '';  -- what was changed; nothing personal
alter table consents add column version text not null default ''; -- of the wording

-- The key of a person's commitments. Erasing drops it, and nobody can tell any more whose they were.
create table consent_people (
    subscriber_id bigint primary key references subscribers,
    key           bytea not null check (length(key) = 32)
);

-- What is personal in a consent: the address at that time, and where the person was, as far as known.
create table consent_details (
    consent_id bigint primary key references consents,
    email      text not null,
    origin     text not null default ''
);

-- The chain. commitment: MAC of the details under the person's key; hash: MAC of the seal before, the consent and the commitment under the
-- installation's. mce.Keys has both.
create table consent_seals (
    seq        bigint primary key,
    consent_id bigint not null unique references consents,
    commitment bytea not null,
    hash       bytea not null
);
create trigger append_only before update or delete or truncate on consent_seals
    for each statement execute function append_only();

-- A keyed MAC of each address that was erased, so that no list brings it back.
create table erasures (
    mark bytea primary key,
    at   timestamptz not null
);

-- A person who was erased keeps a line without a word about them: letters and consents refer to it.
alter table subscribers alter column email drop not null;
alter table subscribers drop constraint subscribers_state_check;
alter table subscribers add constraint subscribers_state_check check (state in ('pending', 'active', 'unsubscribed', 'erased'));
alter table subscribers add constraint subscribers_erased check ((email is null) = (state = 'erased'));
alter table registrations alter column email drop not null;

-- +goose Down
alter table registrations alter column email set not null;
alter table subscribers drop constraint subscribers_erased;
alter table subscribers drop constraint subscribers_state_check;
alter table subscribers add constraint subscribers_state_check check (state in ('pending', 'active', 'unsubscribed'));
alter table subscribers alter column email set not null;
drop table erasures, consent_seals, consent_details, consent_people;
alter table consents drop column detail, drop column version;
alter table consents drop constraint consents_action_check;
alter table consents add constraint consents_action_check check (action in ('asked', 'confirmed', 'imported', 'withdrawn'));
