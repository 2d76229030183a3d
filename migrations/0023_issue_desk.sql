-- +goose Up
-- What editors make of an issue: its words beside the items', and what they decided about items themselves.
alter table issues
    add column preheader  jsonb not null default '{}', -- {}: the first titles
    add column note       jsonb not null default '{}', -- Markdown, above the items
    add column sealed     jsonb,                       -- what was approved, in words: to say what has changed since
    add column counted_at timestamptz;                 -- when the readers of an approved issue were last counted

alter table issue_items add column by_hand boolean not null default false;
-- What was left out by hand stays out of later issues.
create index on issue_items (kind, item_id) where by_hand and verdict = 'dropped';

-- Who left after an issue.
create index consents_withdrawn on consents (at) where action = 'withdrawn';

-- "second": who approves is not the one who had it last in hand.
alter table series
    drop constraint series_approval_check,
    add constraint series_approval_check check (approval in ('required', 'second', 'automatic'));

-- Where a series counts clicks: the links of an issue that has left, and how often each was followed, by all readers together. Nothing is kept of who.
alter table series add column clicks boolean not null default false;
create table issue_links (
    issue_id bigint not null references issues on delete cascade,
    number   integer not null,
    url      text not null,
    clicks   bigint not null default 0,
    primary key (issue_id, number)
);

-- +goose Down
drop table issue_links;
alter table series drop column clicks;
update series set approval = 'required' where approval = 'second';
alter table series
    drop constraint series_approval_check,
    add constraint series_approval_check check (approval in ('required', 'automatic'));
drop index consents_withdrawn;
drop index issue_items_kind_item_id_idx;
alter table issue_items drop column by_hand;
alter table issues drop column preheader, drop column note, drop column sealed, drop column counted_at;
