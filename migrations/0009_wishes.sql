-- +goose Up
-- What somebody asked for on a page that answers everybody alike: known, new or suppressed, the request writes one line here and is over.
-- The scheduler looks at it afterwards.
create table wishes (
    id       bigint generated always as identity primary key,
    email    text not null,
    name     text not null default '',
    language text not null,
    topics   text[] not null,
    wording  text not null,
    version  text not null,
    source   text not null,
    origin   text not null default '',
    at       timestamptz not null
);

-- +goose Down
drop table wishes;
