package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// member is the condition that the address of a subscriber s belongs to a member.
const member = `exists (
	select from organisations o, lateral (select s.email) who where o.membership = 'member' and ` + belongs + `)`

// uninvited says why a subscriber s is not invited to an event e; empty for who is, unless they pause. It decides who is written to, is asked again
// at the last look before a letter leaves, and explains both. Topics match as in a newsletter: one of them is enough. Who asked for a digest
// once a month finds the event there, unless there is no such digest.
const uninvited = `case
	when s.state = 'pending' then 'the subscription was not confirmed'
	when s.state <> 'active' then 'unsubscribed'
	when not s.topics && e.topics then 'the reader did not choose one of its topics'
	when s.pace <> 'each' and exists (select from series o where o.pace = s.pace and not o.paused and o.segment = '{}')
		then 'the reader asked for a digest once a month'
	when exists (select from registrations p where p.event_id = e.id and lower(p.email) = lower(s.email) and p.state <> 'cancelled')
		then 'registered already'
	when e.admission = 'members' and not ` + member + ` then 'the event is for members'
	when e.state = 'cancelled' then 'the event was cancelled'
	when e.state = 'moved' then 'the event was put off'
	when e.state = 'closed' then 'registration has closed'
	else '' end`

// returning is the condition that a subscriber s had a place at the latest event of its kind before an event e.
const returning = `exists (
	select from registrations p
	where lower(p.email) = lower(s.email) and p.state = 'registered' and p.event_id = (
		select o.id from events o
		where o.kind = e.kind and o.starts < e.starts and o.state not in ('cancelled', 'moved') order by o.starts desc, o.id desc limit 1))`

// dueReaders are those whom a rule ($3) for an audience ($5) invites to an event ($1) now ($4): readers since before it was due ($2), for later ones have just been
// welcomed; never those whom it has invited before.
const dueReaders = `
	from subscribers s join events e on e.id = $1
	where s.changed_at < $2 and ($5 <> 'returning' or ` + returning + `) and (s.paused_until is null or s.paused_until <= $4) and ` + uninvited + ` = ''
		and not exists (select from suppressions x where x.email = lower(s.email))
		and not exists (select from invitations m where m.rule_id = $3 and m.event_id = $1 and m.subscriber_id = s.id)`

// queueInvitations is QueueReminder for an audience of readers. Each date of an event has one round, so who becomes interested later is not in it.
func (s *Store) queueInvitations(
	ctx context.Context, rule mce.ReminderRule, event mce.Event, due, latest, now time.Time, render func(mce.Lang) (mce.Edition, error), domain string,
) (letters int, err error) {
	err = s.inTx(ctx, sql.LevelRepeatableRead, func(tx *sqlx.Tx) error {
		if fresh, err := beginRound(ctx, tx, rule, event, due, "queued", "", now); err != nil || !fresh {
			return err
		}
		readers := []any{event.ID, due, rule.ID, now, rule.Audience()}
		var langs []mce.Lang
		if err := tx.SelectContext(ctx, &langs, `select distinct s.language`+dueReaders, readers...); err != nil || len(langs) == 0 {
			return err
		}
		if err := ensurePartition(ctx, tx, now); err != nil {
			return err
		}
		editions, _, err := reminderEditions(ctx, tx, rule, langs, latest, now, render, domain)
		if err != nil {
			return err
		}
		const queue = `
			with due as (
				select s.id, s.language` + dueReaders + ` order by s.id
			), noted as (
				insert into invitations (rule_id, event_id, subscriber_id, due, at) select $3, $1, id, $2, $4 from due
			), fan as (
				insert into letters (born, created_at, kind, edition_id, subscriber_id, cause_id)
				select $6::date, $4, 'invitation', e.id, due.id, $1
				from due join unnest($7::text[], $8::bigint[]) as e (language, id) on e.language = due.language
				order by due.id
				returning id, born, kind
			), lane as (
				insert into express (letter_id, born, kind, due) select id, born, kind, $4 from fan
			), counted as (
				update invitation_rounds set letters = (select count(*) from fan) where rule_id = $3 and event_id = $1 and due = $2
			)
			select count(*) from fan`
		if err := tx.GetContext(ctx, &letters, queue, append(readers, bornOn(now), pq.Array(strs(langs)), pq.Array(editions))...); err != nil {
			return fmt.Errorf("invite by %s: %w", rule.Slug, err)
		}
		return wake(ctx, tx)
	})
	if overtaken(err) {
		return 0, nil // another daemon was first
	}
	return letters, err
}

// dropInvitations records that nobody was invited at this date, and how many would have been.
func (s *Store) dropInvitations(ctx context.Context, rule mce.ReminderRule, event mce.Event, due time.Time, reason string, now time.Time) (dropped int, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if fresh, err := beginRound(ctx, tx, rule, event, due, "dropped", reason, now); err != nil || !fresh {
			return err
		}
		return tx.GetContext(ctx, &dropped, `
			with readers as (select count(*) as n`+dueReaders+`)
			update invitation_rounds set letters = readers.n from readers where rule_id = $3 and event_id = $1 and due = $2 returning letters`,
			event.ID, due, rule.ID, now, rule.Audience())
	})
	return dropped, err
}

// beginRound notes a round; fresh is false when there was one already.
func beginRound(ctx context.Context, tx *sqlx.Tx, rule mce.ReminderRule, event mce.Event, due time.Time, outcome, reason string, now time.Time) (fresh bool, err error) {
	n, err := execCount(ctx, tx, `
		insert into invitation_rounds (rule_id, event_id, due, outcome, reason, letters, at) values ($1, $2, $3, $4, $5, 0, $6) on conflict do nothing`,
		rule.ID, event.ID, due, outcome, reason, now)
	return n == 1, err
}

// Prospects says how a reader with an address and each event that a reminder could be about now stand to each other; none if there is no such reader.
func (s *Store) Prospects(ctx context.Context, email string, now time.Time) ([]mce.Prospect, error) {
	all, err := s.EventsAround(ctx, now)
	if err != nil {
		return nil, err
	}
	var reader []struct {
		ID    int64
		Since time.Time `db:"changed_at"`
	}
	if err := s.db.SelectContext(ctx, &reader, `select id, changed_at from subscribers where lower(email) = lower($1)`, email); err != nil || len(reader) == 0 {
		return nil, err
	}
	out := make([]mce.Prospect, len(all))
	for i, e := range all {
		out[i] = mce.Prospect{Event: e, Since: reader[0].Since.UTC()}
		if err := s.prospect(ctx, &out[i], reader[0].ID, now); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Store) prospect(ctx context.Context, p *mce.Prospect, reader int64, now time.Time) error {
	const why = `
		select ` + returning + ` as returning, case
			when s.paused_until > $3 then 'paused by the reader'
			when exists (select from suppressions x where x.email = lower(s.email)) then 'the address is suppressed'
			else ` + uninvited + ` end as uninvited
		from subscribers s join events e on e.id = $2 where s.id = $1`
	if err := s.db.QueryRowxContext(ctx, why, reader, p.Event.ID, now).Scan(&p.Returning, &p.Uninvited); err != nil {
		return err
	}
	return s.db.SelectContext(ctx, &p.Fates, `
		select rule_id, event_id, 'queued' as outcome, '' as reason, due, at from invitations where subscriber_id = $1 and event_id = $2
		union all
		select rule_id, event_id, case outcome when 'queued' then 'passed' else outcome end, reason, due, at from invitation_rounds where event_id = $2
		order by due, outcome desc`, reader, p.Event.ID)
}
