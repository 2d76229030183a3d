package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"github.com/majorcities/mce-mailer/mce"
)

type contentLineRow struct {
	ID        int64
	Slug      string
	Title     jsonb[mce.Text]
	PublishAt time.Time      `db:"publish_at"`
	ExpireAt  *time.Time     `db:"expire_at"`
	Stale     pq.StringArray // languages
	Starts    *time.Time
	TimeZone  string `db:"time_zone"`
	State     mce.EventState
	At        *time.Time
	Actor     string
	UserID    int64  `db:"user_id"`
	UserName  string `db:"user_name"`
}

func (r contentLineRow) line() mce.ContentLine {
	return mce.ContentLine{
		ID: r.ID, Slug: r.Slug, Title: r.Title.V, Window: mce.Window{From: r.PublishAt.UTC(), Until: orZero(r.ExpireAt)}, Languages: r.Title.V.Langs(),
		Stale: typed[mce.Lang](r.Stale), Starts: orZero(r.Starts), TimeZone: r.TimeZone, State: r.State, ChangedAt: orZero(r.At),
		ChangedBy: mce.ContentActor{User: mce.User{ID: r.UserID, Name: r.UserName}, Name: r.Actor},
	}
}

// listContent has the table of a kind, and columns of its own, in its gaps. What is shown last comes first.
const listContent = `
	with found as (
		select c.id, c.slug, c.title, c.publish_at, c.expire_at, %[2]s
		from %[1]s c
		where ($2 = '' or lower(concat_ws(' ', c.slug, c.title::text, c.body::text)) like lower($2))
			and case $3 when 'later' then c.publish_at > $4 when 'now' then c.publish_at <= $4 and (c.expire_at is null or c.expire_at > $4)
				when 'once' then c.expire_at <= $4 else true end
			and case $5
				when 'stale' then exists (select from stale_translations s where s.kind = $1 and s.piece_id = c.id)
				when 'missing' then not c.title ?& $6::text[] else true end
		order by c.publish_at desc, c.id desc offset $7 limit $8
	)
	select f.*, v.at, coalesce(v.actor, '') as actor, coalesce(v.user_id, 0) as user_id, coalesce(u.name, '') as user_name,
		array(select distinct substring(s.field from '_([a-z]+)$') from stale_translations s where s.kind = $1 and s.piece_id = f.id) as stale
	from found f
	left join lateral (
		select at, actor, user_id from content_versions v where v.kind = $1 and v.piece_id = f.id order by v.version desc limit 1
	) v on true
	left join users u on u.id = v.user_id
	order by f.publish_at desc, f.id desc`

// ContentList is a page of a list of content.
func (s *Store) ContentList(ctx context.Context, q mce.ContentQuery) ([]mce.ContentLine, error) {
	of, err := piecesOf(q.Kind)
	if err != nil {
		return nil, err
	}
	var rows []contentLineRow
	err = s.db.SelectContext(ctx, &rows, fmt.Sprintf(listContent, of.table, of.own), q.Kind, containing(q.Search), q.Shown, q.Now, q.Translation,
		pq.Array(strs(mce.Languages())), q.Skip, q.Limit)
	out := make([]mce.ContentLine, len(rows))
	for i, r := range rows {
		out[i] = r.line()
	}
	return out, err
}
