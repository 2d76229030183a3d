-- +goose Up
-- Tokens of programs that use the interface. Of the secret only its hash is kept.
create table api_tokens (
    id         bigint generated always as identity primary key,
    name       text not null check (name <> ''),
    hash       bytea not null unique, -- SHA-256 of the secret
    scopes     text[] not null,
    created_at timestamptz not null,
    expires_at timestamptz, -- null: never
    revoked_at timestamptz, -- null: it was not
    used_on    date         -- null: never; a day is enough to see which are in use
);
-- A name is free again once its token was revoked.
create unique index api_tokens_name on api_tokens (name) where revoked_at is null;

-- What a program sent under an Idempotency-Key, so that whoever asks twice is answered twice and registered once. The answer is made anew from
-- the registrations; of what was sent only a hash under the key is kept, and of the key only a hash.
create table order_keys (
    id            bigint generated always as identity primary key,
    token_id      bigint not null references api_tokens on delete cascade,
    key           bytea not null, -- SHA-256
    request       bytea not null, -- HMAC-SHA-256 under the key itself
    registrations bigint[] not null default '{}',
    at            timestamptz not null,
    unique (token_id, key)
);
create index order_keys_at on order_keys (at);

-- +goose Down
drop table order_keys;
drop table api_tokens;
