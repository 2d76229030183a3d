package postgres

import (
	"context"

	"github.com/majorcities/mce-mailer/mce"
)

// FirstSteps says what there is of what a first issue needs. It looks no further than the first rows.
func (s *Store) FirstSteps(ctx context.Context) (mce.FirstSteps, error) {
	const read = `
		select exists (select from series) as newsletter,
			(select count(*) from (
				(select from articles limit 2) union all (select from events limit 2) union all (select from resources limit 2)) p) > 1 as pieces,
			exists (select from subscribers where state = 'active') as readers,
			exists (select from issues) as issue`
	var f mce.FirstSteps
	err := s.db.GetContext(ctx, &f, read)
	return f, err
}
