-- +goose Up
-- A quoted local part may have blanks and the @ between its quotation marks: "anna rossi"@example.org (docs/addresses.md).
alter table subscribers drop constraint subscribers_email_check,
    add constraint subscribers_email_check check (email ~ '^([^@\s]+|"[^[:cntrl:]]+")@[^@\s]+$');
alter table registrations drop constraint registrations_email_check,
    add constraint registrations_email_check check (email ~ '^([^@\s]+|"[^[:cntrl:]]+")@[^@\s]+$');

-- +goose Down
-- Addresses that are there by now stay.
alter table registrations drop constraint registrations_email_check,
    add constraint registrations_email_check check (email ~ '^[^@\s]+@[^@\s]+$') not valid;
alter table subscribers drop constraint subscribers_email_check,
    add constraint subscribers_email_check check (email ~ '^[^@\s]+@[^@\s]+$') not valid;
