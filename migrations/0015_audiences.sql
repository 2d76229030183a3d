-- +goose Up
-- Reminders count from the times of registration too, and are for delegates, for who waits for a place, or for speakers.
alter table reminder_rules
    drop constraint reminder_rules_anchor_check,
    add constraint reminder_rules_anchor_check check (anchor in ('start', 'end', 'opens', 'closes')),
    add column audience text not null default 'delegates' check (audience in ('delegates', 'waiting', 'speakers'));

-- One that was dropped may be due again, when its event is moved; one that went never goes again.
alter table reminders add column due timestamptz;
update reminders set due = at; -- when older ones were due was not recorded; they were noted soon after
alter table reminders
    alter column due set not null,
    drop constraint reminders_pkey,
    add primary key (rule_id, registration_id, due);
create unique index reminders_queued on reminders (rule_id, registration_id) where outcome = 'queued';

-- +goose Down
drop index reminders_queued;
delete from reminders m using reminders o
    where o.rule_id = m.rule_id and o.registration_id = m.registration_id and m.outcome = 'dropped' and (o.outcome = 'queued' or o.due > m.due);
alter table reminders drop constraint reminders_pkey, drop column due, add primary key (rule_id, registration_id);
delete from reminders where rule_id in (select id from reminder_rules where anchor in ('opens', 'closes') or audience <> 'delegates');
delete from reminder_rules where anchor in ('opens', 'closes') or audience <> 'delegates';
alter table reminder_rules
    drop column audience,
    drop constraint reminder_rules_anchor_check,
    add constraint reminder_rules_anchor_check check (anchor in ('start', 'end'));
