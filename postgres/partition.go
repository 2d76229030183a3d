package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// bornOn is the day, in UTC, that places a letter in its partition.
func bornOn(now time.Time) time.Time { return now.UTC().Truncate(24 * time.Hour) }

// PreparePartitions makes the partitions of the letters table for this month and the next. Every tick calls it, so that the
// letters' own transactions never have to.
func (s *Store) PreparePartitions(ctx context.Context, now time.Time) error {
	return s.inTx(ctx, 0, func(tx *sqlx.Tx) error {
		// Making a partition locks the table; behind a long reader (a backup) that would hold up all delivery. The next tick tries again.
		if _, err := tx.ExecContext(ctx, `set local lock_timeout = '2s'`); err != nil {
			return err
		}
		for _, month := range []time.Time{now, now.AddDate(0, 1, -now.UTC().Day()+1)} {
			if err := ensurePartition(ctx, tx, month); err != nil {
				return err
			}
		}
		return nil
	})
}

// ensurePartition makes the partition for the month of now, unless it is there. An advisory lock lets one daemon do it.
func ensurePartition(ctx context.Context, tx *sqlx.Tx, now time.Time) error {
	first := time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	name := "letters_" + first.Format("2006_01")
	var there bool
	if err := tx.GetContext(ctx, &there, `select to_regclass($1) is not null`, name); err != nil || there {
		return err
	}
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtext('letters partition'))`); err != nil {
		return err
	}
	// The name and the dates are made of digits here, nothing comes from outside. Room is left in the pages for the second write.
	_, err := tx.ExecContext(ctx, fmt.Sprintf(
		`create table if not exists %s partition of letters for values from ('%s') to ('%s') with (fillfactor = 80)`,
		name, first.Format(time.DateOnly), first.AddDate(0, 1, 0).Format(time.DateOnly)))
	return err
}
