-- +goose Up
-- Who answered for what stays, as the audit log does.
create trigger append_only before update or delete on preflight_overrides
    for each row execute function append_only();
create trigger never_emptied before truncate on preflight_overrides
    for each statement execute function append_only();

-- +goose Down
drop trigger never_emptied on preflight_overrides;
drop trigger append_only on preflight_overrides;
