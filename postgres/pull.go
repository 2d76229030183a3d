package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/majorcities/mce-mailer/mce"
)

// candidate is a piece of content as an issue's assembly looks at it.
func candidate(ctx context.Context, q sqlx.QueryerContext, i mce.Issue, ref mce.ItemRef) (mce.Candidate, error) {
	found, err := candidates(ctx, q, ` where i.kind = $3 and i.id = $4`, i.SeriesID, i.ID, ref.Kind, ref.ID)
	if err == nil && len(found) == 0 {
		err = mce.NotFoundf("there is no %s %d any more", ref.Kind, ref.ID)
	}
	if err != nil {
		return mce.Candidate{}, err
	}
	return found[0], nil
}

// ItemNamed finds a piece of content by its slug, or by kind and slug, as "article/first", where several kinds have the slug.
func (s *Store) ItemNamed(ctx context.Context, name string) (mce.ItemRef, error) {
	kind, slug, ok := strings.Cut(name, "/")
	if !ok {
		kind, slug = "", name
	}
	var found []mce.ItemRef
	err := s.db.SelectContext(ctx, &found, `
		select kind, id from (
			select 'article' as kind, id, slug from articles union all select 'event', id, slug from events union all select 'resource', id, slug from resources
		) x where slug = $1 and (kind = $2 or $2 = '') order by kind`, slug, kind)
	switch {
	case err != nil:
		return mce.ItemRef{}, err
	case len(found) == 0:
		return mce.ItemRef{}, mce.NotFoundf("there is no piece of content %q", name)
	case len(found) > 1:
		return mce.ItemRef{}, mce.Invalidf("there is an %s and an %s of that name; write %s/%s", found[0].Kind, found[1].Kind, found[0].Kind, slug)
	}
	return found[0], nil
}

// showable is the condition that a piece i of selectCandidates may be shown at the moment $3.
const showable = `i.publish_at <= $3 and (i.expire_at is null or i.expire_at > $3) and not i.cancelled and (i.starts is null or i.starts > $3)`

// Showable are the pieces that the assembly of an issue looked at, whatever it decided, and that may be shown now.
func (s *Store) Showable(ctx context.Context, issue mce.Issue, now time.Time) ([]mce.Candidate, error) {
	const within = ` where ` + showable + ` and (i.kind, i.id) in (select x.kind, x.item_id from issue_items x where x.issue_id = $2)`
	return candidates(ctx, s.db, within, issue.SeriesID, issue.ID, now)
}

// Published finds what could be pulled into an issue: pieces that may be shown now and are not in it, whose titles or slugs have the words of a
// search, the latest first.
func (s *Store) Published(ctx context.Context, issue mce.Issue, search string, limit int, now time.Time) ([]mce.Candidate, error) {
	const within = ` where ` + showable + `
			and not exists (select from issue_items x where x.issue_id = $2 and x.kind = i.kind and x.item_id = i.id and x.verdict = 'in')
			and ($4 = '' or lower(i.slug || ' ' || i.title::text) like lower($4))
		order by i.publish_at desc, i.kind, i.id limit $5`
	return candidates(ctx, s.db, within, issue.SeriesID, issue.ID, now, containing(search), limit)
}
