package postgres

import (
	"context"

	"github.com/majorcities/mce-mailer/mce"
)

// FirstSteps says what there is of what a first issue needs. It looks no further than the first rows.
func (s *Store) FirstSteps(ctx context.Context) (mce.FirstSteps, error) {
	const read = `
		select exists (select from series) as newsletter,
			coalesce((select min(slug) from (select slug from series limit 2) s having count(*) = 1), '') as "only",
			(select count(*) from (
				(select from articles limit $1) union all (select from events limit $1) union all (select from resources limit $1) limit $1) p) as pieces,
			exists (select from events) as event,
			exists (select from subscribers where state = 'active') as readers,
			exists (select from issues where state <> 'skipped') as issue`
	var f mce.FirstSteps
	err := s.db.GetContext(ctx, &f, read, mce.EnoughPieces)
	return f, err
}
