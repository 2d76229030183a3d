package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// TellChanges tells delegates, and those who wait, what has changed of their events for them: once the last edit has stood for mce.SettleFor, or
// at once where it is urgent or an editor lets it go, and not while one withholds it. Each gets one letter for all that is new to them, and none if there is nothing: also edits that cancelled out are
// then known. Repeating it, also at the same moment elsewhere, does nothing.
func (s *Store) TellChanges(ctx context.Context, notices mce.Notices, domain string, now time.Time) (letters int, err error) {
	if err := s.keepVersions(ctx, now); err != nil {
		return 0, err
	}
	const behind = `
		select e.slug from events e
		where e.ends > $1 and e.withheld = '' and exists (
			select from registrations r where r.event_id = e.id and r.state in ('registered', 'waiting') and r.told < e.version)
		order by e.id`
	var slugs []string
	if err := s.db.SelectContext(ctx, &slugs, behind, now); err != nil {
		return 0, err
	}
	for _, slug := range slugs {
		err := s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
			n, err := tellChanges(ctx, tx, slug, notices, domain, now)
			letters += n
			return err
		})
		if err != nil {
			return letters, err
		}
	}
	return letters, nil
}

func tellChanges(ctx context.Context, tx *sqlx.Tx, slug string, notices mce.Notices, domain string, now time.Time) (letters int, err error) {
	if err := lockEvents(ctx, tx, slug); err != nil {
		return 0, err
	}
	e, err := eventBySlug(ctx, tx, slug)
	if err != nil {
		return 0, err
	}
	choice, err := newsChoiceOf(ctx, tx, e.ID)
	if err != nil {
		return 0, err
	}
	known, edited, err := knownVersions(ctx, tx, e)
	if err != nil {
		return 0, err
	}
	people, err := behind(ctx, tx, e)
	if err != nil {
		return 0, err
	}
	var told []int64
	for _, r := range people {
		old, ok := known[r.Told]
		if !ok {
			old = e // nobody knows what they were told
		}
		if !choice.tells(old, e, edited, now) {
			continue
		}
		told = append(told, r.ID)
		changes := r.Changes(old, e)
		if len(changes) == 0 {
			continue
		}
		edition, err := notices.Change(old, e, r, changes, now)
		if err != nil {
			return 0, err
		}
		if err := queueLetter(ctx, tx, edition, person{registration: r.ID}, domain, now); err != nil {
			return 0, err
		}
		letters++
	}
	_, err = tx.ExecContext(ctx, `update registrations set told = $2 where id = any($1)`, pq.Array(told), e.Version)
	return letters, err
}

// knownVersions are the versions of an event that somebody knows who is to be told of a later one, and when the last one was noted.
func knownVersions(ctx context.Context, tx *sqlx.Tx, e mce.Event) (known map[int]mce.Event, edited time.Time, err error) {
	var rows []struct {
		Version int
		Event   jsonb[mce.Event]
		At      time.Time
	}
	err = tx.SelectContext(ctx, &rows, `
		select version, event, at from event_versions v
		where event_id = $1 and (version = $2 or exists (
			select from registrations r where r.event_id = v.event_id and r.told = v.version and r.state in ('registered', 'waiting')))`, e.ID, e.Version)
	known = map[int]mce.Event{}
	for _, v := range rows {
		v.Event.V.ID, v.Event.V.Version = e.ID, v.Version
		known[v.Version] = v.Event.V
		if v.Version == e.Version {
			edited = v.At.UTC()
		}
	}
	return known, edited, err
}
