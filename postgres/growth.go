package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

// Growth is how the readership grew and shrank in the months (UTC) up to that of now, the earliest first. It is reckoned from the record of
// consent, which outlives its people. Who leaves before confirming never came, and does not count as leaving.
func (s *Store) Growth(ctx context.Context, months int, now time.Time) ([]mce.GrowthMonth, error) {
	const came, left = `('confirmed', 'imported', 'returned')`, `('withdrawn', 'erased')`
	const count = `
		select date_trunc('month', c.at at time zone 'UTC') as month, c.action, case when c.detail like 'reason: %' then c.detail else '' end as detail, count(*) as people
		from consents c
		where c.at >= $1 and c.at <= $2 and (c.action in ` + came + ` or c.action in ` + left + ` and (
			select p.action from consents p where p.subscriber_id = c.subscriber_id and p.action <> 'changed' and (p.at, p.id) < (c.at, c.id)
			order by p.at desc, p.id desc limit 1) in ` + came + `)
		group by 1, 2, 3
		union all
		select date_trunc('month', at at time zone 'UTC'), 'suppressed', '', count(*) from suppressions where at >= $1 and at <= $2 group by 1`
	first := time.Date(now.UTC().Year(), now.UTC().Month()-time.Month(months-1), 1, 0, 0, 0, 0, time.UTC)
	out := make([]mce.GrowthMonth, months)
	for i := range out {
		out[i] = mce.GrowthMonth{Month: first.AddDate(0, i, 0), Came: map[string]int{}, Left: map[string]int{}}
	}
	var rows []struct {
		Month          time.Time
		Action, Detail string
		People         int
	}
	if err := s.db.SelectContext(ctx, &rows, count, first, now); err != nil {
		return nil, err
	}
	for _, r := range rows {
		m := &out[(r.Month.Year()-first.Year())*12+int(r.Month.Month()-first.Month())]
		switch r.Action {
		case "suppressed":
			m.Suppressed += r.People
		case "withdrawn", "erased":
			m.Left[mce.LeaveReason(strings.TrimPrefix(r.Detail, "reason: "))] += r.People
		default:
			m.Came[r.Action] += r.People
		}
	}
	var total int
	if err := s.db.GetContext(ctx, &total, `select count(*) from subscribers where state = 'active'`); err != nil {
		return nil, err
	}
	for i := len(out) - 1; i >= 0; i-- {
		out[i].Total = total
		total = max(0, total-out[i].CameTotal()+out[i].LeftTotal()) // the record may be younger than the readers
	}
	return out, nil
}
