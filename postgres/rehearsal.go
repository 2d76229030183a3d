package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
)

// scenery is what stands on the stage of a rehearsal in place of the tables that a tick writes: copies of what it decides by, and an outbox that
// is empty at first. Wishes are left out: their letters leave within seconds, and are nothing to plan by. All other tables are read as they are.
func scenery() (copied, empty []string) {
	return []string{
			"series", "issues", "issue_items", "item_ledger", "events", "event_versions", "registrations", "reminders", "invitations", "invitation_rounds", "handouts_told",
		},
		[]string{"editions", "edition_files", "issue_links", "letters", "runs", "express", "wishes"}
}

// Rehearse lets play work on a store whose writes nobody else ever sees, on one snapshot of the database: everything that a tick does may be done
// on it at any moment from the given one on, but never two things at once. It ends in a rollback, so no notification leaves either.
//
// What a tick writes are temporary tables there, in the place of the real ones, and PostgreSQL itself refuses to write to any other: the
// transaction is read-only, which temporary tables are exempt from. So it locks nothing that a daemon waits for, advances no sequence, and
// is to others what a backup is: a long reader.
func (s *Store) Rehearse(ctx context.Context, from time.Time, play func(*Store) error) error {
	tx, err := s.pool.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // that is how it ends; a connection that is lost has forgotten all the same
	if err := setStage(ctx, tx, from); err != nil {
		return fmt.Errorf("prepare the rehearsal: %w", err)
	}
	return play(&Store{db: tx, keys: s.keys})
}

func setStage(ctx context.Context, tx *sqlx.Tx, from time.Time) error {
	var house string
	if err := tx.GetContext(ctx, &house, `select relnamespace::regnamespace::text from pg_class where oid = 'letters'::regclass`); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `select set_config('search_path', 'pg_temp, ' || current_setting('search_path'), true)`); err != nil {
		return err
	}
	copied, empty := scenery()
	var past bool
	if err := tx.GetContext(ctx, &past, `select exists (select from subscribers where changed_at > $1)`, from); err != nil {
		return err
	} else if past {
		copied = append(copied, "subscribers")
	}
	for _, table := range slices.Concat(copied, empty) {
		if err := standIn(ctx, tx, house, table, slices.Contains(copied, table)); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	if err := asIfBefore(ctx, tx, from, past); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `set transaction read only`)
	return err
}

// standIn makes the temporary table that is found in a real one's place. Neither keys to other tables nor triggers come along.
func standIn(ctx context.Context, tx *sqlx.Tx, house, table string, full bool) error {
	const like = `create temp table %[1]s (like %[2]s.%[1]s including all)`
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(like, table, house)); err != nil || !full {
		return err
	}
	var columns string
	const written = `select string_agg(quote_ident(attname), ', ') from pg_attribute where attrelid = $1::regclass and attnum > 0 and attgenerated = ''`
	if err := tx.GetContext(ctx, &columns, written, table); err != nil {
		return err
	}
	const fill = `insert into %[1]s (%[3]s) overriding system value select %[3]s from %[2]s.%[1]s; analyze %[1]s`
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(fill, table, house, columns)); err != nil {
		return err
	}
	var numbered bool
	const isNumbered = `select exists (select from pg_attribute where attrelid = $1::regclass and attname = 'id' and attidentity <> '')`
	if err := tx.GetContext(ctx, &numbered, isNumbered, table); err != nil || !numbered {
		return err
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf(`select setval(pg_get_serial_sequence('%[1]s', 'id'), max(id)) from %[1]s`, table))
	return err
}

// asIfBefore lets what stands now have stood since the rehearsal begins, where that is in the past: series were watched, people registered and read.
func asIfBefore(ctx context.Context, tx *sqlx.Tx, from time.Time, readers bool) error {
	steps := []step{
		{`update series set watched_from = $1 where watched_from > $1`, []any{from}},
		{`update registrations set created_at = $1 where created_at > $1`, []any{from}},
		{`update event_versions set at = $1 where at > $1`, []any{from}},
	}
	if readers {
		steps = append(steps, step{`update subscribers set changed_at = $1 where changed_at > $1`, []any{from}})
	}
	return inOrder(ctx, tx, steps)
}

// inSavepoint runs f in a part of a transaction, and takes back what it did when it fails.
func inSavepoint(ctx context.Context, tx *sqlx.Tx, f func(*sqlx.Tx) error) error {
	if _, err := tx.ExecContext(ctx, `savepoint part`); err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_, undo := tx.ExecContext(ctx, `rollback to savepoint part; release savepoint part`)
		return errors.Join(err, undo)
	}
	_, err := tx.ExecContext(ctx, `release savepoint part`)
	return err
}
