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

func saveReminderRules(ctx context.Context, tx *sqlx.Tx, lib mce.Library) error {
	const upsert = `
		insert into reminder_rules (slug, kinds, event, audience, anchor, days, at, useful_hours, subject, body, show, daily)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		on conflict (slug) do update set kinds = excluded.kinds, event = excluded.event, audience = excluded.audience,
			anchor = excluded.anchor, days = excluded.days, at = excluded.at, useful_hours = excluded.useful_hours, subject = excluded.subject, body = excluded.body, show = excluded.show,
			daily = excluded.daily`
	for _, r := range lib.Reminders {
		if _, err := tx.ExecContext(ctx, upsert, r.Slug, pq.Array(strs(r.Kinds)), r.Event, r.Audience(), r.Anchor, r.Days, r.At, r.Useful,
			jsonb[mce.Text]{r.Subject}, jsonb[mce.Text]{r.Body}, pq.Array(strs(r.Show)), r.Daily); err != nil {
			return fmt.Errorf("save reminder %s: %w", r.Slug, err)
		}
	}
	return nil
}

// SaveReminderRule adds a rule, or changes the one of its slug, and says so in the audit log. It must have passed its Check. Seen is the mark of the rule
// as it was looked at, empty for a new one: if it has changed since, the error is of code Conflict.
func (s *Store) SaveReminderRule(ctx context.Context, r mce.ReminderRule, seen string) error {
	return s.changeReminderRule(ctx, r.Slug, seen, func(tx *sqlx.Tx, _ int64) error {
		if err := saveReminderRules(ctx, tx, mce.Library{Reminders: []mce.ReminderRule{r}}); err != nil {
			return err
		}
		var id int64
		if err := tx.GetContext(ctx, &id, `select id from reminder_rules where slug = $1`, r.Slug); err != nil {
			return err
		}
		return auditDeed(ctx, tx, mce.SavedRule, mce.OnReminder, id, r.Slug)
	})
}

// RemoveReminderRule removes a rule, and says so in the audit log. Seen is as for SaveReminderRule. What went to whom by a rule, or was left out, refers to
// it and is kept: such a rule stays, and the error is of code Conflict.
func (s *Store) RemoveReminderRule(ctx context.Context, slug, seen string) error {
	return s.changeReminderRule(ctx, slug, seen, func(tx *sqlx.Tx, id int64) error {
		if id == 0 {
			return mce.NotFoundf("there is no reminder %q", slug)
		}
		var used bool
		const isUsed = `
			select exists (select from reminders where rule_id = $1) or exists (select from invitations where rule_id = $1)
				or exists (select from invitation_rounds where rule_id = $1) or exists (select from handouts_told where rule_id = $1)`
		if err := tx.GetContext(ctx, &used, isUsed, id); err != nil {
			return err
		} else if used {
			return mce.Conflictf("it has gone out before, and who got it is kept with it; to end it, let it be for one event that was over long ago")
		}
		if _, err := tx.ExecContext(ctx, `delete from reminder_rules where id = $1`, id); err != nil {
			return err
		}
		return auditDeed(ctx, tx, mce.RemovedRule, mce.OnReminder, id, slug)
	})
}

// changeReminderRule does what is to be done to the rule of a slug, one after the other with whoever else changes rules, if it still is what was seen. The
// id is 0 for a new one.
func (s *Store) changeReminderRule(ctx context.Context, slug, seen string, change func(tx *sqlx.Tx, id int64) error) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `lock table reminder_rules in share row exclusive mode`); err != nil {
			return err
		}
		found, err := reminderRules(ctx, tx, ` where slug = $1`, slug)
		if err != nil {
			return err
		}
		if err := checkSeen("reminder", found, seen); err != nil {
			return err
		}
		var id int64
		if len(found) > 0 {
			id = found[0].ID
		}
		return change(tx, id)
	})
}

// ReminderRules lists the rules by slug.
func (s *Store) ReminderRules(ctx context.Context) ([]mce.ReminderRule, error) {
	return reminderRules(ctx, s.db, ` order by slug`)
}

// ReminderRule is one rule by its slug.
func (s *Store) ReminderRule(ctx context.Context, slug string) (mce.ReminderRule, error) {
	found, err := reminderRules(ctx, s.db, ` where slug = $1`, slug)
	if err == nil && len(found) == 0 {
		err = mce.NotFoundf("there is no reminder %q", slug)
	}
	if err != nil {
		return mce.ReminderRule{}, err
	}
	return found[0], nil
}

func reminderRules(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) ([]mce.ReminderRule, error) {
	var rows []struct {
		ID      int64
		Slug    string
		Kinds   pq.StringArray
		Event   string
		For     mce.Audience `db:"audience"`
		Anchor  mce.Anchor
		Days    int
		At      string
		Useful  int `db:"useful_hours"`
		Subject jsonb[mce.Text]
		Body    jsonb[mce.Text]
		Show    pq.StringArray
		Daily   bool
	}
	err := sqlx.SelectContext(ctx, q, &rows, `
		select id, slug, kinds, event, audience, anchor, days, at, useful_hours, subject, body, show, daily from reminder_rules`+where, args...)
	out := make([]mce.ReminderRule, len(rows))
	for i, r := range rows {
		out[i] = mce.ReminderRule{
			ID: r.ID, Slug: r.Slug, Kinds: typed[mce.EventKind](r.Kinds), Event: r.Event, For: r.For, Anchor: r.Anchor, Days: r.Days,
			At: r.At, Useful: r.Useful, Daily: r.Daily, Subject: r.Subject.V, Body: r.Body.V, Show: typed[mce.Show](r.Show),
		}
	}
	return out, err
}

// EventsAround lists the events that a reminder could be about now: those not over for longer than mce.DigestDays.
func (s *Store) EventsAround(ctx context.Context, now time.Time) ([]mce.Event, error) {
	return events(ctx, s.db, ` where ends > $1 order by starts, id`, now.UTC().AddDate(0, 0, -mce.DigestDays))
}

// whom a due reminder is for: those of the audience ($4) registered before it was due (later ones have just had their confirmation), who
// never had it, or not at this date where it is due daily, and for whom it was not dropped at this date.
const dueDelegates = `
	from registrations r
	where r.event_id = $1 and r.created_at < $2
		and r.state = case $4::text when 'waiting' then 'waiting' else 'registered' end
		and ($4 <> 'speakers' or r.role = 'speaker') and ($4 <> 'arrived' or r.arrived_at is not null)
		and not exists (
			select from reminders m where m.rule_id = $3 and m.registration_id = r.id and (m.outcome = 'queued' and not m.daily or m.due = $2))`

// QueueReminder puts a due reminder of an event into the outbox, for everybody of its audience who has not had it; render makes its edition in
// a language. Repeating it, also at the same moment elsewhere, does nothing.
func (s *Store) QueueReminder(ctx context.Context, rule mce.ReminderRule, event mce.Event, due, latest, now time.Time, render func(mce.Lang) (mce.Edition, error), domain string) (letters int, err error) {
	if rule.Audience().OfReaders() {
		return s.queueInvitations(ctx, rule, event, due, latest, now, render, domain)
	}
	err = s.inTx(ctx, sql.LevelRepeatableRead, func(tx *sqlx.Tx) error {
		var langs []mce.Lang
		if err := tx.SelectContext(ctx, &langs, `select distinct r.language`+dueDelegates, event.ID, due, rule.ID, rule.Audience()); err != nil || len(langs) == 0 {
			return err
		}
		if err := ensurePartition(ctx, tx, now); err != nil {
			return err
		}
		editions, handouts, err := reminderEditions(ctx, tx, rule, langs, latest, now, render, domain)
		if err != nil {
			return err
		}
		if err := tellHandouts(ctx, tx, rule, event, handouts, now); err != nil {
			return err
		}
		const queue = `
			with due as (
				select r.id, r.language` + dueDelegates + `
			), noted as (
				insert into reminders (rule_id, registration_id, due, outcome, at, daily) select $3, id, $2, 'queued', $5, $9 from due
			), fan as (
				insert into letters (born, created_at, kind, edition_id, registration_id)
				select $6::date, $5, 'reminder', e.id, due.id
				from due join unnest($7::text[], $8::bigint[]) as e (language, id) on e.language = due.language
				returning id, born, kind, registration_id
			), lane as (
				insert into express (letter_id, born, kind, due, registration_id) select id, born, kind, $5, registration_id from fan
			)
			select count(*) from fan`
		if err := tx.GetContext(ctx, &letters, queue, event.ID, due, rule.ID, rule.Audience(), now, bornOn(now),
			pq.Array(strs(langs)), pq.Array(editions), rule.Daily); err != nil {
			return fmt.Errorf("queue reminder %s: %w", rule.Slug, err)
		}
		return wake(ctx, tx)
	})
	if overtaken(err) {
		return 0, nil // another daemon was first; what it left out the next tick finds
	}
	return letters, err
}

// reminderEditions makes an edition in each language, in that order, and says of which handouts they tell.
func reminderEditions(
	ctx context.Context, tx *sqlx.Tx, rule mce.ReminderRule, langs []mce.Lang, latest, now time.Time, render func(mce.Lang) (mce.Edition, error), domain string,
) (editions, handouts []int64, err error) {
	editions = make([]int64, len(langs))
	for i, lang := range langs {
		e, err := render(lang)
		if err != nil {
			return nil, nil, fmt.Errorf("render reminder %s: %w", rule.Slug, err)
		}
		e.Latest, handouts = latest, e.Handouts // the same in each language
		if editions[i], err = insertEdition(ctx, tx, e, domain, now); err != nil {
			return nil, nil, err
		}
	}
	return editions, handouts, nil
}

// DropReminder records that a reminder went to nobody because its latest useful moment had passed.
func (s *Store) DropReminder(ctx context.Context, rule mce.ReminderRule, event mce.Event, due time.Time, reason string, now time.Time) (dropped int, err error) {
	if rule.Audience().OfReaders() {
		return s.dropInvitations(ctx, rule, event, due, reason, now)
	}
	const note = `
		insert into reminders (rule_id, registration_id, due, outcome, reason, at)
		select $3, r.id, $2, 'dropped', $5, $6` + dueDelegates + ` on conflict do nothing`
	res, err := s.db.ExecContext(ctx, note, event.ID, due, rule.ID, rule.Audience(), reason, now)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// RemindersOf gives the registrations of an address, and what became of their reminders, in order of time.
func (s *Store) RemindersOf(ctx context.Context, email string) ([]mce.Registration, []mce.ReminderFate, error) {
	people, err := registrations(ctx, s.db, ` where lower(r.email) = lower($1) order by r.id`, email)
	if err != nil {
		return nil, nil, err
	}
	var fates []mce.ReminderFate
	err = s.db.SelectContext(ctx, &fates, `
		select m.rule_id, m.registration_id, m.outcome, m.reason, m.due, m.at
		from reminders m join registrations r on r.id = m.registration_id where lower(r.email) = lower($1) order by m.at, m.due`, email)
	return people, fates, err
}
