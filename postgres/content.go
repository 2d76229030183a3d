package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

// SaveLibrary writes content, each piece by its slug: new ones are added, known ones replaced. All or nothing. The content
// must have passed its Check; topics and events that it names must be in it or in the database. A new series is due from now on.
func (s *Store) SaveLibrary(ctx context.Context, lib mce.Library, now time.Time) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if err := sayWho(ctx, tx); err != nil {
			return err
		}
		steps := []func(context.Context, *sqlx.Tx, mce.Library) error{
			saveTopics, checkTopics, saveArticles, eventsAt(now), saveResources, saveReminderRules,
		}
		for _, save := range steps {
			if err := save(ctx, tx, lib); err != nil {
				return err
			}
		}
		if err := checkSegments(ctx, tx, lib.Series); err != nil {
			return err
		}
		return saveAllSeries(ctx, tx, lib, now)
	})
}

// checkTopics refuses topics that nobody can choose: a slip of the pen would hide the content from everybody.
func checkTopics(ctx context.Context, tx *sqlx.Tx, lib mce.Library) error {
	named := map[string]string{}
	note := func(what string, topics []string) {
		for _, t := range topics {
			named[t] = what
		}
	}
	for _, a := range lib.Articles {
		note("article "+a.Slug, a.Topics)
	}
	for _, e := range lib.Events {
		note("event "+e.Slug, e.Topics)
	}
	for _, r := range lib.Resources {
		note("resource "+r.Slug, r.Topics)
	}
	for _, se := range lib.Series {
		for _, sec := range se.Sections {
			note("series "+se.Slug+", section "+sec.Slug, sec.Topics)
		}
		note("series "+se.Slug+", segment", se.Segment.Topics)
	}
	// Held until the end: a topic that is named here must not be removed meanwhile.
	var known []string
	const find = `select slug from topics where slug = any($1) order by slug for key share`
	if err := tx.SelectContext(ctx, &known, find, pq.Array(slices.Collect(maps.Keys(named)))); err != nil {
		return err
	}
	for _, t := range known {
		delete(named, t)
	}
	for topic, what := range named {
		return mce.Invalidf("%s: there is no topic %q", what, topic)
	}
	return nil
}

// checkSegments refuses events that there are not: the series would reach nobody.
func checkSegments(ctx context.Context, tx *sqlx.Tx, all []mce.Series) error {
	for _, se := range all {
		var missing []string
		if err := tx.SelectContext(ctx, &missing, `
			select t.slug from unnest($1::text[]) as t (slug) where not exists (select from events e where e.slug = t.slug)`, pq.Array(strs(se.Segment.Events))); err != nil {
			return err
		}
		if len(missing) > 0 {
			return mce.Invalidf("series %s, segment: there is no event %q", se.Slug, missing[0])
		}
	}
	return nil
}

func saveTopics(ctx context.Context, tx *sqlx.Tx, lib mce.Library) error {
	const upsert = `
		insert into topics (slug, name, position) values ($1, $2, $3)
		on conflict (slug) do update set name = excluded.name, position = excluded.position`
	for i, t := range lib.Topics {
		if _, err := tx.ExecContext(ctx, upsert, t.Slug, jsonb[mce.Text]{t.Name}, i); err != nil {
			return fmt.Errorf("save topic %s: %w", t.Slug, err)
		}
	}
	return nil
}

func saveArticles(ctx context.Context, tx *sqlx.Tx, lib mce.Library) error {
	const upsert = `
		insert into articles (slug, title, body, link, image, image_alt, topics, priority, publish_at, expire_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (slug) do update set title = excluded.title, body = excluded.body, link = excluded.link, image = excluded.image,
			image_alt = excluded.image_alt, topics = excluded.topics, priority = excluded.priority,
			publish_at = excluded.publish_at, expire_at = excluded.expire_at`
	for _, a := range lib.Articles {
		if _, err := tx.ExecContext(ctx, upsert, a.Slug, jsonb[mce.Text]{a.Title}, jsonb[mce.Text]{a.Body}, a.Link, a.Image,
			jsonb[mce.Text]{a.ImageAlt}, pq.Array(strs(a.Topics)), a.Priority, a.From, orNull(a.Until)); err != nil {
			return fmt.Errorf("save article %s: %w", a.Slug, err)
		}
	}
	return nil
}

func saveResources(ctx context.Context, tx *sqlx.Tx, lib mce.Library) error {
	const upsert = `
		insert into resources (slug, kind, title, body, link, event_id, topics, publish_at, expire_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (slug) do update set kind = excluded.kind, title = excluded.title, body = excluded.body, link = excluded.link,
			event_id = excluded.event_id, topics = excluded.topics, publish_at = excluded.publish_at, expire_at = excluded.expire_at`
	for _, r := range lib.Resources {
		var event *int64
		if r.Event != "" {
			e, err := eventBySlug(ctx, tx, r.Event)
			if err != nil {
				return mce.Invalidf("resource %s: %s", r.Slug, mce.ErrorMessage(err))
			}
			event = &e.ID
		}
		if _, err := tx.ExecContext(ctx, upsert, r.Slug, r.Kind, jsonb[mce.Text]{r.Title}, jsonb[mce.Text]{r.Body}, r.Link,
			event, pq.Array(strs(r.Topics)), r.From, orNull(r.Until)); err != nil {
			return fmt.Errorf("save resource %s: %w", r.Slug, err)
		}
	}
	return nil
}

// Topics lists what a subscriber can choose, in the order of the pages.
func (s *Store) Topics(ctx context.Context) ([]mce.Topic, error) { return topics(ctx, s.db) }

func topics(ctx context.Context, q sqlx.QueryerContext) ([]mce.Topic, error) {
	var rows []struct {
		Slug string
		Name jsonb[mce.Text]
	}
	if err := sqlx.SelectContext(ctx, q, &rows, `select slug, name from topics order by position, slug`); err != nil {
		return nil, err
	}
	out := make([]mce.Topic, len(rows))
	for i, r := range rows {
		out[i] = mce.Topic{Slug: r.Slug, Name: r.Name.V}
	}
	return out, nil
}

type articleRow struct {
	ID        int64
	Slug      string
	Title     jsonb[mce.Text]
	Body      jsonb[mce.Text]
	Link      string
	Image     string
	ImageAlt  jsonb[mce.Text] `db:"image_alt"`
	Topics    pq.StringArray
	Priority  int
	PublishAt time.Time  `db:"publish_at"`
	ExpireAt  *time.Time `db:"expire_at"`
}

func (r articleRow) article() mce.Article {
	return mce.Article{
		ID: r.ID, Slug: r.Slug, Title: r.Title.V, Body: r.Body.V, Link: r.Link, Image: r.Image, ImageAlt: r.ImageAlt.V,
		Topics: r.Topics, Priority: r.Priority, Window: mce.Window{From: r.PublishAt.UTC(), Until: orZero(r.ExpireAt)},
	}
}

func articlesByID(ctx context.Context, q sqlx.QueryerContext, ids []int64) ([]mce.Article, error) {
	var rows []articleRow
	err := sqlx.SelectContext(ctx, q, &rows, `
		select id, slug, title, body, link, image, image_alt, topics, priority, publish_at, expire_at
		from articles where id = any($1)`, pq.Array(ids))
	out := make([]mce.Article, len(rows))
	for i, r := range rows {
		out[i] = r.article()
	}
	return out, err
}

type resourceRow struct {
	ID        int64
	Slug      string
	Kind      string
	Title     jsonb[mce.Text]
	Body      jsonb[mce.Text]
	Link      string
	Event     string
	Topics    pq.StringArray
	PublishAt time.Time  `db:"publish_at"`
	ExpireAt  *time.Time `db:"expire_at"`
}

func (r resourceRow) resource() mce.Resource {
	return mce.Resource{
		ID: r.ID, Slug: r.Slug, Kind: r.Kind, Title: r.Title.V, Body: r.Body.V, Link: r.Link, Event: r.Event,
		Topics: r.Topics, Window: mce.Window{From: r.PublishAt.UTC(), Until: orZero(r.ExpireAt)},
	}
}

const selectResources = `
	select r.id, r.slug, r.kind, r.title, r.body, r.link, coalesce(e.slug, '') as event, r.topics, r.publish_at, r.expire_at
	from resources r left join events e on e.id = r.event_id`

func resources(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) ([]mce.Resource, error) {
	var rows []resourceRow
	err := sqlx.SelectContext(ctx, q, &rows, selectResources+where, args...)
	out := make([]mce.Resource, len(rows))
	for i, r := range rows {
		out[i] = r.resource()
	}
	return out, err
}

// NewHandouts lists those that had been published when a digest was due and that nobody has been told of, the oldest first.
func (s *Store) NewHandouts(ctx context.Context, eventID int64, due, now time.Time) ([]mce.Resource, error) {
	return resources(ctx, s.db, `
		where r.event_id = $1 and r.publish_at <= $2 and (r.expire_at is null or r.expire_at > $3)
			and not exists (select from handouts_told t where t.event_id = $1 and t.resource_id = r.id)
		order by r.publish_at, r.id`, eventID, due, now)
}

// Handouts lists what the knowledge base holds of an event at the time now, the oldest first.
func (s *Store) Handouts(ctx context.Context, eventID int64, now time.Time) ([]mce.Resource, error) {
	return resources(ctx, s.db, `
		where r.event_id = $1 and r.publish_at <= $2 and (r.expire_at is null or r.expire_at > $2) order by r.publish_at, r.id`, eventID, now)
}
