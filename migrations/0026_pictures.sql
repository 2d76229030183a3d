-- +goose Up
-- A picture that comes with an article is kept before anybody has said what it shows: {} until then.
alter table images drop constraint images_alt_check;

-- +goose Down
update images set alt = jsonb_build_object('en', title) where not alt ? 'en';
alter table images add constraint images_alt_check check (alt ? 'en');
