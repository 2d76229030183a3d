package postgres

import (
	"context"
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
	Capacity       int
	Admission      mce.Admission
	Opens          *time.Time
	Closes         *time.Time
	Feedback       string
	Sequence       int
	Version        int
	PublishAt      time.Time  `db:"publish_at"`
	ExpireAt       *time.Time `db:"expire_at"`
}

const selectEvents = `
	select id, slug, kind, state, title, motto, body, city, venue, address, online, contact, link, time_zone, starts, ends,
		languages, interpretation, topics, capacity, admission, opens, closes, feedback, sequence, version, publish_at, expire_at
	from events`

func (r eventRow) event() mce.Event {
	return mce.Event{
		ID: r.ID, Slug: r.Slug, Kind: r.Kind, State: r.State, Title: r.Title.V, Motto: r.Motto.V, Body: r.Body.V, City: r.City.V,
		Venue: r.Venue.V, Address: r.Address, Online: r.Online, Contact: r.Contact, Link: r.Link, TimeZone: r.TimeZone,
		Starts: r.Starts.UTC(), Ends: r.Ends.UTC(), Languages: typed[mce.Lang](r.Languages), Interpretation: typed[mce.Lang](r.Interpretation),
		Topics: r.Topics, Capacity: r.Capacity, Admission: r.Admission, Opens: orZero(r.Opens), Closes: orZero(r.Closes), Feedback: r.Feedback,
		Sequence: r.Sequence, Version: r.Version, Window: mce.Window{From: r.PublishAt.UTC(), Until: orZero(r.ExpireAt)},
	}
}

// eventsAt replaces events with their programmes.
func eventsAt(now time.Time) func(context.Context, *sqlx.Tx, mce.Library) error {
	return func(ctx context.Context, tx *sqlx.Tx, lib mce.Library) error {
		for _, e := range lib.Events {
			if err := saveEvent(ctx, tx, e, now); err != nil {
				return fmt.Errorf("save event %s: %w", e.Slug, err)
			}
		}
		return nil
	}
}

// saveEvent replaces an event with its programme.
func saveEvent(ctx context.Context, tx *sqlx.Tx, e mce.Event, now time.Time) error {
	if e.Admission == "" {
		e.Admission = mce.ForEveryone
	}
	id, err := putEvent(ctx, tx, e)
	if err != nil {
		return err
	}
	if err := putSessions(ctx, tx, id, e.Sessions); err != nil {
		return err
	}
	return keepVersion(ctx, tx, id, now)
}

func putEvent(ctx context.Context, tx *sqlx.Tx, e mce.Event) (id int64, err error) {
	const upsert = `
		insert into events (slug, kind, state, title, motto, body, city, venue, address, online, contact, link, time_zone, starts, ends,
			languages, interpretation, topics, capacity, admission, opens, closes, feedback, publish_at, expire_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
		on conflict (slug) do update set kind = excluded.kind, state = excluded.state, title = excluded.title, motto = excluded.motto,
			body = excluded.body, city = excluded.city, venue = excluded.venue, address = excluded.address, online = excluded.online,
			contact = excluded.contact, link = excluded.link, time_zone = excluded.time_zone, starts = excluded.starts, ends = excluded.ends,
			languages = excluded.languages, interpretation = excluded.interpretation, topics = excluded.topics, capacity = excluded.capacity,
			admission = excluded.admission, opens = excluded.opens, closes = excluded.closes, feedback = excluded.feedback,
			publish_at = excluded.publish_at, expire_at = excluded.expire_at
		returning id`
	err = tx.GetContext(ctx, &id, upsert, e.Slug, e.Kind, e.State, jsonb[mce.Text]{e.Title}, jsonb[mce.Text]{e.Motto},
		jsonb[mce.Text]{e.Body}, jsonb[mce.Text]{e.City}, jsonb[mce.Text]{e.Venue}, e.Address, e.Online, e.Contact, e.Link, e.TimeZone,
		e.Starts, e.Ends, pq.Array(strs(e.Languages)), pq.Array(strs(e.Interpretation)), pq.Array(strs(e.Topics)), e.Capacity, e.Admission,
		orNull(e.Opens), orNull(e.Closes), e.Feedback, e.From, orNull(e.Until))
	return id, err
}

func putSessions(ctx context.Context, tx *sqlx.Tx, event int64, programme []mce.Session) error {
	if _, err := tx.ExecContext(ctx, `delete from sessions where event_id = $1`, event); err != nil {
		return err
	}
	const insert = `
		insert into sessions (event_id, slug, title, starts, ends, room, speakers, interpretation, optional)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	for _, x := range programme {
		if _, err := tx.ExecContext(ctx, insert, event, x.Slug, jsonb[mce.Text]{x.Title}, x.Starts, x.Ends, jsonb[mce.Text]{x.Room},
			pq.Array(strs(x.Speakers)), pq.Array(strs(x.Interpretation)), x.Optional); err != nil {
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

// EventByID is one event by its id, with its programme.
func (s *Store) EventByID(ctx context.Context, id int64) (mce.Event, error) {
	return eventByID(ctx, s.db, id)
}

func eventByID(ctx context.Context, q sqlx.QueryerContext, id int64) (mce.Event, error) {
	found, err := events(ctx, q, ` where id = $1`, id)
	if err == nil && len(found) == 0 {
		err = mce.NotFoundf("there is no such event")
	}
	if err != nil {
		return mce.Event{}, err
	}
	return found[0], nil
}

// NextEvent is the first event of the same kind after another that the public may know of at now; nil if there is none.
func (s *Store) NextEvent(ctx context.Context, after mce.Event, now time.Time) (*mce.Event, error) {
	found, err := events(ctx, s.db, `
		where kind = $1 and starts > $2 and starts > $3 and state not in ('cancelled', 'moved') and publish_at <= $3 and (expire_at is null or expire_at > $3)
		order by starts, id limit 1`, after.Kind, after.Starts, now)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
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
		Into    pq.StringArray `db:"interpretation"`

		Optional bool
	}
	err := sqlx.SelectContext(ctx, q, &sessions, `
		select event_id, slug, title, starts, ends, room, speakers, interpretation, optional from sessions
		where event_id = any($1) order by starts, ends, slug`, pq.Array(ids))
	for _, x := range sessions {
		e := &out[at[x.EventID]]
		e.Sessions = append(e.Sessions, mce.Session{
			Slug: x.Slug, Title: x.Title.V, Starts: x.Starts.UTC(), Ends: x.Ends.UTC(), Room: x.Room.V, Speakers: x.Speaker,
			Interpretation: typed[mce.Lang](x.Into), Optional: x.Optional,
		})
	}
	return out, err
}
