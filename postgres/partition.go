package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// bornOn is the day, in UTC, that places a letter in its partition.
func bornOn(now time.Time) time.Time { return now.UTC().Truncate(24 * time.Hour) }

// monthOf is the first day, in UTC, of the month of now; a partition holds the letters of one.
func monthOf(now time.Time) time.Time {
	return time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
}

// partitionForm is the name of a month's partition.
const partitionForm = "letters_2006_01"

// patient makes a transaction that locks the letters table give up rather than wait: whoever waits for a long reader, such as a backup,
// holds up all delivery. What is not done now a later run does.
func patient(ctx context.Context, tx *sqlx.Tx) error {
	_, err := tx.ExecContext(ctx, `set local lock_timeout = '2s'`)
	return err
}

// PreparePartitions makes the partitions of the letters table for this month and the next. Every tick calls it, so that the
// letters' own transactions never have to.
func (s *Store) PreparePartitions(ctx context.Context, now time.Time) error {
	return s.inTx(ctx, 0, func(tx *sqlx.Tx) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		for _, month := range []time.Time{now, monthOf(now).AddDate(0, 1, 0)} {
			if err := ensurePartition(ctx, tx, month); err != nil {
				return err
			}
		}
		return nil
	})
}

// ensurePartition makes the partition for the month of now, unless it is there.
//
// The table is made first and attached then: that locks letters against other changes of its shape only, where "create table …
// partition of" would stop every reader and writer. It has the keys already, which attaching adopts, and is empty: there is nothing to scan.
func ensurePartition(ctx context.Context, tx *sqlx.Tx, now time.Time) error {
	first := monthOf(now)
	name := first.Format(partitionForm)
	if there, err := hasTable(ctx, tx, name); err != nil || there {
		return err
	}
	if whole, err := lettersAreWhole(ctx, tx); err != nil || whole {
		return err
	}
	// The lock that attaching needs lets one daemon do it. Behind it hasTable sees what others made, also in an older snapshot.
	if _, err := tx.ExecContext(ctx, `lock table only letters in share update exclusive mode`); err != nil {
		return err
	}
	if there, err := hasTable(ctx, tx, name); err != nil || there {
		return err
	}
	// The name and the dates are made of digits here, nothing comes from outside. Room is left in the pages for the second write, which
	// clears up after the first; a vacuum in the middle of a send would only go through the whole table once more, so it comes late.
	// Ids come from the identity of letters; one of its own PostgreSQL 17 refuses.
	_, err := tx.ExecContext(ctx, fmt.Sprintf(`
		create table %[1]s (like letters including all excluding identity) with (
			fillfactor = 80, autovacuum_vacuum_scale_factor = 2, autovacuum_vacuum_insert_scale_factor = 2);
		alter table letters attach partition %[1]s for values from ('%[2]s') to ('%[3]s')`,
		name, first.Format(time.DateOnly), first.AddDate(0, 1, 0).Format(time.DateOnly)))
	return err
}

// lettersAreWhole reports whether letters is one table without partitions, as it is in a rehearsal: planning over those of years takes long.
func lettersAreWhole(ctx context.Context, q sqlx.QueryerContext) (whole bool, err error) {
	err = sqlx.GetContext(ctx, q, &whole, `select relkind <> 'p' from pg_class where oid = 'letters'::regclass`)
	return whole, err
}

// hasTable reports whether there is a table of that name. It may miss one that another daemon has just made or dropped, unless this
// transaction has locked a table for the first time since: only then does PostgreSQL look at its catalogue anew.
func hasTable(ctx context.Context, q sqlx.QueryerContext, name string) (there bool, err error) {
	err = sqlx.GetContext(ctx, q, &there, `select to_regclass($1) is not null`, name)
	return there, err
}
