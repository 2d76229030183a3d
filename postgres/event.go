package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

type eventRow struct {
	ID             int64
	Slug           string
	Kind           mce.EventKind
	State          mce.EventState
	Title          jsonb[mce.Text]
	Motto          jsonb[mce.Text]
	Body           jsonb[mce.Text]
	City           jsonb[mce.Text]
	Venue          jsonb[mce.Text]
	Address        string
	Online         string
	Contact        string
	Link           string
	TimeZone       string `db:"time_zone"`
	Starts         time.Time
	Ends           time.Time
	Languages      pq.StringArray
	Interpretation pq.StringArray
	Topics         pq.StringArray
	Sequence       int
	PublishAt      time.Time  `db:"publish_at"`
	ExpireAt       *time.Time `db:"expire_at"`
}

const selectEvents = `
	select id, slug, kind, state, title, motto, body, city, venue, address, online, contact, link, time_zone, starts, ends,
		languages, interpretation, topics, sequence, publish_at, expire_at
	from events`

func (r eventRow) event() mce.Event {
	return mce.Event{
		ID: r.ID, Slug: r.Slug, Kind: r.Kind, State: r.State, Title: r.Title.V, Motto: r.Motto.V, Body: r.Body.V, City: r.City.V,
		Venue: r.Venue.V, Address: r.Address, Online: r.Online, Contact: r.Contact, Link: r.Link, TimeZone: r.TimeZone,
		Starts: r.Starts.UTC(), Ends: r.Ends.UTC(), Languages: typed[mce.Lang](r.Languages), Interpretation: typed[mce.Lang](r.Interpretation),
		Topics: r.Topics, Sequence: r.Sequence, Window: mce.Window{From: r.PublishAt.UTC(), Until: orZero(r.ExpireAt)},
	}
}

func eventRowBySlug(ctx context.Context, q sqlx.QueryerContext, slug string) (eventRow, error) {
	var row eventRow
	err := sqlx.GetContext(ctx, q, &row, selectEvents+` where slug = $1`, slug)
	if errors.Is(err, sql.ErrNoRows) {
		return row, mce.NotFoundf("there is no event %q", slug)
	}
	return row, err
}

// saveEvents replaces events with their programmes; a material change raises the sequence of their calendar entries.
func saveEvents(ctx context.Context, tx *sqlx.Tx, lib mce.Library) error {
	for _, e := range lib.Events {
		old, err := eventRowBySlug(ctx, tx, e.Slug)
		if err != nil && mce.ErrorCode(err) != mce.NotFound {
			return err
		}
		e.Sequence = old.Sequence
		if err == nil && old.event().MaterialChange(e) {
			e.Sequence++
		}
		if err := saveEvent(ctx, tx, e); err != nil {
			return fmt.Errorf("save event %s: %w", e.Slug, err)
		}
	}
	return nil
}

func saveEvent(ctx context.Context, tx *sqlx.Tx, e mce.Event) error {
	const upsert = `
		insert into events (slug, kind, state, title, motto, body, city, venue, address, online, contact, link, time_zone, starts, ends,
			languages, interpretation, topics, sequence, publish_at, expire_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
		on conflict (slug) do update set kind = excluded.kind, state = excluded.state, title = excluded.title, motto = excluded.motto,
			body = excluded.body, city = excluded.city, venue = excluded.venue, address = excluded.address, online = excluded.online,
			contact = excluded.contact, link = excluded.link, time_zone = excluded.time_zone, starts = excluded.starts, ends = excluded.ends,
			languages = excluded.languages, interpretation = excluded.interpretation, topics = excluded.topics,
			sequence = excluded.sequence, publish_at = excluded.publish_at, expire_at = excluded.expire_at
		returning id`
	err := tx.GetContext(ctx, &e.ID, upsert, e.Slug, e.Kind, e.State, jsonb[mce.Text]{e.Title}, jsonb[mce.Text]{e.Motto},
		jsonb[mce.Text]{e.Body}, jsonb[mce.Text]{e.City}, jsonb[mce.Text]{e.Venue}, e.Address, e.Online, e.Contact, e.Link, e.TimeZone,
		e.Starts, e.Ends, pq.Array(strs(e.Languages)), pq.Array(strs(e.Interpretation)), pq.Array(strs(e.Topics)), e.Sequence,
		e.From, orNull(e.Until))
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `delete from sessions where event_id = $1`, e.ID); err != nil {
		return err
	}
	const insert = `insert into sessions (event_id, slug, title, starts, ends, room, speakers) values ($1, $2, $3, $4, $5, $6, $7)`
	for _, x := range e.Sessions {
		if _, err := tx.ExecContext(ctx, insert, e.ID, x.Slug, jsonb[mce.Text]{x.Title}, x.Starts, x.Ends, jsonb[mce.Text]{x.Room},
			pq.Array(strs(x.Speakers))); err != nil {
			return fmt.Errorf("session %s: %w", x.Slug, err)
		}
	}
	return nil
}

// Events lists all events in order of their start, with their programmes.
func (s *Store) Events(ctx context.Context) ([]mce.Event, error) {
	return events(ctx, s.db, ` order by starts, id`)
}

// Event is one event by its slug, with its programme.
func (s *Store) Event(ctx context.Context, slug string) (mce.Event, error) {
	return eventBySlug(ctx, s.db, slug)
}

func eventBySlug(ctx context.Context, q sqlx.QueryerContext, slug string) (mce.Event, error) {
	found, err := events(ctx, q, ` where slug = $1`, slug)
	if err != nil {
		return mce.Event{}, err
	}
	if len(found) == 0 {
		return mce.Event{}, mce.NotFoundf("there is no event %q", slug)
	}
	return found[0], nil
}

func events(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) ([]mce.Event, error) {
	var rows []eventRow
	if err := sqlx.SelectContext(ctx, q, &rows, selectEvents+where, args...); err != nil {
		return nil, err
	}
	out := make([]mce.Event, len(rows))
	ids := make([]int64, len(rows))
	at := map[int64]int{}
	for i, r := range rows {
		out[i], ids[i], at[r.ID] = r.event(), r.ID, i
	}
	var sessions []struct {
		EventID int64 `db:"event_id"`
		Slug    string
		Title   jsonb[mce.Text]
		Starts  time.Time
		Ends    time.Time
		Room    jsonb[mce.Text]
		Speaker pq.StringArray `db:"speakers"`
	}
	err := sqlx.SelectContext(ctx, q, &sessions, `
		select event_id, slug, title, starts, ends, room, speakers from sessions
		where event_id = any($1) order by starts, ends, slug`, pq.Array(ids))
	for _, x := range sessions {
		e := &out[at[x.EventID]]
		e.Sessions = append(e.Sessions, mce.Session{
			Slug: x.Slug, Title: x.Title.V, Starts: x.Starts.UTC(), Ends: x.Ends.UTC(), Room: x.Room.V, Speakers: x.Speaker,
		})
	}
	return out, err
}
