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

// tellHandouts notes that the people of an event have been told of handouts. A digest tells of none twice: where another has told of one meanwhile, the
// unique key lets this one come again with what is left. Any other mail may show what was told before.
func tellHandouts(ctx context.Context, tx *sqlx.Tx, rule mce.ReminderRule, event mce.Event, handouts []int64, now time.Time) error {
	if len(handouts) == 0 {
		return nil
	}
	note := `insert into handouts_told (event_id, resource_id, rule_id, at) select $1, unnest($2::bigint[]), $3, $4`
	if !rule.Daily {
		note += ` on conflict do nothing`
	}
	_, err := tx.ExecContext(ctx, note, event.ID, pq.Array(handouts), rule.ID, now)
	return err
}

// personalPortion is how many editions of their own are made in one transaction: rendering takes its time, and their people are locked.
const personalPortion = 25

// QueuePersonal is QueueReminder where each person gets an edition of their own, made in portions. After a fault the people of the portions before
// it have theirs, and repeating it goes on from there. Several daemons share the work.
func (s *Store) QueuePersonal(
	ctx context.Context, rule mce.ReminderRule, event mce.Event, due, latest, now time.Time, render func(mce.Registration) (mce.Edition, error), domain string,
) (letters int, err error) {
	for n := personalPortion; n == personalPortion; letters += n {
		err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) (err error) {
			n, err = queuePortion(ctx, tx, rule, event, due, latest, now, render, domain)
			return err
		})
		if overtaken(err) {
			return letters, nil // another daemon has just done these; the next tick sees what is left
		}
		if err != nil {
			return letters, err
		}
	}
	return letters, nil
}

func queuePortion(
	ctx context.Context, tx *sqlx.Tx, rule mce.ReminderRule, event mce.Event, due, latest, now time.Time, render func(mce.Registration) (mce.Edition, error), domain string,
) (letters int, err error) {
	const pick = `select r.id` + dueDelegates + ` order by r.id limit $5 for update of r skip locked`
	var ids []int64
	if err := tx.SelectContext(ctx, &ids, pick, event.ID, due, rule.ID, rule.Audience(), personalPortion); err != nil || len(ids) == 0 {
		return 0, err
	}
	people, err := registrations(ctx, tx, ` where r.id = any($1) order by r.id`, pq.Array(ids))
	if err != nil {
		return 0, err
	}
	for _, r := range people {
		e, err := render(r)
		if err != nil {
			return 0, fmt.Errorf("render reminder %s of registration %d: %w", rule.Slug, r.ID, err)
		}
		e.Latest = latest
		if err := queueLetter(ctx, tx, e, person{registration: r.ID}, domain, now); err != nil {
			return 0, err
		}
		if err := tellHandouts(ctx, tx, rule, event, e.Handouts, now); err != nil {
			return 0, err
		}
	}
	const note = `insert into reminders (rule_id, registration_id, due, outcome, at) select $1, unnest($2::bigint[]), $3, 'queued', $4`
	_, err = tx.ExecContext(ctx, note, rule.ID, pq.Array(ids), due, now)
	return len(ids), err
}
