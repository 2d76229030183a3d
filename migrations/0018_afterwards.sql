-- +goose Up
-- Subscribers who chose one of an event's topics and have no registration for it are invited by rules too.
alter table reminder_rules
    drop constraint reminder_rules_audience_check,
    add constraint reminder_rules_audience_check check (audience in ('delegates', 'waiting', 'speakers', 'interested'));

alter table editions drop constraint editions_kind_check;
alter table editions add constraint editions_kind_check check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in', 'welcome', 'link', 'move',
    'waiting', 'cancellation', 'change', 'booking', 'invitation'));

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

-- Invitations let single letters pass, as newsletters do.
drop index express_expr_due_idx;
create index express_order on express ((kind in ('newsletter', 'invitation')), due) where not parked;

-- +goose Down
drop index express_order;
create index express_expr_due_idx on express ((kind = 'newsletter'), due) where not parked;
drop table invitations, invitation_rounds;
delete from express where kind = 'invitation';
delete from letters where kind = 'invitation';
delete from editions where kind = 'invitation';
alter table editions drop constraint editions_kind_check;
alter table editions add constraint editions_kind_check check (kind in ('newsletter', 'confirmation', 'reminder', 'opt_in', 'welcome', 'link', 'move',
    'waiting', 'cancellation', 'change', 'booking'));
delete from reminders where rule_id in (select id from reminder_rules where audience = 'interested');
delete from reminder_rules where audience = 'interested';
alter table reminder_rules
    drop constraint reminder_rules_audience_check,
    add constraint reminder_rules_audience_check check (audience in ('delegates', 'waiting', 'speakers'));
