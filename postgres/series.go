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

type seriesRow struct {
	ID        int64
	Slug      string
	Name      jsonb[mce.Text]
	Cron      string
	TimeZone  string `db:"time_zone"`
	Sections  jsonb[[]mce.Section]
	Languages pq.StringArray
	Minimum   int
	Approval  mce.Approval
	From      time.Time
	Paused    bool
	Pace      mce.ReadingPace
	Segment   jsonb[mce.Segment]
	Clicks    bool
}

const selectSeries = `
	select id, slug, name, cron, time_zone, sections, languages, minimum, approval, "from", paused, pace, segment, clicks from series`

func (r seriesRow) series() mce.Series {
	return mce.Series{
		ID: r.ID, Slug: r.Slug, Name: r.Name.V, Cron: r.Cron, TimeZone: r.TimeZone, Sections: r.Sections.V,
		Languages: typed[mce.Lang](r.Languages), Minimum: r.Minimum, Approval: r.Approval, From: r.From.UTC(), Paused: r.Paused,
		Pace: r.Pace, Segment: r.Segment.V, Clicks: r.Clicks,
	}
}

func saveAllSeries(ctx context.Context, tx *sqlx.Tx, lib mce.Library, now time.Time) error {
	const upsert = `
		insert into series (slug, name, cron, time_zone, sections, languages, minimum, approval, "from", paused, pace, segment, watched_from, clicks)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		on conflict (slug) do update set name = excluded.name, cron = excluded.cron, time_zone = excluded.time_zone,
			sections = excluded.sections, languages = excluded.languages, minimum = excluded.minimum,
			approval = excluded.approval, "from" = excluded."from", paused = excluded.paused, pace = excluded.pace, segment = excluded.segment, clicks = excluded.clicks,
			watched_from = case
				when (series.cron, series.time_zone) is distinct from (excluded.cron, excluded.time_zone) then excluded.watched_from
				when series.paused and not excluded.paused then excluded.watched_from
				else series.watched_from end`
	for _, x := range lib.Series {
		if _, err := tx.ExecContext(ctx, upsert, x.Slug, jsonb[mce.Text]{x.Name}, x.Cron, x.TimeZone, jsonb[[]mce.Section]{x.Sections},
			pq.Array(strs(x.Languages)), x.Minimum, x.Approval, x.From, x.Paused, paceOf(x.Pace),
			jsonb[mce.Segment]{x.Segment}, now, x.Clicks); err != nil {
			return fmt.Errorf("save series %s: %w", x.Slug, err)
		}
	}
	return nil
}

// SaveSeries adds a series, or changes the one of its slug, and says so in the audit log. It must have passed its Check. A new one is due from now on. Seen
// is the mark of the series as it was looked at, empty for a new one: if it has changed since, the error is of code Conflict.
func (s *Store) SaveSeries(ctx context.Context, x mce.Series, seen string, now time.Time) error {
	return s.inTx(ctx, sql.LevelDefault, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `lock table series in share row exclusive mode`); err != nil {
			return err
		}
		found, err := series(ctx, tx, ` where slug = $1`, x.Slug)
		if err != nil {
			return err
		}
		if err := checkSeen("newsletter", found, seen); err != nil {
			return err
		}
		lib := mce.Library{Series: []mce.Series{x}}
		if err := checkTopics(ctx, tx, lib); err != nil {
			return err
		}
		if err := checkSegments(ctx, tx, lib.Series); err != nil {
			return err
		}
		if err := saveAllSeries(ctx, tx, lib, now); err != nil {
			return err
		}
		var id int64
		if err := tx.GetContext(ctx, &id, `select id from series where slug = $1`, x.Slug); err != nil {
			return err
		}
		return auditDeed(ctx, tx, mce.SavedSeries, mce.OnSeries, id, x.Slug)
	})
}

// Paces are those that readers may choose: each issue, and whatever else a series for everybody has.
func (s *Store) Paces(ctx context.Context) ([]mce.ReadingPace, error) {
	var paces []mce.ReadingPace
	err := s.db.SelectContext(ctx, &paces, `select 'each' union select pace from series where not paused and segment = '{}' order by 1`)
	return paces, err
}

// AllSeries lists the series by slug.
func (s *Store) AllSeries(ctx context.Context) ([]mce.Series, error) {
	return series(ctx, s.db, ` order by slug`)
}

// Series is one series by its slug.
func (s *Store) Series(ctx context.Context, slug string) (mce.Series, error) {
	found, err := series(ctx, s.db, ` where slug = $1`, slug)
	if err == nil && len(found) == 0 {
		err = mce.NotFoundf("there is no series %q", slug)
	}
	if err != nil {
		return mce.Series{}, err
	}
	return found[0], nil
}

func series(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) ([]mce.Series, error) {
	var rows []seriesRow
	if err := sqlx.SelectContext(ctx, q, &rows, selectSeries+where, args...); err != nil {
		return nil, err
	}
	out := make([]mce.Series, len(rows))
	for i, r := range rows {
		out[i] = r.series()
	}
	return out, nil
}
