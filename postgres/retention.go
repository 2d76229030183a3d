package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// monthForm names a month to people.
const monthForm = "2006-01"

// inUse is why a month stays that could not be locked in time.
const inUse = "the letters are in use, by a backup, a long query or another purge; the next run tries again"

// purgeLetters removes months of letters, each whole with its partition, and the editions that no letter needs any more. Of an issue's
// letters the numbers by outcome stay, see IssueProgress; of single letters nothing, because that a reminder was queued or a question asked
// stands in reminders and consents. A month with an open letter stays, and so does one that cannot be locked within two seconds: that is
// no error, Kept says why. A fault with one month does not keep the others.
func (s *Store) purgeLetters(ctx context.Context, keep mce.Keep, now time.Time, p *mce.Purged) error {
	old, err := s.oldMonths(ctx, keep, now)
	if err != nil {
		return err
	}
	var faults error
	reason := ""
	for _, first := range old {
		letters, month, err := 0, first.Format(monthForm), error(nil)
		if reason != inUse { // else each further try would hold up delivery for as long again
			letters, reason, err = s.purgeMonth(ctx, first)
		}
		switch {
		case errors.Is(err, mce.ErrOvertaken):
		case err != nil:
			faults = errors.Join(faults, fmt.Errorf("remove the letters of %s: %w", month, err))
		case reason != "":
			p.Kept = append(p.Kept, mce.KeptMonth{Month: month, Reason: reason})
		default:
			p.Removed = append(p.Removed, mce.PurgedMonth{Month: month, Letters: letters})
		}
	}
	if len(p.Removed) > 0 {
		p.Editions, err = s.purgeEditions(ctx, keep.LettersFrom(now))
		faults = errors.Join(faults, err)
	}
	return faults
}

// wouldPurgeLetters is what purgeLetters would do, as far as can be said without locking anything.
func (s *Store) wouldPurgeLetters(ctx context.Context, keep mce.Keep, now time.Time, p *mce.Purged) error {
	old, err := s.oldMonths(ctx, keep, now)
	if err != nil {
		return err
	}
	var going []string
	for _, first := range old {
		month := first.Format(monthForm)
		reason, err := whyKept(ctx, s.db, first)
		if err != nil {
			return err
		}
		if reason != "" {
			p.Kept = append(p.Kept, mce.KeptMonth{Month: month, Reason: reason})
			continue
		}
		var letters int
		if err := s.db.GetContext(ctx, &letters, `select count(*) from letters where `+inMonth, first, first.AddDate(0, 1, 0)); err != nil {
			return err
		}
		p.Removed, going = append(p.Removed, mce.PurgedMonth{Month: month, Letters: letters}), append(going, month)
	}
	if len(going) > 0 {
		err = s.db.GetContext(ctx, &p.Editions, `select count(*) from editions e where `+unneeded, keep.LettersFrom(now), pq.Array(going))
	}
	return err
}

// oldMonths are the first days of the months whose time is over and that have a partition, the oldest first.
func (s *Store) oldMonths(ctx context.Context, keep mce.Keep, now time.Time) ([]time.Time, error) {
	var names []string
	err := s.db.SelectContext(ctx, &names, `
		select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'letters'::regclass order by c.relname`)
	var old []time.Time
	for _, name := range names {
		first, wrong := time.Parse(partitionForm, name)
		if wrong == nil && first.Before(keep.LettersFrom(now)) { // one with another name is none of ours
			old = append(old, first)
		}
	}
	return old, err
}

// purgeMonth drops the partition that begins with the day first, unless reason says why it stays. The error is mce.ErrOvertaken when
// another daemon has just done it.
func (s *Store) purgeMonth(ctx context.Context, first time.Time) (letters int, reason string, err error) {
	if reason, err = whyKept(ctx, s.db, first); err != nil || reason != "" {
		return 0, reason, err // nothing was locked for it
	}
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := lockLetters(ctx, tx, first.Format(partitionForm)); err != nil {
			return err
		}
		if reason, err = whyKept(ctx, tx, first); err != nil || reason != "" {
			return err
		}
		if letters, err = sumUp(ctx, tx, first); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `drop table `+first.Format(partitionForm))
		return err
	})
	if e := (*pq.Error)(nil); errors.As(err, &e) && e.Code == "55P03" { // lock_not_available
		return 0, inUse, nil
	}
	return letters, reason, err
}

// lockLetters lets nobody else use letters until the transaction ends, so that what is summed up is what goes. The table itself comes
// before its partitions, as in every statement, so nobody waits in a circle.
func lockLetters(ctx context.Context, tx *sqlx.Tx, partition string) error {
	if err := patient(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, purging); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `lock table only letters in access exclusive mode`); err != nil {
		return err
	}
	there, err := hasTable(ctx, tx, partition)
	if err == nil && !there {
		err = mce.ErrOvertaken
	}
	return err
}

// purging lets one daemon at a time purge: the others need not queue for the letters themselves.
const purging = `select pg_advisory_xact_lock(hashtext('letters retention'))`

// inMonth are the letters from the day $1 until just before $2; PostgreSQL looks at their partition alone.
const inMonth = `born >= $1::date and born < $2::date`

// whyKept says what is open in a month of letters; "" when nothing is. Whatever is on its way is in runs or express; the issues that are
// not finished are looked at besides, because their letters may come back there.
func whyKept(ctx context.Context, q sqlx.QueryerContext, first time.Time) (string, error) {
	const look = `
		select (select count(*) from runs where ` + inMonth + `) as runs,
			(select count(*) from express where ` + inMonth + ` and not parked) as express,
			(select count(*) from express where ` + inMonth + ` and parked) as parked,
			coalesce((
				select string_agg(i.id::text, ', ' order by i.id) from issues i
				where i.state not in ('sent', 'cancelled', 'skipped') and exists (
					select from letters where issue_id = i.id and ` + inMonth + ` and outcome in ('waiting', 'deferred', 'uncertain'))), '') as issues`
	var open struct {
		Runs, Express, Parked int
		Issues                string
	}
	if err := sqlx.GetContext(ctx, q, &open, look, first, first.AddDate(0, 1, 0)); err != nil {
		return "", err
	}
	var reasons []string
	for _, r := range []struct {
		count int
		words string
	}{
		{open.Runs, "portions of newsletters to go"}, {open.Express, "single letters and retries to go"},
		{open.Parked, "letters in doubt, waiting for a decision"},
	} {
		if r.count > 0 {
			reasons = append(reasons, fmt.Sprintf("%s: %d", r.words, r.count))
		}
	}
	if open.Issues != "" {
		reasons = append(reasons, "with open letters, issue "+open.Issues)
	}
	return strings.Join(reasons, "; "), nil
}

// sumUp keeps the outcomes of a month's letters by issue, and counts all its letters.
func sumUp(ctx context.Context, tx *sqlx.Tx, first time.Time) (letters int, err error) {
	const sum = `
		with going as (
			select issue_id, outcome, count(*) as letters from letters where ` + inMonth + ` group by issue_id, outcome
		), kept as (
			insert into letter_sums (issue_id, outcome, letters) select issue_id, outcome, letters from going where issue_id is not null
			on conflict (issue_id, outcome) do update set letters = letter_sums.letters + excluded.letters
		)
		select coalesce(sum(letters), 0)::bigint from going`
	err = tx.GetContext(ctx, &letters, sum, first, first.AddDate(0, 1, 0))
	return letters, err
}

// countOutcomes is where everything that counts the letters of an issue $1 begins: those that are there, and those summed up.
const countOutcomes = `
	select outcome, sum(letters)::bigint as count from (
		select outcome, count(*) as letters from letters where issue_id = $1 group by outcome
		union all
		select outcome, letters from letter_sums where issue_id = $1
	) x group by outcome`

// unneeded are the editions from before the day $1 that no letter refers to, but for letters of the months $2, which are about to go. The
// public archive is no letter's.
const unneeded = `
	not e.archive and e.created_at < $1::date and not exists (
		select from letters l where l.edition_id = e.id and (l.born >= $1::date or to_char(l.born, 'YYYY-MM') <> all($2::text[])))`

// purgeEditions follows the drop of a partition, without its locks; after a crash in between the next drop makes up for it. An edition and
// its letters come into being in one transaction, so one that is still without them is not seen.
func (s *Store) purgeEditions(ctx context.Context, before time.Time) (editions int, err error) {
	err = s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, purging); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `delete from editions e where `+unneeded, before, pq.Array([]string{}))
		if err != nil {
			return fmt.Errorf("remove editions: %w", err)
		}
		n, err := res.RowsAffected()
		editions = int(n)
		return err
	})
	return editions, err
}
