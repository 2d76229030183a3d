-- +goose Up
-- What is kept about one person is found by these. Letters to subscribers need none: the unique key (issue_id, subscriber_id, born) finds
-- those of each issue, and those of none (single letters). Here stand the letters of registrations alone, so that a fan-out adds nothing
-- to it; and nothing of it changes when a letter is settled (HOT).
create index letters_registration on letters (registration_id) where registration_id is not null;
create index registrations_email on registrations (lower(email));

-- +goose Down
drop index registrations_email, letters_registration;
