-- +goose Up
-- Rules are for who arrived, too, and for subscribers who chose one of an event's topics and have no registration for it: those are invited.
alter table reminder_rules
    drop constraint reminder_rules_audience_check,
    add constraint reminder_rules_audience_check
        check (audience in ('delegates', 'waiting', 'speakers', 'arrived', 'interested', 'returning')),
    add column daily boolean not null default false; -- due each day, while there are handouts that nobody was told of

alter table editions drop constraint editions_kind_check;
alter table editions add constraint editions_kind_check check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in', 'welcome', 'link', 'move',
    'waiting', 'cancellation', 'change', 'booking', 'invitation', 'certificate'));

-- That the invitations of a rule to an event went, or were dropped, at one of the event's dates: a tick need not look at every subscriber again.
create table invitation_rounds (
    rule_id  bigint not null references reminder_rules,
    event_id bigint not null references events,
    due      timestamptz not null,
    outcome  text not null check (outcome in ('queued', 'dropped')),
    reason   text not null default '',
    letters  integer not null, -- that were queued, or would have been
    at       timestamptz not null,
    primary key (rule_id, event_id, due)
);

-- Whom a rule has invited to an event: nobody twice, also when the event is moved and the rule due again.
create table invitations (
    rule_id       bigint not null references reminder_rules,
    event_id      bigint not null references events,
    subscriber_id bigint not null references subscribers,
    due           timestamptz not null,
    at            timestamptz not null,
    primary key (rule_id, event_id, subscriber_id)
);
create index on invitations (subscriber_id);

-- Which handouts the people of an event have been told of: none of them comes twice in a digest.
create table handouts_told (
    event_id    bigint not null references events,
    resource_id bigint not null references resources on delete cascade,
    rule_id     bigint not null references reminder_rules,
    at          timestamptz not null,
    primary key (event_id, resource_id)
);

-- What is due daily goes to a person more than once, but once at each time.
alter table reminders add column daily boolean not null default false;
drop index reminders_queued;
create unique index reminders_queued on reminders (rule_id, registration_id) where outcome = 'queued' and not daily;

-- Invitations let single letters pass, as newsletters do.
drop index express_expr_due_idx;
create index express_order on express ((kind in ('newsletter', 'invitation')), due) where not parked;

-- +goose Down
drop index express_order;
create index express_expr_due_idx on express ((kind = 'newsletter'), due) where not parked;
drop table invitations, invitation_rounds, handouts_told;
delete from reminders where daily;
drop index reminders_queued;
create unique index reminders_queued on reminders (rule_id, registration_id) where outcome = 'queued';
alter table reminders drop column daily;
delete from express where kind in ('invitation', 'certificate');
delete from letters where kind in ('invitation', 'certificate');
delete from editions where kind in ('invitation', 'certificate');
alter table editions drop constraint editions_kind_check;
alter table editions add constraint editions_kind_check check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in', 'welcome', 'link', 'move',
    'waiting', 'cancellation', 'change', 'booking'));
delete from reminders where rule_id in (select id from reminder_rules where audience in ('arrived', 'interested', 'returning') or daily);
delete from reminder_rules where audience in ('arrived', 'interested', 'returning') or daily;
alter table reminder_rules
    drop column daily,
    drop constraint reminder_rules_audience_check,
    add constraint reminder_rules_audience_check check (audience in ('delegates', 'waiting', 'speakers'));
