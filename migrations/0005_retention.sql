-- +goose Up
-- What is left of an issue's letters when their partition has been dropped: how many had which outcome. Letters that are still there are
-- not in it, so an issue's numbers are those of letters and of this table together. No reference to issues, as in letters: its check would
-- wait for an issue's lock while the partition is being dropped.
create table letter_sums (
    issue_id bigint not null,
    outcome  outcome not null,
    letters  bigint not null check (letters > 0),
    primary key (issue_id, outcome)
);

-- +goose Down
drop table letter_sums;
