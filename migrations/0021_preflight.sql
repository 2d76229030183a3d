-- +goose Up
-- Somebody's word that an issue may go although the pre-flight found something. It holds for one content, the one with this fingerprint: an
-- edit leaves it without effect, as it voids an approval.
create table preflight_overrides (
    issue_id    bigint not null references issues on delete cascade,
    fingerprint bytea not null,
    rule        text not null,
    place       text not null, -- of the finding: a slug, "subject" …
    said_by     text not null check (said_by <> ''),
    reason      text not null check (reason <> ''),
    said_at     timestamptz not null,
    primary key (issue_id, fingerprint, rule, place)
);

-- +goose Down
drop table preflight_overrides;
