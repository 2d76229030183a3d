package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// runLength is how many consecutive letters a delivery session leases at once.
const runLength = 500

// StartSending turns a scheduled issue into letters: it checks the seal, renders an edition for each language and set of topics that
// somebody reads, and fans out inside PostgreSQL. All of it is one transaction on one snapshot: an issue is either scheduled or has
// all its letters. When the seal does not hold, the issue goes back to review and the error, of code Conflict, says so.
// domain is the right half of the Message-IDs.
func (s *Store) StartSending(ctx context.Context, id int64, render mce.Renderer, domain string, now time.Time) (letters int, err error) {
	var issue mce.Issue
	err = s.inTx(ctx, sql.LevelRepeatableRead, func(tx *sqlx.Tx) error {
		if issue, err = issueByID(ctx, tx, id, " for update of i"); err != nil {
			return err
		}
		next, err := issue.State.Next(mce.Start)
		if err != nil {
			return &mce.Error{Code: mce.Conflict, Message: mce.ErrorMessage(err), Err: mce.ErrOvertaken}
		}
		if other, err := voidIfOther(ctx, tx, &issue, render.Look(), now); err != nil {
			return err
		} else if other {
			return saveState(ctx, tx, issue)
		}
		issue.State, issue.StartedAt = next, now
		if err := saveState(ctx, tx, issue); err != nil {
			return err
		}
		letters, err = fanOut(ctx, tx, issue, render, domain, now)
		return err
	})
	if overtaken(err) {
		return 0, &mce.Error{Code: mce.Conflict, Message: fmt.Sprintf("issue %d is being sent by another daemon", id), Err: mce.ErrOvertaken}
	}
	if err == nil && issue.State == mce.InReview {
		err = mce.Conflictf("issue %d was not sent: %s", id, issue.Reason)
	}
	return letters, err
}

// readership is a way of reading that subscribers share: a language and a set of topics, and the edition made for it.
type readership struct {
	Language string
	Topics   string // joined by commas
	edition  int64  // 0: nothing in the issue is for them
}

func fanOut(ctx context.Context, tx *sqlx.Tx, issue mce.Issue, render mce.Renderer, domain string, now time.Time) (int, error) {
	d, err := draft(ctx, tx, issue)
	if err != nil {
		return 0, err
	}
	if err := saveArchive(ctx, tx, d, render, domain, now); err != nil {
		return 0, err
	}
	if d.Series.Clicks {
		d.Links = d.ItemLinks()
		if err := keepLinks(ctx, tx, issue.ID, d.Links); err != nil {
			return 0, err
		}
	}
	var readers []readership
	audience := append([]any{now, paceOf(d.Series.Pace)}, segmentArgs(d.Series.Segment)...)
	if err := tx.SelectContext(ctx, &readers, `
		select distinct s.language, array_to_string(s.topics, ',') as topics from subscribers s where `+isReader(), audience...); err != nil {
		return 0, err
	}
	if err := saveEditions(ctx, tx, d, readers, render, domain, now); err != nil {
		return 0, err
	}
	if err := ensurePartition(ctx, tx, now); err != nil {
		return 0, err
	}
	return insertLetters(ctx, tx, issue.ID, readers, audience, now)
}

// saveEditions renders what the readerships need, each edition once.
func saveEditions(ctx context.Context, tx *sqlx.Tx, d mce.Draft, readers []readership, render mce.Renderer, domain string, now time.Time) error {
	made := map[string]int64{}
	for i, r := range readers {
		lang := mce.Lang(r.Language)
		if !slices.Contains(d.Series.Languages, lang) {
			lang = mce.English
		}
		topics := intersect(d.Topics(), strings.Split(r.Topics, ","))
		part := d.For(topics)
		if len(part.Items) == 0 {
			continue
		}
		key := string(lang) + "|" + strings.Join(topics, ",")
		if made[key] == 0 {
			e, err := render.Newsletter(part, lang)
			if err != nil {
				return fmt.Errorf("render the %s edition: %w", lang, err)
			}
			e.Topics = topics
			if made[key], err = insertEdition(ctx, tx, e, domain, now); err != nil {
				return err
			}
		}
		readers[i].edition = made[key]
	}
	return nil
}

func saveArchive(ctx context.Context, tx *sqlx.Tx, d mce.Draft, render mce.Renderer, domain string, now time.Time) error {
	if !d.Series.Public() {
		return nil
	}
	for _, lang := range d.Series.Languages {
		e, err := render.Archive(d, lang)
		if err != nil {
			return fmt.Errorf("render the %s page of the archive: %w", lang, err)
		}
		id, err := insertEdition(ctx, tx, e, domain, now)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `update editions set archive = true where id = $1`, id); err != nil {
			return err
		}
	}
	return nil
}

// insertLetters is the fan-out: the letters of everybody who reads, and the runs that cut them into portions. audience are the parameters of
// isReader, the first of them now.
func insertLetters(ctx context.Context, tx *sqlx.Tx, issueID int64, readers []readership, audience []any, now time.Time) (int, error) {
	fan := `
		with fan as (
			insert into letters (born, created_at, kind, edition_id, issue_id, subscriber_id, cause_id)
			select $8::date, $1::timestamptz, 'newsletter', r.edition_id, $9::bigint, s.id, $9::bigint
			from unnest($10::text[], $11::text[], $12::bigint[]) as r (language, topics, edition_id)
			join subscribers s on s.language = r.language and s.topics = string_to_array(r.topics, ',')
			where ` + isReader() + ` and not exists (select from suppressions x where x.email = lower(s.email))
			order by s.id -- and by nothing else: so both keys grow at their end
			returning id
		)
		select count(*) as letters, coalesce(min(id), 0) as first, coalesce(max(id), -1) as last from fan`
	// Letters of other causes may lie between: a run is not exactly as long as that.
	const cut = `
		insert into runs (issue_id, born, first_id, last_id)
		select $1, $2, g, least(g + $5::bigint - 1, $4::bigint) from generate_series($3::bigint, $4::bigint, $5::bigint) g`
	var languages, topics []string
	var editions []int64
	for _, r := range readers {
		if r.edition != 0 {
			languages, topics, editions = append(languages, r.Language), append(topics, r.Topics), append(editions, r.edition)
		}
	}
	// Sorting a hundred thousand readers on disk takes longer; and PostgreSQL, which cannot know how many share a readership, takes them for
	// few and would look each of them up among the suppressions.
	if _, err := tx.ExecContext(ctx, `set local work_mem = '64MB'; set local enable_nestloop = off`); err != nil {
		return 0, err
	}
	var fanned struct {
		Letters     int
		First, Last int64
	}
	err := tx.GetContext(ctx, &fanned, fan, append(audience, bornOn(now), issueID, pq.Array(languages), pq.Array(topics), pq.Array(editions))...)
	if err == nil {
		_, err = tx.ExecContext(ctx, cut, issueID, bornOn(now), fanned.First, fanned.Last, runLength)
	}
	if err != nil {
		return 0, fmt.Errorf("fan out: %w", err)
	}
	return fanned.Letters, wake(ctx, tx)
}

// intersect keeps the order of a, which is sorted: the same set has the same edition.
func intersect(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return !slices.Contains(b, s) })
}

// FinishIssues closes the issues whose last letter has its outcome, and reports them. A letter in doubt keeps its issue open.
func (s *Store) FinishIssues(ctx context.Context, now time.Time) ([]int64, error) {
	const finish = `
		update issues i set state = 'sent', finished_at = $1
		where i.state = 'sending'
			and not exists (select from runs r where r.issue_id = i.id)
			and not exists (select from express x where x.issue_id = i.id)
		returning i.id`
	var ids []int64
	err := s.db.SelectContext(ctx, &ids, finish, now)
	return ids, err
}

// dropUnsent ends the letters of a cancelled issue that nobody has in hand; those in hand are left out at their next claim.
func dropUnsent(ctx context.Context, tx *sqlx.Tx, issueID int64, now time.Time) error {
	const drop = `
		with waiting as (
			select distinct born from runs where issue_id = $1 union select distinct born from express where issue_id = $1
		)
		update letters set outcome = 'left_out', detail = 'the issue was cancelled', settled_at = $2
		where issue_id = $1 and born in (select born from waiting) and outcome in ('waiting', 'deferred', 'uncertain')`
	if _, err := tx.ExecContext(ctx, drop, issueID, now); err != nil {
		return err
	}
	for _, table := range []string{"runs", "express"} {
		if _, err := tx.ExecContext(ctx, `delete from `+table+` where issue_id = $1`, issueID); err != nil {
			return err
		}
	}
	return nil
}
